namespace BlazorChat.Rooms;

/// <summary>When somebody last posted in a slowed room. It outlives leaving the room, and a restart.</summary>
public sealed class SlowTurn
{
    /// <summary>The room.</summary>
    public long RoomId { get; set; }

    /// <summary>The person.</summary>
    public long UserId { get; set; }

    /// <summary>When they posted.</summary>
    public DateTimeOffset At { get; set; }
}
