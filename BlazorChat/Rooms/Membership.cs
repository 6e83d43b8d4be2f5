namespace BlazorChat.Rooms;

/// <summary>That a person is in a room, and how far they have read it.</summary>
public sealed class Membership
{
    /// <summary>The room.</summary>
    public long RoomId { get; set; }

    /// <summary>The person.</summary>
    public long UserId { get; set; }

    /// <summary>Whether they moderate the room: its name, its people, other people's messages.</summary>
    public bool IsManager { get; set; }

    /// <summary>The read pointer: everything up to this sequence number has been read. Unread counts follow from it.</summary>
    public long LastReadSeq { get; set; }

    /// <summary>What of it they want to be told of while they look elsewhere; <see langword="null"/> as their account says.</summary>
    public NotifyLevel? Level { get; set; }

    /// <summary>Until when they want to be told of nothing.</summary>
    public DateTimeOffset? MutedUntil { get; set; }

    /// <summary>When they joined.</summary>
    public DateTimeOffset JoinedAt { get; set; }

    /// <summary>The room, where a query asks for it.</summary>
    public Room? Room { get; set; }
}
