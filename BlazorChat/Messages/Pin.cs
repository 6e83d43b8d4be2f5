namespace BlazorChat.Messages;

/// <summary>That a message stays at hand in its room.</summary>
public sealed class Pin
{
    /// <summary>The message.</summary>
    public long MessageId { get; set; }

    /// <summary>Its room.</summary>
    public long RoomId { get; set; }

    /// <summary>Who pinned it.</summary>
    public long ById { get; set; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; set; }
}
