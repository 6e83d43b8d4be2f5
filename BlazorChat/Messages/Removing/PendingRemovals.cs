using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;

namespace BlazorChat.Messages;

/// <summary>What gives a moderator a message to act on.</summary>
internal enum Reach
{
    /// <summary>They are in its room.</summary>
    Membership,

    /// <summary>It was reported, to all who review reports; the caller has made sure of that.</summary>
    Review,
}

/// <summary>A message to delete where it is the actor's own, and to remove where it is somebody else's.</summary>
internal sealed class PendingRemoval(Actor actor, long messageId, Scope scopes, string reason, Reach reach = Reach.Membership) : PendingAlteration(actor)
{
    public long MessageId { get; } = messageId;

    public Scope Scopes { get; } = scopes;

    public string Reason { get; } = reason;

    public Reach Reach { get; } = reach;

    /// <summary>Whether it is refused where the message is gone already.</summary>
    public bool IsFirst { get; init; }
}

/// <summary>A removed message to bring back, with what its text was rendered to.</summary>
internal sealed class PendingRestoral(Actor actor, long messageId, Scope scopes, RenderedText rendered, Reach reach = Reach.Membership)
    : PendingAlteration(actor)
{
    public long MessageId { get; } = messageId;

    public Scope Scopes { get; } = scopes;

    public RenderedText Rendered { get; } = rendered;

    public Reach Reach { get; } = reach;
}

/// <summary>Some of a person's messages to empty: removed with a ban, or without one deleted as if by themselves. The caller has checked the right to.</summary>
internal sealed class PendingBulkRemoval(Actor actor, long senderId, IReadOnlyList<long> messageIds, long? banId, string reason) : PendingAlteration(actor)
{
    public long SenderId { get; } = senderId;

    public IReadOnlyList<long> MessageIds { get; } = messageIds;

    public long? BanId { get; } = banId;

    public string Reason { get; } = reason;
}

/// <summary>Some of the messages that were removed with a ban to bring back. The caller has checked the right to.</summary>
internal sealed class PendingBulkRestoral(Actor actor, long banId, IReadOnlyDictionary<long, RenderedText> rendered) : PendingAlteration(actor)
{
    public long BanId { get; } = banId;

    public IReadOnlyDictionary<long, RenderedText> Rendered { get; } = rendered;
}
