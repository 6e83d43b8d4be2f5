namespace BlazorChat.Rooms;

/// <summary>That somebody may not post for a time, in one room or everywhere. It is not a membership's: leaving and coming back ends none.</summary>
public sealed class Mute
{
    /// <summary>The <see cref="RoomId"/> of a mute in all rooms.</summary>
    public const long Everywhere = 0;

    /// <summary>Longest reason.</summary>
    public const int MaxReasonLength = 500;

    /// <summary>Who may not post.</summary>
    public long UserId { get; set; }

    /// <summary>Where; <see cref="Everywhere"/> for all rooms.</summary>
    public long RoomId { get; set; }

    /// <summary>Until when.</summary>
    public DateTimeOffset Until { get; set; }

    /// <summary>Why, for the person to read.</summary>
    public string Reason { get; set; } = "";

    /// <summary>Who muted them.</summary>
    public long ById { get; set; }

    /// <summary>Since when.</summary>
    public DateTimeOffset At { get; set; }
}
