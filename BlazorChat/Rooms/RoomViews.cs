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

    /// <summary>After how many days its messages go for good; <see langword="null"/> as the community says, 0 for never.</summary>
    public int? RetentionDays { get; init; }
}

/// <summary>A public room that one may join.</summary>
public sealed record BrowsedRoom(long Id, string Name, string Description, long LastSeq, int MemberCount, bool IsMember);

/// <summary>A person in a room.</summary>
public sealed record RoomMember(PersonView Person, bool IsManager);
