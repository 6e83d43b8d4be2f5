using BlazorChat.Live;

namespace BlazorChat.Rooms;

/// <summary>A room's name, description or archive state changed.</summary>
public sealed record RoomChanged(long RoomId, string Name, string Description, bool IsArchived) : ChatEvent(Topic.RoomState(RoomId));

/// <summary>A person is now in a room; for their own connections.</summary>
public sealed record MemberAdded(long RoomId, long UserId) : ChatEvent(Topic.User(UserId));

/// <summary>A person is no longer in a room; for their own connections, which have stopped following it already.</summary>
public sealed record MemberRemoved(long RoomId, long UserId) : ChatEvent(Topic.User(UserId));

/// <summary>Who is in a room changed; for those who have it open.</summary>
public sealed record MembersChanged(long RoomId) : ChatEvent(Topic.RoomState(RoomId));

/// <summary>
/// A person read a room up to a message, or set the pointer back; for their other connections. Reading that was told late never
/// makes less of what was read: only setting back does.
/// </summary>
public sealed record RoomRead(long RoomId, long UserId, long Seq, bool IsSetBack = false) : ChatEvent(Topic.User(UserId));

/// <summary>Somebody joined the community, and with it the default rooms.</summary>
public sealed record NewcomerArrived(long UserId) : ChatEvent(Topic.Everyone);

/// <summary>A person blocked somebody, or no longer; for their own connections, and never for whom it is about.</summary>
public sealed record BlocksChanged(long UserId) : ChatEvent(Topic.User(UserId));
