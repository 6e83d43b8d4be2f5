namespace BlazorChat.Components.Rooms;

/// <summary>How long people wait from one message to their next, in words.</summary>
internal static class SlowText
{
    /// <summary>What moderators choose from, in seconds; 0 for none.</summary>
    public static readonly int[] Choices = [0, 5, 10, 30, 60, 300, 900, 3_600, 21_600];

    /// <summary>A wait as it is shown.</summary>
    public static string Of(int seconds) => seconds switch
    {
        0 => "off",
        _ when seconds % 3_600 == 0 => Count(seconds / 3_600, "hour"),
        _ when seconds % 60 == 0 => Count(seconds / 60, "minute"),
        _ => Count(seconds, "second"),
    };

    private static string Count(int amount, string unit) => amount == 1 ? $"1 {unit}" : $"{amount} {unit}s";
}
