namespace BlazorChat.Components.Admin;

/// <summary>For how long people are banned, and how far back their messages go with it, as a dialog offers them.</summary>
internal static class BanTimes
{
    /// <summary>How long; <see langword="null"/> for good.</summary>
    public static IReadOnlyList<(string Name, TimeSpan? Time)> All { get; } =
    [
        ("1 hour", TimeSpan.FromHours(1)), ("1 day", TimeSpan.FromDays(1)), ("1 week", TimeSpan.FromDays(7)), ("30 days", TimeSpan.FromDays(30)), ("For good", null),
    ];

    /// <summary>How far back; <see langword="null"/> for not at all.</summary>
    public static IReadOnlyList<(string Name, TimeSpan? Span)> Messages { get; } =
    [
        ("None", null), ("Of the last hour", TimeSpan.FromHours(1)), ("Of the last day", TimeSpan.FromDays(1)), ("Of the last week", TimeSpan.FromDays(7)),
        ("Of the last 30 days", TimeSpan.FromDays(30)), ("All of them", TimeSpan.MaxValue),
    ];
}
