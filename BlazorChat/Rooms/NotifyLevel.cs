namespace BlazorChat.Rooms;

/// <summary>Which of a room's messages somebody wants to be told of while they are not looking.</summary>
public enum NotifyLevel
{
    /// <summary>None.</summary>
    Nothing = 0,

    /// <summary>Those that mention them, or answer them.</summary>
    Mentions = 1,

    /// <summary>All.</summary>
    Everything = 2,
}
