namespace BlazorChat.Notifications;

/// <summary>When a notification that a push service did not take is tried again.</summary>
internal static class PushBackoff
{
    /// <summary>How old a message may be to be told of: a day later nobody wants to be startled by it.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private static readonly TimeSpan[] Delays =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15),
        TimeSpan.FromHours(1), TimeSpan.FromHours(3),
    ];

    /// <summary>How long to wait.</summary>
    /// <param name="attempts">Attempts so far, at least one.</param>
    /// <param name="wish">How long the push service asked to be left alone.</param>
    /// <param name="jitter">From 0 to 1, so that what failed together does not come back together.</param>
    public static TimeSpan After(int attempts, TimeSpan? wish, double jitter)
    {
        var delay = Delays[Math.Min(attempts, Delays.Length) - 1] * (0.8 + 0.4 * jitter);
        return wish > delay ? (wish.Value < Lifetime ? wish.Value : Lifetime) * (1 + 0.1 * jitter) : delay;
    }
}
