namespace BlazorChat.Components.Messages;

/// <summary>
/// What the composer asks of the page that shows it. Failures are thrown as
/// <see cref="Accounts.RefusedException"/>; anything else counts as a fault after which trying again is right.
/// </summary>
public interface IComposerHost
{
    /// <summary>
    /// Stores a message. The room need not be the one shown: the outbox sends what waits for others, too.
    /// </summary>
    Task PostAsync(long roomId, string text, string clientMessageId, long? replyToId);

    /// <summary>Changes the text of one's own message.</summary>
    Task EditAsync(long messageId, string text);

    /// <summary>The Markdown source of one's own message; <see langword="null"/> when it cannot be edited.</summary>
    Task<string?> SourceOfAsync(long messageId);

    /// <summary>The members of a room whose names begin with <paramref name="prefix"/>, the likeliest first, a handful at most.</summary>
    Task<IReadOnlyList<MentionChoice>> MentionsAsync(long roomId, string prefix);

    /// <summary>The user is typing; called every few seconds while they are.</summary>
    void Typing(long roomId);
}

/// <summary>A person whom a mention can be completed to.</summary>
/// <param name="Id">The account.</param>
/// <param name="Name">The name that is inserted.</param>
/// <param name="AvatarUrl">Their picture; <see langword="null"/> shows an initial.</param>
/// <param name="Hint">What it means, where it is not a person's name.</param>
public sealed record MentionChoice(long Id, string Name, string? AvatarUrl, string? Hint = null);

/// <summary>How a request of the composer ended, as its script reads it.</summary>
/// <param name="Status">
/// <c>sent</c>, <c>held</c> (it is stored and waits for a moderator), <c>refused</c> (as it is, it never will be), <c>silenced</c> (not while
/// they are kept from posting there: muted, say, or the room is locked) or <c>retry</c> (later, the same again).
/// </param>
/// <param name="Error">What to tell the user.</param>
/// <param name="RetryAfter">After how many milliseconds trying again makes sense, where that is known; other rooms do not wait for it.</param>
public sealed record ComposerResult(string Status, string? Error = null, double? RetryAfter = null);
