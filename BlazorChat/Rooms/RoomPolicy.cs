using BlazorChat.Accounts;

namespace BlazorChat.Rooms;

/// <summary>What an actor is to a room: the facts that every rule about rooms decides on.</summary>
/// <param name="Room">The room.</param>
/// <param name="IsMember">Whether they are in it.</param>
/// <param name="IsManager">Whether they moderate it.</param>
/// <param name="Role">Their rights in the community.</param>
public sealed record Standing(Room Room, bool IsMember, bool IsManager, Role Role)
{
    /// <summary>Whether nobody posts here any more.</summary>
    public bool IsArchived => Room.ArchivedAt is not null;

    /// <summary>Whether only those who moderate it post here.</summary>
    public bool IsLocked => Room.LockedAt is not null;

    /// <summary>The mute that keeps them from posting now; looked up by <see cref="Silences"/>, where posting is the question.</summary>
    public Mute? Mute { get; init; }

    /// <summary>Whether one of the two in a direct conversation blocked the other; looked up by <see cref="Silences"/>.</summary>
    public bool IsBlocked { get; init; }
}

/// <summary>Why a member of a room cannot post in it.</summary>
public enum Silence
{
    /// <summary>They can.</summary>
    None,

    /// <summary>Nobody posts there any more.</summary>
    Archived,

    /// <summary>One of the two blocked the other.</summary>
    Blocked,

    /// <summary>They are muted, there or everywhere.</summary>
    Muted,

    /// <summary>Only moderators post there.</summary>
    Locked,
}

/// <summary>The rules about rooms, as pure booleans.</summary>
public static class RoomPolicy
{
    /// <summary>May know that the room exists.</summary>
    public static bool CanSee(Standing s) => s.IsMember || s.Room.Kind == RoomKind.Public && Policy.Allows(s.Role, Right.FindRooms);

    /// <summary>May read its messages and hear new ones.</summary>
    public static bool CanRead(Standing s) => s.IsMember;

    /// <summary>May post, and edit what they posted; slow mode is a matter of when, not of whether.</summary>
    public static bool CanPost(Standing s) => s.IsMember && SilenceOf(s) == Silence.None;

    /// <summary>What keeps a member from posting: of several things the one that lasts.</summary>
    public static Silence SilenceOf(Standing s) =>
        s.IsArchived ? Silence.Archived
        : s.IsBlocked ? Silence.Blocked
        : s.Mute is not null ? Silence.Muted
        : s.IsLocked && !May(s, Right.LockRoom) ? Silence.Locked
        : Silence.None;

    /// <summary>Has to wait from one message to the next where the room is slowed.</summary>
    public static bool IsSlowed(Standing s) => s.Room.SlowSeconds > 0 && !May(s, Right.SlowRoom);

    /// <summary>May join by themselves.</summary>
    public static bool CanJoin(Standing s) => s.Room.Kind == RoomKind.Public && !s.IsArchived && Policy.Allows(s.Role, Right.FindRooms);

    /// <summary>May leave: a direct conversation is for good.</summary>
    public static bool CanLeave(Standing s) => s.IsMember && s.Room.Kind != RoomKind.Direct;

    /// <summary>
    /// Has a right in this room: as one of its moderators, or by a role that has it everywhere. Nobody moderates a direct conversation.
    /// </summary>
    public static bool May(Standing s, Right right) =>
        s.Room.Kind != RoomKind.Direct
        && (s is { IsMember: true, IsManager: true } && Policy.AllowsRoomModerators(right) || Policy.Allows(s.Role, right) && CanSee(s));

    /// <summary>May rename, describe and archive it, and choose its moderators.</summary>
    public static bool CanManage(Standing s) => May(s, Right.ManageRoom);

    /// <summary>May remove people from it.</summary>
    public static bool CanRemove(Standing s) => May(s, Right.RemoveFromRoom);

    /// <summary>May remove other people's messages.</summary>
    public static bool CanRemoveMessages(Standing s) => May(s, Right.RemoveMessages);

    /// <summary>May pin messages: those who moderate a room, and each of a direct conversation.</summary>
    public static bool CanPin(Standing s) => s.IsMember && !s.IsArchived && (s.Room.Kind == RoomKind.Direct || May(s, Right.Pin));

    /// <summary>Most people of a room that each of them may call all at once.</summary>
    public const int MaxCalledByAnyone = 50;

    /// <summary>May call everybody in it at once: each member of a small room, those who manage a large one.</summary>
    public static bool CanCall(Standing s, int memberCount) => CanPost(s) && (memberCount <= MaxCalledByAnyone || CanManage(s));

    /// <summary>May bring others in: every member of a public room, moderators of a private one.</summary>
    public static bool CanAdd(Standing s) =>
        !s.IsArchived && (CanManage(s) || s is { IsMember: true, Room.Kind: RoomKind.Public } && Policy.Allows(s.Role, Right.FindRooms));
}
