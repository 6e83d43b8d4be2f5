namespace BlazorChat.Accounts;

/// <summary>Who may register.</summary>
public enum RegistrationMode
{
    /// <summary>Whoever has an invite.</summary>
    ByInvite = 0,

    /// <summary>Anybody who reaches the server.</summary>
    Open = 1,

    /// <summary>Nobody, for the time being.</summary>
    Closed = 2,
}

/// <summary>What the community decided about itself: one row, which exists from set-up on.</summary>
public sealed class CommunitySettings
{
    /// <summary>The one row's key; that there can be only one makes set-up happen once.</summary>
    public const int OnlyId = 1;

    /// <summary>Longest community name.</summary>
    public const int MaxNameLength = 60;

    /// <summary>Always <see cref="OnlyId"/>.</summary>
    public int Id { get; set; } = OnlyId;

    /// <summary>The community's name, shown in the sidebar and on the sign-in page.</summary>
    public string Name { get; set; } = "";

    /// <summary>Who may register.</summary>
    public RegistrationMode Registration { get; set; }

    /// <summary>For how many minutes people may edit their messages; <see langword="null"/> for always, 0 for never.</summary>
    public int? EditMinutes { get; set; }

    /// <summary>After how many days messages are deleted for good, in rooms that say nothing else; <see langword="null"/> for never.</summary>
    public int? RetentionDays { get; set; }

    /// <summary>Largest picture that people may upload, in bytes; <see langword="null"/> for what the server takes at the most.</summary>
    public int? MaxUploadBytes { get; set; }
}
