namespace BlazorChat.Rooms;

/// <summary>That one person wants nothing of another: their messages collapse, and they cannot write to each other directly.</summary>
public sealed class Block
{
    /// <summary>Who blocks.</summary>
    public long UserId { get; set; }

    /// <summary>Who is blocked. They are not told.</summary>
    public long BlockedId { get; set; }

    /// <summary>Since when.</summary>
    public DateTimeOffset At { get; set; }
}
