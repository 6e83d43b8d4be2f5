namespace BlazorChat.Bots;

/// <summary>Where a bot is told of messages that name it or are sent to it directly. A bot has one at the most.</summary>
public sealed class OutgoingWebhook
{
    /// <summary>Longest address.</summary>
    public const int MaxUrlLength = 2_000;

    /// <summary>Key.</summary>
    public long Id { get; set; }

    /// <summary>The bot.</summary>
    public long BotId { get; set; }

    /// <summary>The session by which its answers are posted: its end is the webhook's end.</summary>
    public Guid SessionId { get; set; }

    /// <summary>Where requests go: http or https.</summary>
    public string Url { get; set; } = "";

    /// <summary>The secret that requests are signed with, protected by the server's keys: signing needs it whole.</summary>
    public string Secret { get; set; } = "";

    /// <summary>Who made it.</summary>
    public long CreatedById { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>How a delivery stands.</summary>
public enum DeliveryState
{
    /// <summary>Waits for its first or next attempt.</summary>
    Waiting = 0,

    /// <summary>The receiver took it.</summary>
    Delivered = 1,

    /// <summary>Given up after the last attempt; it can be sent again by hand.</summary>
    Failed = 2,
}

/// <summary>One message on its way to a bot: what is to be sent, and how the attempts went.</summary>
public sealed class WebhookDelivery
{
    /// <summary>Longest error and answer that are kept.</summary>
    public const int MaxLogLength = 500;

    /// <summary>Key; the receiver gets it with each attempt, to recognise a repetition.</summary>
    public long Id { get; set; }

    /// <summary>The webhook.</summary>
    public long WebhookId { get; set; }

    /// <summary>The message.</summary>
    public long MessageId { get; set; }

    /// <summary>How it stands.</summary>
    public DeliveryState State { get; set; }

    /// <summary>Attempts so far.</summary>
    public int Attempts { get; set; }

    /// <summary>When it was queued.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it is to be tried next.</summary>
    public DateTimeOffset NextAttemptAt { get; set; }

    /// <summary>When it was last tried.</summary>
    public DateTimeOffset? LastAttemptAt { get; set; }

    /// <summary>The HTTP status of the last answer, where there was one.</summary>
    public int? LastStatus { get; set; }

    /// <summary>Why the last attempt failed, in words for whoever runs the bot.</summary>
    public string? LastError { get; set; }
}
