namespace BlazorChat.Messages;

/// <summary>
/// What a moderator took away of somebody's message: the message itself is empty like any deleted one, and this is what can be
/// restored of it. People who delete a message of their own leave nothing.
/// </summary>
public sealed class RemovedMessage
{
    /// <summary>Longest reason.</summary>
    public const int MaxReasonLength = 500;

    /// <summary>How long the text is kept to be restored, in days.</summary>
    public const int KeptDays = 30;

    /// <summary>The message.</summary>
    public long MessageId { get; set; }

    /// <summary>Its Markdown source; <see langword="null"/> once it is too late to restore it.</summary>
    public string? Text { get; set; }

    /// <summary>Why it was removed, for its author to read.</summary>
    public string Reason { get; set; } = "";

    /// <summary>Who removed it.</summary>
    public long ById { get; set; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>The ban that it was removed with, to restore it with; <see langword="null"/> for one removed by itself.</summary>
    public long? BanId { get; set; }
}
