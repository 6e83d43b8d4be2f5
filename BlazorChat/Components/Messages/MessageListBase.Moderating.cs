using BlazorChat.Accounts;
using BlazorChat.Components.Shared;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;

namespace BlazorChat.Components.Messages;

/// <summary>What the menu of a message leads to: taking away, bringing back and why, pinning, and blocking who said it.</summary>
public abstract partial class MessageListBase
{
    [Inject]
    private MessageRemovals Removals { get; set; } = default!;

    [Inject]
    private Pins Pins { get; set; } = default!;

    [Inject]
    private BlockService Blocks { get; set; } = default!;

    [Inject]
    private PeopleDirectory People { get; set; } = default!;

    /// <summary>Deletes a message of one's own, after asking.</summary>
    [JSInvokable]
    public async Task Delete(long messageId)
    {
        if (await Dialogs.ConfirmAsync("Delete message", "Its text is removed for everyone. This cannot be undone.", "Delete"))
        {
            await TryAsync(() => Service.DeleteAsync(Actor, messageId));
        }
    }

    /// <summary>Removes somebody else's message, after asking why; what was just done can be undone at once.</summary>
    [JSInvokable]
    public async Task Remove(long messageId)
    {
        if (await Dialogs.ShowAsync<RemoveMessageDialog>(
            "Remove message", new DialogParameters<RemoveMessageDialog> { { d => d.MessageId, messageId } }) is not null)
        {
            Notices.Offer("The message was removed.", "Undo", () => Restore(messageId));
        }
    }

    /// <summary>Brings a removed message back.</summary>
    [JSInvokable]
    public Task Restore(long messageId) => TryAsync(() => Removals.RestoreAsync(Actor, messageId));

    /// <summary>Says why a message of one's own was removed.</summary>
    [JSInvokable]
    public Task Why(long messageId) => TryAsync(async () =>
    {
        var removal = await Removals.WhyAsync(Actor, messageId);
        await Dialogs.ShowAsync<WhyRemovedDialog>("Why was this removed?", new DialogParameters<WhyRemovedDialog> { { d => d.Removal, removal } });
    });

    /// <summary>Keeps a message at hand in the room.</summary>
    [JSInvokable]
    public Task Pin(long messageId) => TryAsync(() => Pins.PinAsync(Actor, messageId));

    /// <summary>Keeps it at hand no more.</summary>
    [JSInvokable]
    public Task Unpin(long messageId) => TryAsync(() => Pins.UnpinAsync(Actor, messageId));

    /// <summary>Blocks somebody, after saying what that means.</summary>
    [JSInvokable]
    public Task Block(long userId) => TryAsync(async () =>
    {
        var name = (await People.GetAsync(userId)).Name;
        if (await Dialogs.ConfirmAsync($"Block {name}", BlockText.WhatHappens(name), "Block"))
        {
            await Blocks.BlockAsync(Actor, userId);
        }
    });

    /// <summary>Blocks somebody no more.</summary>
    [JSInvokable]
    public Task Unblock(long userId) => TryAsync(() => Blocks.UnblockAsync(Actor, userId));
}
