namespace BlazorChat.Bots;

/// <summary>An address that posts into one room, for whoever knows its secret.</summary>
public sealed class IncomingWebhook
{
    /// <summary>Key.</summary>
    public long Id { get; set; }

    /// <summary>Where it posts.</summary>
    public long RoomId { get; set; }

    /// <summary>As whom: a bot of its own, a member of the room.</summary>
    public long BotId { get; set; }

    /// <summary>The session by which it posts: its end is the webhook's end.</summary>
    public Guid SessionId { get; set; }

    /// <summary>SHA-256 of the secret in the address.</summary>
    public byte[] Hash { get; set; } = [];

    /// <summary>The beginning of the secret, to recognise it by.</summary>
    public string Hint { get; set; } = "";

    /// <summary>Who made it.</summary>
    public long CreatedById { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When something was last posted, to the minute.</summary>
    public DateTimeOffset? UsedAt { get; set; }
}
