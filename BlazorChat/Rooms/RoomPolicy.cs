using BlazorChat.Accounts;

namespace BlazorChat.Rooms;

/// <summary>What an actor is to a room: the facts that every rule about rooms decides on.</summary>
/// <param name="Room">The room.</param>
/// <param name="IsMember">Whether they are in it.</param>
/// <param name="IsManager">Whether they manage it.</param>
/// <param name="Role">Their rights in the community.</param>
public sealed record Standing(Room Room, bool IsMember, bool IsManager, Role Role)
{
    /// <summary>Whether nobody posts here any more.</summary>
    public bool IsArchived => Room.ArchivedAt is not null;
}

/// <summary>The rules about rooms, as pure booleans.</summary>
public static class RoomPolicy
{
    /// <summary>May know that the room exists.</summary>
    public static bool CanSee(Standing s) => s.IsMember || s.Room.Kind == RoomKind.Public && Policy.Allows(s.Role, Right.FindRooms);

    /// <summary>May read its messages and hear new ones.</summary>
    public static bool CanRead(Standing s) => s.IsMember;

    /// <summary>May post, and edit what they posted.</summary>
    public static bool CanPost(Standing s) => s.IsMember && !s.IsArchived;

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

    /// <summary>May bring others in: every member of a public room, managers of a private one.</summary>
    public static bool CanAdd(Standing s) =>
        !s.IsArchived && (CanManage(s) || s is { IsMember: true, Room.Kind: RoomKind.Public } && Policy.Allows(s.Role, Right.FindRooms));
}
