using System.Net;
using System.Net.Http.Headers;

namespace BlazorChat.Bots;

/// <summary>How an attempt to deliver ended.</summary>
/// <param name="Status">The HTTP status, where there was an answer.</param>
/// <param name="Error">Why it failed, in words for whoever runs the bot; <see langword="null"/> where it did not.</param>
/// <param name="RetryAfter">When the receiver asked to be asked again.</param>
/// <param name="Answer">What the bot says to it.</param>
/// <param name="IsFinal">Whether trying again is of no use.</param>
internal sealed record AttemptOutcome(
    int? Status, string? Error, TimeSpan? RetryAfter = null, HookPayload? Answer = null, bool IsFinal = false);

/// <summary>When a delivery that failed is tried again.</summary>
internal static class WebhookRetry
{
    /// <summary>Between attempts; after the last of them the delivery is given up.</summary>
    public static readonly TimeSpan[] Delays =
    [
        TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(6),
    ];

    private static readonly TimeSpan LongestWish = TimeSpan.FromHours(24);

    /// <summary>How long to wait after so many attempts; <see langword="null"/> to give up.</summary>
    /// <param name="attempts">Attempts so far, at least one.</param>
    /// <param name="outcome">How the last one ended.</param>
    /// <param name="jitter">From 0 to 1, so that what failed together does not come back together.</param>
    public static TimeSpan? After(int attempts, AttemptOutcome outcome, double jitter)
    {
        if (outcome.IsFinal || attempts > Delays.Length)
        {
            return null;
        }

        var delay = Delays[attempts - 1] * (0.9 + 0.2 * jitter);
        return outcome.RetryAfter is { } wish && wish > delay ? wish < LongestWish ? wish : LongestWish : delay;
    }

    /// <summary>What an answer without success means.</summary>
    public static AttemptOutcome Of(HttpStatusCode status, RetryConditionHeaderValue? retryAfter, DateTimeOffset now) => new(
        (int)status,
        status switch
        {
            HttpStatusCode.Gone => "The receiver says that this address is gone for good (410).",
            HttpStatusCode.TooManyRequests => "The receiver asks for fewer requests (429).",
            _ => $"The receiver answered {(int)status}.",
        },
        retryAfter?.Delta ?? retryAfter?.Date - now,
        IsFinal: status == HttpStatusCode.Gone);
}
