namespace BlazorChat.Accounts.Audit;

/// <summary>What an entry of the audit log is about.</summary>
public enum AuditSubject
{
    /// <summary>Nothing of its own.</summary>
    None,

    /// <summary>A person or a bot.</summary>
    Person,

    /// <summary>A room.</summary>
    Room,

    /// <summary>A message.</summary>
    Message,

    /// <summary>A report.</summary>
    Report,

    /// <summary>A ban.</summary>
    Ban,

    /// <summary>An invite.</summary>
    Invite,

    /// <summary>A rule of the word filter.</summary>
    FilterRule,

    /// <summary>An announcement.</summary>
    Announcement,

    /// <summary>The community's settings.</summary>
    Settings,
}

/// <summary>
/// One line of the audit log: who did what to whom, when, from where, and what was before and after. Lines are added and never
/// changed: the database itself refuses. Names are kept as they were then.
/// </summary>
public sealed class AuditEntry
{
    /// <summary>Longest text of each column.</summary>
    public const int MaxTextLength = 2_000;

    /// <summary>Key; ascending with time.</summary>
    public long Id { get; set; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>Who did it; 0 for the server itself.</summary>
    public long ActorId { get; set; }

    /// <summary>Their name then.</summary>
    public string ActorName { get; set; } = "";

    /// <summary>The network address that their session was last used from.</summary>
    public string? Address { get; set; }

    /// <summary>What was done.</summary>
    public AuditAct Act { get; set; }

    /// <summary>What kind of thing it was done to.</summary>
    public AuditSubject Subject { get; set; }

    /// <summary>The key of that thing.</summary>
    public long? SubjectId { get; set; }

    /// <summary>The person concerned: the subject itself, or whose message it was.</summary>
    public long? PersonId { get; set; }

    /// <summary>The subject's name then, or the person's.</summary>
    public string? SubjectName { get; set; }

    /// <summary>The room concerned.</summary>
    public long? RoomId { get; set; }

    /// <summary>What was before.</summary>
    public string? Before { get; set; }

    /// <summary>What is after.</summary>
    public string? After { get; set; }

    /// <summary>Why, in the actor's words.</summary>
    public string? Reason { get; set; }
}
