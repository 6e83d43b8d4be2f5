using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Notifications;

/// <summary>What was said, as far as it decides who is told.</summary>
/// <param name="SenderId">Who said it.</param>
/// <param name="Seq">Its place in the room.</param>
/// <param name="IsDirect">Whether in a direct conversation.</param>
/// <param name="Mentions">Whom it names.</param>
/// <param name="RepliesTo">Whose message it answers.</param>
/// <param name="Callout">Whom it calls all at once.</param>
/// <param name="IsDeleted">Whether it is gone again.</param>
public sealed record Saying(
    long SenderId, long Seq, bool IsDirect, IReadOnlyCollection<long> Mentions, long? RepliesTo = null, Callout Callout = Callout.None, bool IsDeleted = false);

/// <summary>What a person is to a room and wants of it, now.</summary>
/// <param name="UserId">Who.</param>
/// <param name="IsMember">Whether they are in the room.</param>
/// <param name="IsActive">Whether they take part at all, and the session that is told may read the room.</param>
/// <param name="Level">What they chose for the room; <see langword="null"/> as their account says.</param>
/// <param name="DefaultLevel">What their account says.</param>
/// <param name="MutedUntil">Until when they muted the room.</param>
/// <param name="Quiet">Their quiet hours.</param>
/// <param name="LastReadSeq">How far they have read the room.</param>
/// <param name="IsLooking">Whether they have it open in a visible tab.</param>
/// <param name="IsHere">Whether they are connected.</param>
/// <param name="Blocked">Whom they blocked, as far as it matters here.</param>
public sealed record Listener(
    long UserId, bool IsMember, bool IsActive, NotifyLevel? Level, NotifyLevel DefaultLevel, DateTimeOffset? MutedUntil, QuietHours? Quiet,
    long LastReadSeq, bool IsLooking, bool IsHere, IReadOnlySet<long>? Blocked = null);

/// <summary>Whether somebody is told of a message, or the first reason why not.</summary>
public enum Verdict
{
    /// <summary>They are told.</summary>
    Tell,

    /// <summary>They said it.</summary>
    Author,

    /// <summary>It is deleted.</summary>
    Deleted,

    /// <summary>They are not in the room.</summary>
    NotMember,

    /// <summary>They take no part any more.</summary>
    NotActive,

    /// <summary>They blocked who said it.</summary>
    Blocked,

    /// <summary>They have read it.</summary>
    Read,

    /// <summary>They have the room before their eyes.</summary>
    Looking,

    /// <summary>They muted the room.</summary>
    Muted,

    /// <summary>They are told of less of this room.</summary>
    Level,

    /// <summary>They have quiet hours.</summary>
    Quiet,
}

/// <summary>Who is told of a message. Pure: asked when a message is a few seconds old, and again at the moment of sending.</summary>
public static class WhoIsTold
{
    /// <summary>Whether somebody is told.</summary>
    public static Verdict Ask(Saying said, Listener listener, DateTimeOffset now) =>
        listener.UserId == said.SenderId ? Verdict.Author
        : said.IsDeleted ? Verdict.Deleted
        : !listener.IsMember ? Verdict.NotMember
        : !listener.IsActive ? Verdict.NotActive
        : listener.Blocked?.Contains(said.SenderId) == true ? Verdict.Blocked
        : listener.LastReadSeq >= said.Seq ? Verdict.Read
        : listener.IsLooking ? Verdict.Looking
        : listener.MutedUntil > now ? Verdict.Muted
        : !IsWanted(said, listener) ? Verdict.Level
        : listener.Quiet?.Cover(now) == true ? Verdict.Quiet
        : Verdict.Tell;

    /// <summary>Whether it is meant for them in particular: it names, answers or calls them, or the conversation is theirs.</summary>
    public static bool Concerns(Saying said, long userId, bool isHere) =>
        said.IsDirect
        || said.RepliesTo == userId
        || said.Callout == Callout.All
        || (said.Callout == Callout.Here && isHere)
        || said.Mentions.Contains(userId);

    /// <summary>What holds for a room: what was chosen for it, else all of a direct conversation, else what the account says.</summary>
    public static NotifyLevel LevelOf(NotifyLevel? chosen, bool isDirect, NotifyLevel byDefault) =>
        chosen ?? (isDirect ? NotifyLevel.Everything : byDefault);

    private static bool IsWanted(Saying said, Listener listener) => LevelOf(listener.Level, said.IsDirect, listener.DefaultLevel) switch
    {
        NotifyLevel.Everything => true,
        // That a direct conversation is theirs does not make a mention of every line of it.
        NotifyLevel.Mentions => Concerns(said with { IsDirect = false }, listener.UserId, listener.IsHere),
        _ => false,
    };
}
