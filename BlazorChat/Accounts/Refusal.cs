namespace BlazorChat.Accounts;

/// <summary>Why an operation was refused; each surface maps these to its own terms (HTTP status, dialog, hub error).</summary>
public enum Refusal
{
    /// <summary>The input is malformed or over a limit.</summary>
    Invalid,

    /// <summary>The session has ended or the account may no longer sign in.</summary>
    SignedOut,

    /// <summary>Known to the actor, but not theirs to do.</summary>
    Forbidden,

    /// <summary>Banned: they have proved who they are, and are kept out for a time or for good.</summary>
    Banned,

    /// <summary>Does not exist, or the actor may not know that it does: the two look the same.</summary>
    NotFound,

    /// <summary>Somebody else changed or took it first.</summary>
    Conflict,

    /// <summary>Too many attempts; try again later.</summary>
    TooMany,

    /// <summary>Could not be stored at the moment; nothing was lost and trying again is right.</summary>
    Unavailable,

    /// <summary>Taken in, but nobody sees it before a moderator let it through; sending it again changes nothing.</summary>
    Held,
}

/// <summary>An operation was refused. The message is written for the person who asked and carries no internals.</summary>
public sealed class RefusedException(Refusal refusal, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>The kind of refusal.</summary>
    public Refusal Refusal { get; } = refusal;

    /// <summary>The input at fault, where one is, so that a form can say it beside the field.</summary>
    public string? Field { get; init; }

    /// <summary>When trying again makes sense, where that is known.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Who was refused, where that is because they are banned: what they are told of it is found by this.</summary>
    public long? BannedId { get; init; }

    /// <summary>Refuses malformed input.</summary>
    public static RefusedException Invalid(string message, string? field = null) => new(Refusal.Invalid, message) { Field = field };

    /// <summary>Refuses what the actor knows of but may not do.</summary>
    public static RefusedException Forbidden(string message) => new(Refusal.Forbidden, message);

    /// <summary>Answers for what does not exist, and equally for what the actor may not know of.</summary>
    public static RefusedException NotFound(string what) => new(Refusal.NotFound, $"{what} was not found.");

    /// <summary>Refuses somebody who does too much at once.</summary>
    public static RefusedException TooFast(TimeSpan retryAfter) =>
        new(Refusal.TooMany, "That was too much at once. Wait a moment and try again.") { RetryAfter = retryAfter };

    /// <summary>Answers somebody who has just proved who they are, and is banned.</summary>
    public static RefusedException Banned(long userId) => new(Refusal.Banned, "You are banned.") { BannedId = userId };

    /// <summary>Answers an actor whose session has ended.</summary>
    public static RefusedException SignedOut() => new(Refusal.SignedOut, "You are signed out. Sign in to continue.");
}
