using BlazorChat.Live;
using BlazorChat.Rooms;

namespace BlazorChat.Notifications;

/// <summary>What somebody chose for their account; see <see cref="NotificationSettings"/> for what each means.</summary>
public sealed record NotificationChoices(
    NotifyLevel DefaultLevel, TimeOnly? QuietFrom, TimeOnly? QuietUntil, string TimeZone, bool ShowsText, int? EmailAfterMinutes)
{
    /// <summary>The quiet hours, where there are any.</summary>
    public QuietHours? Quiet =>
        QuietFrom is { } from && QuietUntil is { } until && TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var zone)
            ? new QuietHours(from, until, zone) : null;

    internal static NotificationChoices Of(NotificationSettings settings) => new(
        settings.DefaultLevel, settings.QuietFrom, settings.QuietUntil, settings.TimeZone, settings.ShowsText, settings.EmailAfterMinutes);
}

/// <summary>What somebody is told of one room.</summary>
/// <param name="Chosen">What they chose for it; <see langword="null"/> as their account says.</param>
/// <param name="Default">What their account says for a room of this kind.</param>
/// <param name="MutedUntil">Until when they muted it.</param>
public sealed record RoomNotices(NotifyLevel? Chosen, NotifyLevel Default, DateTimeOffset? MutedUntil)
{
    /// <summary>What holds.</summary>
    public NotifyLevel Level => Chosen ?? Default;
}

/// <summary>Somebody chose anew what they are told of; for their own connections.</summary>
public sealed record NotificationsChanged(long UserId) : ChatEvent(Topic.User(UserId));
