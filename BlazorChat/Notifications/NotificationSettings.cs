using BlazorChat.Rooms;

namespace BlazorChat.Notifications;

/// <summary>How one person wants to be told of what they are not looking at. Whoever has no row has what a new one holds.</summary>
public sealed class NotificationSettings
{
    /// <summary>Longest name of a time zone.</summary>
    public const int MaxTimeZoneLength = 64;

    /// <summary>Whose.</summary>
    public long UserId { get; set; }

    /// <summary>For rooms without a level of their own; direct conversations have <see cref="NotifyLevel.Everything"/> then.</summary>
    public NotifyLevel DefaultLevel { get; set; } = NotifyLevel.Everything;

    /// <summary>From when, every day, nothing makes a sound; <see langword="null"/> without quiet hours.</summary>
    public TimeOnly? QuietFrom { get; set; }

    /// <summary>Until when; earlier than <see cref="QuietFrom"/> when the hours go over midnight.</summary>
    public TimeOnly? QuietUntil { get; set; }

    /// <summary>Where the hours are theirs: an IANA name such as <c>Europe/Berlin</c>.</summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>Whether a notification shows what was said; otherwise it only names the room.</summary>
    public bool ShowsText { get; set; } = true;

    /// <summary>After how many minutes unread mentions and direct messages come by e-mail; <see langword="null"/> for never.</summary>
    public int? EmailAfterMinutes { get; set; } = 60;

    /// <summary>When the last such e-mail went out.</summary>
    public DateTimeOffset? LastEmailAt { get; set; }
}
