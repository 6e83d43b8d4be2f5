namespace BlazorChat.Notifications.WebPush;

/// <summary>Hands notifications to the push services of browsers: an edge of the process.</summary>
public interface IWebPushClient
{
    /// <summary>
    /// Makes one attempt. Whatever the push service answers, or fails to, is an outcome and no exception; only
    /// <paramref name="cancel"/> throws.
    /// </summary>
    Task<PushOutcome> SendAsync(PushTarget target, PushRequest push, CancellationToken cancel);
}

/// <summary>Where one browser is notified, and for whom the content is encrypted.</summary>
/// <param name="Endpoint">The address that the browser's push service gave.</param>
/// <param name="P256dh">The browser's public key: an uncompressed point on P-256, 65 bytes.</param>
/// <param name="Auth">The secret shared with the browser, 16 bytes.</param>
public sealed record PushTarget(string Endpoint, byte[] P256dh, byte[] Auth);

/// <summary>What to deliver.</summary>
/// <param name="Content">At most <see cref="MaxContent"/> bytes; only the browser can read them.</param>
/// <param name="TimeToLive">How long the push service keeps it for a browser that is not there.</param>
/// <param name="Urgency">How soon a device that saves power is woken.</param>
/// <param name="Topic">What waits under the same topic is replaced; up to 32 letters of base64url, as the push service can read it.</param>
public sealed record PushRequest(ReadOnlyMemory<byte> Content, TimeSpan TimeToLive, PushUrgency Urgency, string? Topic)
{
    /// <summary>Most bytes of content: what every push service must take (RFC 8030, 7.2) without what encryption adds.</summary>
    public const int MaxContent = 3_993;
}

/// <summary>The urgencies of RFC 8030, 5.3 that are used here.</summary>
public enum PushUrgency
{
    /// <summary>When the device is on and has power to spare.</summary>
    Normal,

    /// <summary>At once.</summary>
    High,
}

/// <summary>What an attempt came to.</summary>
public enum PushResult
{
    /// <summary>The push service took it.</summary>
    Accepted,

    /// <summary>The browser is not there any more (404, 410): forget it.</summary>
    Gone,

    /// <summary>Too large for this push service (413): send less.</summary>
    TooLarge,

    /// <summary>Not now: try again later (429, 5xx, no connection, no answer).</summary>
    TryLater,

    /// <summary>Never: the push service refuses this, or the address is none that may be asked.</summary>
    Refused,
}

/// <summary>How an attempt ended.</summary>
/// <param name="Result">What it came to.</param>
/// <param name="Error">Why it failed, in words for the device's owner and without the address; <see langword="null"/> where it did not.</param>
/// <param name="RetryAfter">How long the push service asked to be left alone.</param>
public sealed record PushOutcome(PushResult Result, string? Error = null, TimeSpan? RetryAfter = null);
