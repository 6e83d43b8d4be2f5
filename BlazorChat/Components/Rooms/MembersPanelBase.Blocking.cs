using BlazorChat.Accounts;
using BlazorChat.Components.Messages;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Rooms;

/// <summary>Blocking somebody of the room, as the menu of a message does.</summary>
public abstract partial class MembersPanelBase
{
    /// <summary>Whom the reader blocked.</summary>
    protected IReadOnlySet<long> BlockedIds { get; private set; } = new HashSet<long>();

    [Inject]
    private BlockService Blocks { get; set; } = default!;

    /// <summary>Blocks somebody, after saying what that means.</summary>
    protected async Task BlockAsync(PersonView person)
    {
        if (await Dialogs.ConfirmAsync($"Block {person.Name}", BlockText.WhatHappens(person.Name), "Block"))
        {
            await TryAsync(() => Blocks.BlockAsync(Actor, person.Id));
        }
    }

    /// <summary>Blocks somebody no more.</summary>
    protected Task UnblockAsync(PersonView person) => TryAsync(() => Blocks.UnblockAsync(Actor, person.Id));
}
