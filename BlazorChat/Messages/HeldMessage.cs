namespace BlazorChat.Messages;

/// <summary>A message that the word filter holds: nobody sees it until a moderator lets it through.</summary>
public sealed class HeldMessage
{
    /// <summary>Key.</summary>
    public long Id { get; set; }

    /// <summary>Where it would be said.</summary>
    public long RoomId { get; set; }

    /// <summary>Who would say it.</summary>
    public long SenderId { get; set; }

    /// <summary>The Markdown source.</summary>
    public string Text { get; set; } = "";

    /// <summary>The sender's own id of it, unique a sender: a resend is held once.</summary>
    public string? ClientMessageId { get; set; }

    /// <summary>The message that it answers.</summary>
    public long? ReplyToId { get; set; }

    /// <summary>The name that a bot's webhook gave for it, instead of the bot's; see <see cref="MessageAlias"/>.</summary>
    public string? AliasName { get; set; }

    /// <summary>The emoji that it gave, instead of the bot's avatar.</summary>
    public string? AliasEmoji { get; set; }

    /// <summary>What the filter found.</summary>
    public string Found { get; set; } = "";

    /// <summary>When it was held.</summary>
    public DateTimeOffset HeldAt { get; set; }

    /// <summary>When a moderator decided.</summary>
    public DateTimeOffset? DecidedAt { get; set; }

    /// <summary>Who decided.</summary>
    public long? DecidedById { get; set; }

    /// <summary>Whether it was let through, and is a message now.</summary>
    public bool IsApproved { get; set; }
}
