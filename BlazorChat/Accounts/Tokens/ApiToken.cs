namespace BlazorChat.Accounts.Tokens;

/// <summary>What a token is for.</summary>
public enum TokenKind
{
    /// <summary>Made on a page for a script or a bot; valid until it expires or is revoked.</summary>
    Personal = 0,

    /// <summary>Issued by a sign-in; expires within minutes.</summary>
    Access = 1,

    /// <summary>Issued with an access token; good for one new pair.</summary>
    Refresh = 2,
}

/// <summary>
/// A secret that stands for a session. Only its hash is stored: 256 random bits cannot be guessed, so one round of SHA-256
/// protects them, where a password needs many.
/// </summary>
public sealed class ApiToken
{
    /// <summary>Key.</summary>
    public long Id { get; set; }

    /// <summary>The session that it stands for: whose, and for what. Its end is the token's end.</summary>
    public Guid SessionId { get; set; }

    /// <summary>What it is for.</summary>
    public TokenKind Kind { get; set; }

    /// <summary>SHA-256 of the token as it is sent.</summary>
    public byte[] Hash { get; set; } = [];

    /// <summary>The beginning of the token, to recognise it by.</summary>
    public string Hint { get; set; } = "";

    /// <summary>Who made it.</summary>
    public long CreatedById { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it ceases to be valid; <see langword="null"/> for never.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>When it was last used, to the minute. For a refresh token, when it was exchanged: a second time is theft.</summary>
    public DateTimeOffset? UsedAt { get; set; }

    /// <summary>The session, where a query asks for it.</summary>
    public Session? Session { get; set; }
}
