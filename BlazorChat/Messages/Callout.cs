namespace BlazorChat.Messages;

/// <summary>Whom of a room a message calls all at once, besides those it names.</summary>
public enum Callout
{
    /// <summary>Nobody.</summary>
    None = 0,

    /// <summary><c>@here</c>: who is connected when it is said.</summary>
    Here = 1,

    /// <summary><c>@all</c>: everybody in the room.</summary>
    All = 2,
}
