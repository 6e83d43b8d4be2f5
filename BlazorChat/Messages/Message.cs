namespace BlazorChat.Messages;

/// <summary>One message of a room. The log of messages is the truth; events are only hints to look at it.</summary>
public sealed class Message
{
    /// <summary>Longest text, in UTF-16 code units.</summary>
    public const int MaxLength = 10_000;

    /// <summary>Longest client message id.</summary>
    public const int MaxClientIdLength = 64;

    /// <summary>Key; ascending over the whole community.</summary>
    public long Id { get; set; }

    /// <summary>Where it was said.</summary>
    public long RoomId { get; set; }

    /// <summary>Its place in the room: gapless, from 1.</summary>
    public long Seq { get; set; }

    /// <summary>Who said it.</summary>
    public long SenderId { get; set; }

    /// <summary>The Markdown source; empty once deleted.</summary>
    public string Text { get; set; } = "";

    /// <summary>The source rendered and sanitised, once, at write; empty once deleted.</summary>
    public string Html { get; set; } = "";

    /// <summary>Which renderer made <see cref="Html"/>, so that an improved one can find what to render again.</summary>
    public int RendererVersion { get; set; }

    /// <summary>The sender's own id of it, unique a sender: a resend stores nothing twice.</summary>
    public string? ClientMessageId { get; set; }

    /// <summary>The message of the same room that it answers.</summary>
    public long? ReplyToId { get; set; }

    /// <summary>Another name that a bot's webhook gave for this message.</summary>
    public string? AliasName { get; set; }

    /// <summary>An emoji that a bot's webhook gave to stand for its avatar.</summary>
    public string? AliasEmoji { get; set; }

    /// <summary>Whom it calls besides those it names.</summary>
    public Callout Callout { get; set; }

    /// <summary>When it was stored.</summary>
    public DateTimeOffset SentAt { get; set; }

    /// <summary>When its text last changed.</summary>
    public DateTimeOffset? EditedAt { get; set; }

    /// <summary>When it was deleted.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    /// <summary>Who deleted it.</summary>
    public long? DeletedById { get; set; }
}

/// <summary>That a message names a person; recognised when the message is written.</summary>
public sealed class Mention
{
    /// <summary>The message.</summary>
    public long MessageId { get; set; }

    /// <summary>The person named.</summary>
    public long UserId { get; set; }
}
