namespace BlazorChat.Rooms;

/// <summary>Who may find a room.</summary>
public enum RoomKind
{
    /// <summary>Everyone in the community may browse and join it.</summary>
    Public = 0,

    /// <summary>Only those who were added know of it.</summary>
    Private = 1,

    /// <summary>A conversation of two people or a few; the same set of people has exactly one, for good.</summary>
    Direct = 2,
}

/// <summary>A place to talk.</summary>
public sealed class Room
{
    /// <summary>Longest room name.</summary>
    public const int MaxNameLength = 60;

    /// <summary>Longest description.</summary>
    public const int MaxDescriptionLength = 500;

    /// <summary>Longest wait of a slowed room: six hours.</summary>
    public const int MaxSlowSeconds = 6 * 60 * 60;

    /// <summary>Most people in one direct conversation.</summary>
    public const int MaxDirectMembers = 9;

    /// <summary>Key.</summary>
    public long Id { get; set; }

    /// <summary>The name; empty for a direct conversation, which is named after its people.</summary>
    public string Name { get; set; } = "";

    /// <summary>What the room is for.</summary>
    public string Description { get; set; } = "";

    /// <summary>Who may find it. Never changes to or from <see cref="RoomKind.Direct"/>.</summary>
    public RoomKind Kind { get; set; }

    /// <summary>Whether everyone who registers joins it ("General").</summary>
    public bool IsDefault { get; set; }

    /// <summary>Who made it.</summary>
    public long CreatedById { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it was archived: readable, but nobody posts.</summary>
    public DateTimeOffset? ArchivedAt { get; set; }

    /// <summary>When it was locked: only its moderators post.</summary>
    public DateTimeOffset? LockedAt { get; set; }

    /// <summary>How many seconds each person but its moderators waits from one message to their next; 0 for none.</summary>
    public int SlowSeconds { get; set; }

    /// <summary>After how many days its messages are deleted for good; <see langword="null"/> as the community says, 0 for never.</summary>
    public int? RetentionDays { get; set; }

    /// <summary>The sequence number of the newest message; they run 1, 2, 3 … without gaps.</summary>
    public long LastSeq { get; set; }

    /// <summary>For a direct conversation its members' ids, sorted and joined; unique.</summary>
    public string? DirectKey { get; set; }
}
