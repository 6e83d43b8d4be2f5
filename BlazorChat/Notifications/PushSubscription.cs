namespace BlazorChat.Notifications;

/// <summary>A browser that lets itself be notified (RFC 8030), for as long as the session that allowed it.</summary>
public sealed class PushSubscription
{
    /// <summary>Longest address of a push service's.</summary>
    public const int MaxEndpointLength = 1_000;

    /// <summary>Longest text in <see cref="LastError"/>.</summary>
    public const int MaxErrorLength = 300;

    /// <summary>Key.</summary>
    public long Id { get; set; }

    /// <summary>Who is notified.</summary>
    public long UserId { get; set; }

    /// <summary>The session that allowed it: what that one may not read is not sent, and when it ends this is removed.</summary>
    public Guid SessionId { get; set; }

    /// <summary>Where to deliver; a secret of the browser's push service, unique.</summary>
    public string Endpoint { get; set; } = "";

    /// <summary>The browser's public key: an uncompressed point on P-256, 65 bytes (RFC 8291).</summary>
    public byte[] P256dh { get; set; } = [];

    /// <summary>The secret shared with the browser, 16 bytes (RFC 8291).</summary>
    public byte[] Auth { get; set; } = [];

    /// <summary>The browser and system as the person would name them.</summary>
    public string Device { get; set; } = "";

    /// <summary>When it was allowed.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When the push service last took a notification.</summary>
    public DateTimeOffset? LastSuccessAt { get; set; }

    /// <summary>When one last failed.</summary>
    public DateTimeOffset? LastErrorAt { get; set; }

    /// <summary>Why, in words for its owner.</summary>
    public string? LastError { get; set; }
}

/// <summary>
/// A notification that a push service did not take, to be tried again. One a device and room: a newer message takes the older
/// one's place, as it would on the screen.
/// </summary>
public sealed class PushRetry
{
    /// <summary>The device.</summary>
    public long SubscriptionId { get; set; }

    /// <summary>The room.</summary>
    public long RoomId { get; set; }

    /// <summary>The message to tell of.</summary>
    public long MessageId { get; set; }

    /// <summary>How often it was tried.</summary>
    public int Attempts { get; set; }

    /// <summary>When to try again.</summary>
    public DateTimeOffset NextAttemptAt { get; set; }
}
