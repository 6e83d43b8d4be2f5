namespace BlazorChat.Live;

/// <summary>Whom an event is for.</summary>
public enum Audience
{
    /// <summary>Who has the room open: its messages.</summary>
    Room,

    /// <summary>Who shows the room itself: its name, and who is in it.</summary>
    RoomState,

    /// <summary>Who has the room open: passing signs such as typing, the first to be dropped under load.</summary>
    RoomSigns,

    /// <summary>Clients that ask who of a room is here, all members together.</summary>
    RoomPresence,

    /// <summary>Every connection of one person.</summary>
    User,

    /// <summary>Who shows a person's presence.</summary>
    Presence,

    /// <summary>Every connection.</summary>
    Everyone,

    /// <summary>Workers that follow the log of messages.</summary>
    Log,

    /// <summary>Workers that pass on everybody's presence.</summary>
    AllPresence,

    /// <summary>Moderators with a page of theirs open: that there is something to look at, and nothing of what.</summary>
    Moderation,
}

/// <summary>What a subscription follows: an audience, and whose.</summary>
public readonly record struct Topic(Audience Audience, long Id)
{
    /// <summary>The messages of a room.</summary>
    public static Topic Room(long roomId) => new(Audience.Room, roomId);

    /// <summary>A room's name, settings and people.</summary>
    public static Topic RoomState(long roomId) => new(Audience.RoomState, roomId);

    /// <summary>Typing in a room.</summary>
    public static Topic RoomSigns(long roomId) => new(Audience.RoomSigns, roomId);

    /// <summary>Who of a room is here.</summary>
    public static Topic RoomPresence(long roomId) => new(Audience.RoomPresence, roomId);

    /// <summary>What concerns one person on all their connections.</summary>
    public static Topic User(long userId) => new(Audience.User, userId);

    /// <summary>Whether a person is here.</summary>
    public static Topic Presence(long userId) => new(Audience.Presence, userId);

    /// <summary>That the log of messages grew.</summary>
    public static Topic Log { get; } = new(Audience.Log, 0);

    /// <summary>Everybody's presence.</summary>
    public static Topic AllPresence { get; } = new(Audience.AllPresence, 0);

    /// <summary>That moderators have something to look at.</summary>
    public static Topic Moderation { get; } = new(Audience.Moderation, 0);

    /// <summary>What concerns everyone.</summary>
    public static Topic Everyone { get; } = new(Audience.Everyone, 0);
}

/// <summary>
/// Something that happened and is already stored. It carries all that a viewer needs, so that a thousand viewers run no query;
/// and it is only a hint: one that is missed is made good from the database.
/// </summary>
/// <param name="Topic">Whom it is for.</param>
public abstract record ChatEvent(Topic Topic);

/// <summary>A session ended: signed out here or from elsewhere. Its connections are already cut off when this arrives.</summary>
public sealed record SessionEnded(long UserId, Guid SessionId) : ChatEvent(Topic.User(UserId));

/// <summary>A person came, turned away or left.</summary>
public sealed record PresenceChanged(long UserId, PresenceState State) : ChatEvent(Topic.Presence(UserId));

/// <summary>The same, for workers that pass it on.</summary>
public sealed record AnyPresenceChanged(long UserId, PresenceState State) : ChatEvent(Topic.AllPresence);

/// <summary>A person is typing.</summary>
public sealed record Typing(long RoomId, long UserId, string Name) : ChatEvent(Topic.RoomSigns(RoomId));
