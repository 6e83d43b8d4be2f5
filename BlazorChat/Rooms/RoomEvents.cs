using BlazorChat.Live;

namespace BlazorChat.Rooms;

/// <summary>A room's name, description or state changed: archived, locked, or how long people wait from one message to the next.</summary>
public sealed record RoomChanged(long RoomId, string Name, string Description, bool IsArchived, bool IsLocked, int SlowSeconds)
    : ChatEvent(Topic.RoomState(RoomId))
{
    /// <summary>As the room is now.</summary>
    public static RoomChanged Of(Room room) =>
        new(room.Id, room.Name, room.Description, room.ArchivedAt is not null, room.LockedAt is not null, room.SlowSeconds);
}

/// <summary>A person is now in a room; for their own connections.</summary>
public sealed record MemberAdded(long RoomId, long UserId) : ChatEvent(Topic.User(UserId));

/// <summary>A person is no longer in a room; for their own connections, which have stopped following it already.</summary>
public sealed record MemberRemoved(long RoomId, long UserId) : ChatEvent(Topic.User(UserId));

/// <summary>Who is in a room changed, or who of them moderates it; for those who have it open.</summary>
public sealed record MembersChanged(long RoomId) : ChatEvent(Topic.RoomState(RoomId));

/// <summary>
/// A person was muted or is not any more, in a room or everywhere (<see cref="Mute.Everywhere"/>); for their own connections. That a mute
/// ran out is told by the clock alone.
/// </summary>
public sealed record MuteChanged(long RoomId, long UserId) : ChatEvent(Topic.User(UserId));

/// <summary>Who is muted in a room changed, and nothing of who: only those who moderate it are told when they ask.</summary>
public sealed record MutesChanged(long RoomId) : ChatEvent(Topic.RoomState(RoomId));

/// <summary>
/// A person read a room up to a message, or set the pointer back; for their other connections. Reading that was told late never
/// makes less of what was read: only setting back does.
/// </summary>
public sealed record RoomRead(long RoomId, long UserId, long Seq, bool IsSetBack = false) : ChatEvent(Topic.User(UserId));

/// <summary>Somebody joined the community, and with it the default rooms.</summary>
public sealed record NewcomerArrived(long UserId) : ChatEvent(Topic.Everyone);

/// <summary>A person blocked somebody, or no longer; for their own connections, and never for whom it is about.</summary>
public sealed record BlocksChanged(long UserId) : ChatEvent(Topic.User(UserId));
