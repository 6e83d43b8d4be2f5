using BlazorChat.Accounts;

namespace BlazorChat.Rooms;

/// <summary>A room in somebody's list.</summary>
/// <param name="Id">The room.</param>
/// <param name="Name">Its name; for a direct conversation the names of the others.</param>
/// <param name="Kind">Who may find it.</param>
/// <param name="IsArchived">Whether nobody posts any more.</param>
/// <param name="LastSeq">The newest message.</param>
/// <param name="LastReadSeq">How far the reader has read.</param>
/// <param name="Others">For a direct conversation, the others; empty for rooms.</param>
/// <param name="Level">What the reader chose to be told of it; <see langword="null"/> as their account says.</param>
/// <param name="MutedUntil">Until when the reader muted it.</param>
public sealed record RoomSummary(
    long Id, string Name, RoomKind Kind, bool IsArchived, long LastSeq, long LastReadSeq, IReadOnlyList<PersonView> Others, NotifyLevel? Level,
    DateTimeOffset? MutedUntil)
{
    /// <summary>Whether only its moderators post.</summary>
    public bool IsLocked { get; init; }

    /// <summary>How many seconds people wait from one message to their next; 0 for none.</summary>
    public int SlowSeconds { get; init; }

    /// <summary>How many messages wait.</summary>
    public long Unread => Math.Max(0, LastSeq - LastReadSeq);
}

/// <summary>A room as its page shows it, with what the reader may do there.</summary>
public sealed record RoomView(
    long Id, string Name, string Description, RoomKind Kind, bool IsArchived, long LastSeq, long LastReadSeq, int MemberCount,
    IReadOnlyList<PersonView> Others, bool IsMember, bool CanPost, bool CanManage, bool CanAdd, bool CanLeave, bool CanCall)
{
    /// <summary>May remove other people's messages, and restore them.</summary>
    public bool CanRemoveMessages { get; init; }

    /// <summary>May pin messages.</summary>
    public bool CanPin { get; init; }

    /// <summary>Whether only its moderators post.</summary>
    public bool IsLocked { get; init; }

    /// <summary>What keeps the reader from posting, for as long as it does.</summary>
    public Silence Silence { get; init; }

    /// <summary>The same in a sentence; for a mute the one before its end and reason. <see langword="null"/> when they can post.</summary>
    public string? SilenceText { get; init; }

    /// <summary>Until when the reader is muted.</summary>
    public DateTimeOffset? MutedUntil { get; init; }

    /// <summary>Why, in a moderator's words.</summary>
    public string? MuteReason { get; init; }

    /// <summary>How many seconds people wait from one message to their next; 0 for none.</summary>
    public int SlowSeconds { get; init; }

    /// <summary>Whether that holds for the reader; moderators do not wait.</summary>
    public bool IsSlowed { get; init; }

    /// <summary>How long the reader has to wait before their next message, at the moment of the answer.</summary>
    public TimeSpan SlowLeft { get; init; }

    /// <summary>May mute people here.</summary>
    public bool CanMute { get; init; }

    /// <summary>May mute people everywhere.</summary>
    public bool CanMuteEverywhere { get; init; }

    /// <summary>May remove people of lower rank.</summary>
    public bool CanRemovePeople { get; init; }

    /// <summary>May lock it.</summary>
    public bool CanLock { get; init; }

    /// <summary>May slow it down.</summary>
    public bool CanSlow { get; init; }

    /// <summary>After how many days its messages go for good; <see langword="null"/> as the community says, 0 for never.</summary>
    public int? RetentionDays { get; init; }
}

/// <summary>A public room that one may join.</summary>
public sealed record BrowsedRoom(long Id, string Name, string Description, long LastSeq, int MemberCount, bool IsMember)
{
    /// <summary>Whether only its moderators post.</summary>
    public bool IsLocked { get; init; }

    /// <summary>How many seconds people wait from one message to their next; 0 for none.</summary>
    public int SlowSeconds { get; init; }
}

/// <summary>A person in a room.</summary>
/// <param name="Person">Who.</param>
/// <param name="IsManager">Whether they moderate it.</param>
public sealed record RoomMember(PersonView Person, bool IsManager)
{
    /// <summary>Until when they are muted there or everywhere; told to those who may mute, and to nobody else.</summary>
    public DateTimeOffset? MutedUntil { get; init; }

    /// <summary>Whether they are muted in this room, so that its moderators can end it.</summary>
    public bool IsMutedHere { get; init; }

    /// <summary>Whether they are muted everywhere, which only moderators of the community can end.</summary>
    public bool IsMutedEverywhere { get; init; }

    /// <summary>Whether the reader outranks them here, and so may act on them.</summary>
    public bool IsOutranked { get; init; }
}
