namespace BlazorChat.Accounts;

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

    /// <summary>Whether anybody may register without an invite.</summary>
    public bool RegistrationOpen { get; set; }
}
