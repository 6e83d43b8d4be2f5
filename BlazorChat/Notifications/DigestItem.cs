namespace BlazorChat.Notifications;

/// <summary>A message that somebody is to get by e-mail, unless they read it before. Removed once it was sent, or needs no sending.</summary>
public sealed class DigestItem
{
    /// <summary>Who.</summary>
    public long UserId { get; set; }

    /// <summary>Which message.</summary>
    public long MessageId { get; set; }
}
