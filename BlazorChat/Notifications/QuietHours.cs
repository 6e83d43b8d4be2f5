namespace BlazorChat.Notifications;

/// <summary>Hours of every day in which nothing makes a sound.</summary>
/// <param name="From">From when, where the person is.</param>
/// <param name="Until">Until when; earlier than <paramref name="From"/> when the hours go over midnight.</param>
/// <param name="Zone">Where the person is.</param>
public sealed record QuietHours(TimeOnly From, TimeOnly Until, TimeZoneInfo Zone)
{
    /// <summary>Whether they cover a moment. The first minute is quiet, the last one is not.</summary>
    public bool Cover(DateTimeOffset moment) =>
        TimeOnly.FromTimeSpan(TimeZoneInfo.ConvertTime(moment, Zone).TimeOfDay).IsBetween(From, Until);
}
