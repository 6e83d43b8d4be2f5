using BlazorChat.Accounts;

namespace BlazorChat.Messages;

/// <summary>A room's oldest messages to delete for good, a few: those that are older than the room keeps, at that moment.</summary>
internal sealed class PendingExpiry(long roomId, int count) : PendingAlteration(Server)
{
    private static readonly Actor Server = new(0, Guid.Empty);

    public long RoomId { get; } = roomId;

    public int Count { get; } = count;

    /// <summary>What went; null where nothing had to.</summary>
    public MessagesExpired? Expired { get; set; }

    public override void Reset()
    {
        base.Reset();
        Expired = null;
    }
}
