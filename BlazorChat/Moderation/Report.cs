namespace BlazorChat.Moderation;

/// <summary>What a message is reported for.</summary>
public enum ReportReason
{
    /// <summary>Advertising, floods.</summary>
    Spam,

    /// <summary>Insults, threats, harassment.</summary>
    Harassment,

    /// <summary>Hate.</summary>
    Hate,

    /// <summary>Somebody's private matters.</summary>
    Private,

    /// <summary>Something that is against the law.</summary>
    Illegal,

    /// <summary>Something else, as the note says.</summary>
    Other,
}

/// <summary>Where a report stands.</summary>
public enum ReportState
{
    /// <summary>Nobody has taken it on.</summary>
    Open = 0,

    /// <summary>A moderator works on it.</summary>
    Claimed = 1,

    /// <summary>Something was done.</summary>
    Resolved = 2,

    /// <summary>Nothing had to be done.</summary>
    Dismissed = 3,
}

/// <summary>
/// That somebody asks the moderators to look at a message. With it they show them the message as it was and what stands around it,
/// also of a room that no moderator is in.
/// </summary>
public sealed class Report
{
    /// <summary>Longest note and outcome.</summary>
    public const int MaxNoteLength = 1_000;

    /// <summary>Key.</summary>
    public long Id { get; set; }

    /// <summary>The message.</summary>
    public long MessageId { get; set; }

    /// <summary>Its room.</summary>
    public long RoomId { get; set; }

    /// <summary>Who wrote it.</summary>
    public long SenderId { get; set; }

    /// <summary>Its source when it was reported: editing it afterwards hides nothing.</summary>
    public string Text { get; set; } = "";

    /// <summary>Who reported it.</summary>
    public long ReporterId { get; set; }

    /// <summary>What for.</summary>
    public ReportReason Reason { get; set; }

    /// <summary>What they add.</summary>
    public string Note { get; set; } = "";

    /// <summary>When.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>Where it stands.</summary>
    public ReportState State { get; set; }

    /// <summary>Which moderator works on it, or decided.</summary>
    public long? HandledById { get; set; }

    /// <summary>When they took it on, or decided.</summary>
    public DateTimeOffset? HandledAt { get; set; }

    /// <summary>What was done, in the moderator's words.</summary>
    public string Outcome { get; set; } = "";
}
