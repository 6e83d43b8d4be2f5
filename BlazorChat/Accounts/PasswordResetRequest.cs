namespace BlazorChat.Accounts;

/// <summary>That somebody asked for a link by e-mail to set a new password; there until it was sent. One a person.</summary>
public sealed class PasswordResetRequest
{
    /// <summary>Whose password.</summary>
    public long UserId { get; set; }

    /// <summary>When they asked.</summary>
    public DateTimeOffset RequestedAt { get; set; }

    /// <summary>How often sending was tried.</summary>
    public int Attempts { get; set; }

    /// <summary>When to try again.</summary>
    public DateTimeOffset NextAttemptAt { get; set; }
}
