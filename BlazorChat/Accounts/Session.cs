namespace BlazorChat.Accounts;

/// <summary>One signed-in browser. Ending it takes effect on every open tab at once.</summary>
public sealed class Session
{
    /// <summary>Random; also a claim in the sign-in cookie.</summary>
    public Guid Id { get; set; }

    /// <summary>Whose session.</summary>
    public long UserId { get; set; }

    /// <summary>When it was opened.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>The browser and system as the person would name them ("Chrome on Linux").</summary>
    public string Device { get; set; } = "";

    /// <summary>When it ended; <see langword="null"/> while it is active.</summary>
    public DateTimeOffset? EndedAt { get; set; }
}
