using BlazorChat.Live;
using BlazorChat.Rooms;

namespace BlazorChat.Api.Hub;

/// <summary>Somebody of a room came, turned away or left; for the hub clients that follow it.</summary>
internal sealed record PresenceInRoom(long RoomId, long UserId, PresenceState State) : ChatEvent(Topic.RoomPresence(RoomId));

/// <summary>
/// Tells hub clients who of their rooms is here. One look-up of a person's rooms when they come or go, instead of a thousand
/// subscriptions to each other's members; and only in rooms where people know each other: in one of ten thousand, everybody's coming
/// would be a hundred million messages.
/// </summary>
internal sealed class HubPresence(ChatService chat, RoomQueries rooms, ILogger<HubPresence> logger) : IHostedService, IDisposable
{
    /// <summary>Most members of a room in which presence is told; in larger ones clients ask for the members.</summary>
    public const int MaxMembers = 200;

    private Subscription? _subscription;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _subscription = chat.Subscribe(RelayAsync, Topic.AllPresence);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _subscription?.Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _subscription?.Dispose();

    private async Task RelayAsync(EventBatch batch)
    {
        foreach (var e in batch.Events)
        {
            if (e is AnyPresenceChanged changed && chat.ConnectionCount(ConnectionKind.Hub) > 0)
            {
                await RelayAsync(changed);
            }
        }
    }

    private async Task RelayAsync(AnyPresenceChanged changed)
    {
        try
        {
            foreach (var roomId in await rooms.OfAsync(changed.UserId, MaxMembers))
            {
                chat.Raise(new PresenceInRoom(roomId, changed.UserId, changed.State));
            }
        }
        catch (Exception exception)
        {
            // A hint only; the next change comes.
            logger.LogWarning(exception, "The presence of user {UserId} was not told to clients.", changed.UserId);
        }
    }
}
