namespace BlazorChat.Live;

/// <summary>Whether a person is here.</summary>
public enum PresenceState
{
    /// <summary>No connection.</summary>
    Offline,

    /// <summary>Connected, but no tab is visible.</summary>
    Away,

    /// <summary>A tab is visible.</summary>
    Online,
}
