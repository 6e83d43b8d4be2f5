using BlazorChat.Accounts.Tokens;

namespace BlazorChat.Accounts;

/// <summary>How a session was opened.</summary>
public enum SessionKind
{
    /// <summary>By signing in on a page; a cookie carries it.</summary>
    Browser = 0,

    /// <summary>By signing in through the API; an access token carries it, and a refresh token prolongs it.</summary>
    Api = 1,

    /// <summary>By making a token for a script or a bot.</summary>
    Token = 2,
}

/// <summary>
/// One signed-in browser, or one token. Ending it takes effect on every open tab and connection at once.
/// </summary>
public sealed class Session
{
    /// <summary>Random; also a claim in the sign-in cookie.</summary>
    public Guid Id { get; set; }

    /// <summary>Whose session.</summary>
    public long UserId { get; set; }

    /// <summary>How it was opened.</summary>
    public SessionKind Kind { get; set; }

    /// <summary>When it was opened.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>The browser and system as the person would name them ("Chrome on Linux"), or the name that a token was given.</summary>
    public string Device { get; set; } = "";

    /// <summary>What it may be used for.</summary>
    public Scope Scopes { get; set; } = Scope.All;

    /// <summary>The one room that it may be used in; <see langword="null"/> for all of the person's.</summary>
    public long? RoomId { get; set; }

    /// <summary>When it ends by itself; <see langword="null"/> for never.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>When it was last used; stored a little later than it happens.</summary>
    public DateTimeOffset? LastSeenAt { get; set; }

    /// <summary>The network address that it was last used from.</summary>
    public string? Address { get; set; }

    /// <summary>When it ended; <see langword="null"/> while it is active.</summary>
    public DateTimeOffset? EndedAt { get; set; }
}
