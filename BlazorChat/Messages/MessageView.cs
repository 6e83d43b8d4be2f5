using BlazorChat.Accounts;

namespace BlazorChat.Messages;

/// <summary>A message as it is shown: immutable and shared by everyone who looks at it.</summary>
public sealed record MessageView(
    long Id,
    long RoomId,
    long Seq,
    PersonView Sender,
    string Text,
    string Html,
    string? ClientMessageId,
    QuoteView? ReplyTo,
    DateTimeOffset SentAt,
    DateTimeOffset? EditedAt,
    DateTimeOffset? DeletedAt,
    MessageAlias? Alias = null,
    Callout Callout = Callout.None)
{
    /// <summary>The name that it is shown under.</summary>
    public string SenderName => Alias?.Name ?? Sender.Name;

    /// <summary>Whether a moderator took it away, and not its author.</summary>
    public bool IsRemoved { get; init; }
}

/// <summary>What a reply shows of the message that it answers.</summary>
/// <param name="Id">The message answered.</param>
/// <param name="SenderName">Who wrote it.</param>
/// <param name="Excerpt">The beginning of its text on one line; <see langword="null"/> once it is deleted.</param>
/// <param name="SenderId">The same by account.</param>
/// <param name="IsRemoved">Whether a moderator took it away.</param>
public sealed record QuoteView(long Id, string SenderName, string? Excerpt, long SenderId = 0, bool IsRemoved = false)
{
    /// <summary>A message that the community does not keep any more.</summary>
    public static QuoteView Gone(long id) => new(id, "", null);

    /// <summary>Whether the message is not kept any more, so that nothing leads to it.</summary>
    public bool IsGone => SenderName.Length == 0;
}

/// <summary>A run of a room's messages, oldest first.</summary>
/// <param name="Messages">The messages.</param>
/// <param name="HasOlder">Whether the room has older ones.</param>
/// <param name="HasNewer">Whether the room has newer ones.</param>
public sealed record MessagePage(IReadOnlyList<MessageView> Messages, bool HasOlder, bool HasNewer);
