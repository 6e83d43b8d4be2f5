namespace BlazorChat.Accounts;

/// <summary>Something that some may do and others may not.</summary>
public enum Right
{
    /// <summary>Read and write in one's rooms.</summary>
    Talk,

    /// <summary>Report a message.</summary>
    Report,

    /// <summary>Find public rooms and join them, and find people.</summary>
    FindRooms,

    /// <summary>Write to anybody directly.</summary>
    WriteDirectly,

    /// <summary>Make rooms.</summary>
    MakeRooms,

    /// <summary>Remove other people's messages, and bring them back.</summary>
    RemoveMessages,

    /// <summary>Mute somebody in one room.</summary>
    MuteInRoom,

    /// <summary>Remove somebody from a room.</summary>
    RemoveFromRoom,

    /// <summary>Slow a room down.</summary>
    SlowRoom,

    /// <summary>Lock a room.</summary>
    LockRoom,

    /// <summary>Pin messages.</summary>
    Pin,

    /// <summary>Rename, describe and archive a room, and choose its moderators.</summary>
    ManageRoom,

    /// <summary>See the overview and the lists of people and rooms.</summary>
    SeeCommunity,

    /// <summary>Work through reports and held messages.</summary>
    Review,

    /// <summary>Mute somebody everywhere.</summary>
    MuteEverywhere,

    /// <summary>Ban people.</summary>
    Ban,

    /// <summary>Change the word filter.</summary>
    FilterWords,

    /// <summary>Ban network addresses.</summary>
    BanAddresses,

    /// <summary>Sign people out, help them with passwords and second factors, see their addresses and devices.</summary>
    ManagePeople,

    /// <summary>Give people other roles.</summary>
    ChangeRoles,

    /// <summary>Make and revoke invites.</summary>
    Invite,

    /// <summary>Make and end bots.</summary>
    ManageBots,

    /// <summary>Announce something to everyone.</summary>
    Announce,

    /// <summary>Read the audit log.</summary>
    ReadAuditLog,

    /// <summary>Change the community's settings.</summary>
    ChangeSettings,

    /// <summary>Make somebody else an owner too.</summary>
    ShareOwnership,
}

/// <summary>A row of <see cref="Policy.Table"/>.</summary>
/// <param name="Right">What may be done.</param>
/// <param name="Text">The same in words.</param>
/// <param name="Roles">Who may.</param>
/// <param name="RoomModerators">Whether moderators of a room may too, in that room.</param>
public sealed record PolicyRow(Right Right, string Text, IReadOnlyList<Role> Roles, bool RoomModerators);

/// <summary>
/// Who may do what: the one table, which the services ask, a page shows and a test proves. Whom they may do it to is
/// <see cref="Outranks(Role, Role)"/>; what else a room asks for (being in it, not being muted there) is with the rooms.
/// </summary>
public static class Policy
{
    private static readonly Role[] Everybody = [Role.Guest, Role.Bot, Role.Member, Role.Moderator, Role.Administrator, Role.Owner];
    private static readonly Role[] ButBots = [Role.Guest, Role.Member, Role.Moderator, Role.Administrator, Role.Owner];
    private static readonly Role[] ButGuests = [Role.Bot, Role.Member, Role.Moderator, Role.Administrator, Role.Owner];
    private static readonly Role[] Moderators = [Role.Moderator, Role.Administrator, Role.Owner];
    private static readonly Role[] Administrators = [Role.Administrator, Role.Owner];
    private static readonly Role[] Owners = [Role.Owner];

    /// <summary>Between members and moderators of the community: somebody who moderates one room, there.</summary>
    private const int RoomModeratorRank = 25;

    /// <summary>Every right, from what everybody may to what only owners may.</summary>
    public static IReadOnlyList<PolicyRow> Table { get; } =
    [
        new(Right.Talk, "Read and write in the rooms they are in", Everybody, true),
        new(Right.Report, "Report a message", ButBots, true),
        new(Right.FindRooms, "Find and join public rooms, find people", ButGuests, true),
        new(Right.WriteDirectly, "Write directly to people outside their rooms", ButGuests, true),
        new(Right.MakeRooms, "Make rooms", ButGuests, true),
        new(Right.RemoveMessages, "Remove other people's messages, and restore them", Moderators, true),
        new(Right.MuteInRoom, "Mute somebody in a room", Moderators, true),
        new(Right.RemoveFromRoom, "Remove somebody from a room", Moderators, true),
        new(Right.SlowRoom, "Slow a room down", Moderators, true),
        new(Right.LockRoom, "Lock a room", Moderators, true),
        new(Right.Pin, "Pin messages", Moderators, true),
        new(Right.ManageRoom, "Rename, describe and archive a room, choose its moderators", Administrators, true),
        new(Right.SeeCommunity, "See the overview, and the lists of people and rooms", Moderators, false),
        new(Right.Review, "Work through reports and held messages", Moderators, false),
        new(Right.MuteEverywhere, "Mute somebody everywhere", Moderators, false),
        new(Right.Ban, "Ban people, and answer their appeals", Moderators, false),
        new(Right.FilterWords, "Change the word filter", Moderators, false),
        new(Right.BanAddresses, "Ban network addresses", Administrators, false),
        new(Right.ManagePeople, "Sign people out, reset passwords, see addresses and devices", Administrators, false),
        new(Right.ChangeRoles, "Give people other roles, up to their own", Administrators, false),
        new(Right.Invite, "Make and revoke invites", Administrators, false),
        new(Right.ManageBots, "Make and end bots", Administrators, false),
        new(Right.Announce, "Announce something to everyone", Administrators, false),
        new(Right.ReadAuditLog, "Read the audit log", Administrators, false),
        new(Right.ChangeSettings, "Change the community's settings", Administrators, false),
        new(Right.ShareOwnership, "Make somebody else an owner", Owners, false),
    ];

    private static readonly Dictionary<Right, PolicyRow> Rows = Table.ToDictionary(row => row.Right);

    /// <summary>Whether a role has a right everywhere.</summary>
    public static bool Allows(Role role, Right right) => Rows[right].Roles.Contains(role);

    /// <summary>Whether moderators of a room have a right in it.</summary>
    public static bool AllowsRoomModerators(Right right) => Rows[right].RoomModerators;

    /// <summary>Whether somebody may act on somebody else at all: only on those of lower rank.</summary>
    public static bool Outranks(Role actor, Role other) => actor > other;

    /// <summary>The same in a room that either may moderate.</summary>
    public static bool Outranks(Role actor, bool actorModeratesRoom, Role other, bool otherModeratesRoom) =>
        Rank(actor, actorModeratesRoom) > Rank(other, otherModeratesRoom);

    private static int Rank(Role role, bool moderatesRoom) => moderatesRoom ? Math.Max((int)role, RoomModeratorRank) : (int)role;
}
