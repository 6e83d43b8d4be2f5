using BlazorChat.Components.Shared;
using BlazorChat.Messages;
using BlazorChat.Notifications;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace BlazorChat.Components.Rooms;

/// <summary>
/// Tells an open tab of messages in other rooms, by the same rule that has devices told: <c>js/notices.js</c> shows a card, and
/// plays a sound where this browser has it on.
/// </summary>
public abstract partial class RoomSidebarBase
{
    private NotificationChoices? _choices;
    private QuietHours? _quiet;
    private IReadOnlySet<long> _blocked = new HashSet<long>();
    private MessagePosted? _told;

    [Inject]
    private NotificationService Notifications { get; set; } = default!;

    [Inject]
    private BlockService Blocks { get; set; } = default!;

    [Inject]
    private IJSRuntime Js { get; set; } = default!;

    /// <summary>Marks the link of a room that is to bother nobody; null removes the attribute.</summary>
    protected string? IsMuted(RoomSummary room) =>
        room.Level == NotifyLevel.Nothing || room.MutedUntil > Time.GetUtcNow() ? "" : null;

    private async Task ReloadChoicesAsync()
    {
        _choices = await Notifications.GetAsync(Actor);
        _quiet = _choices.Quiet;
        _blocked = await Blocks.IdsAsync(Actor);
    }

    /// <summary>Asks whether the tab is told of a message; several at once become one card.</summary>
    private void Consider(MessagePosted posted)
    {
        RoomSummary? room;
        lock (_lock)
        {
            room = _rooms.GetValueOrDefault(posted.Message.RoomId);
        }

        if (room is null || _choices is not { } choices)
        {
            return;
        }

        var said = new Saying(
            posted.Message.Sender.Id, posted.Message.Seq, room.Kind == RoomKind.Direct, posted.Mentions, posted.Message.ReplyTo?.SenderId, posted.Message.Callout);
        var listener = new Listener(
            Actor.UserId, IsMember: true, IsActive: true, room.Level, choices.DefaultLevel, room.MutedUntil, _quiet, room.LastReadSeq,
            IsLooking: room.Id == OpenRoomId && Circuit.Connection?.IsVisible == true, IsHere: true, _blocked);
        if (WhoIsTold.Ask(said, listener, Time.GetUtcNow()) == Verdict.Tell)
        {
            _told = posted;
        }
    }

    /// <summary>Shows what was found to be told, if anything.</summary>
    private async Task TellAsync()
    {
        if (_told is not { Message: var message })
        {
            return;
        }

        _told = null;
        RoomSummary? room;
        lock (_lock)
        {
            room = _rooms.GetValueOrDefault(message.RoomId);
        }

        var place = room is null or { Kind: RoomKind.Direct } ? "" : $" · {(room.Kind == RoomKind.Public ? "# " : "")}{room.Name}";
        await InvokeAsync(() => JsModule.TellAsync(Js, "chatNotices.show", new
        {
            roomId = message.RoomId,
            messageId = message.Id,
            title = message.SenderName + place,
            body = MessageText.Excerpt(message.Text),
            avatar = message.Sender.Avatar,
            initials = Initials.Of(message.SenderName),
            colour = Initials.Colour(message.Sender.Id),
        }));
    }
}
