namespace BlazorChat.Moderation;

/// <summary>Something that everyone is told on top of the page until it ends or they dismiss it.</summary>
public sealed class Announcement
{
    /// <summary>Longest text.</summary>
    public const int MaxLength = 500;

    /// <summary>Key.</summary>
    public long Id { get; set; }

    /// <summary>The text, plain.</summary>
    public string Text { get; set; } = "";

    /// <summary>Who made it.</summary>
    public long ById { get; set; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>When it goes by itself.</summary>
    public DateTimeOffset EndsAt { get; set; }

    /// <summary>When it was ended before.</summary>
    public DateTimeOffset? EndedAt { get; set; }
}

/// <summary>That somebody has seen enough of an announcement.</summary>
public sealed class AnnouncementDismissal
{
    /// <summary>The announcement.</summary>
    public long AnnouncementId { get; set; }

    /// <summary>Who dismissed it.</summary>
    public long UserId { get; set; }
}
