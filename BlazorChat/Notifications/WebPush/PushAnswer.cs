using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.RegularExpressions;
using BlazorChat.Outbound;

namespace BlazorChat.Notifications.WebPush;

/// <summary>What the answer of a push service means, or that there was none.</summary>
internal static partial class PushAnswer
{
    /// <summary>Push services say why in a few words, where at all.</summary>
    private const int MaxRead = 2_048;

    private static readonly TimeSpan LongestWish = TimeSpan.FromHours(24);

    public static async Task<PushOutcome> ReadAsync(HttpResponseMessage answer, DateTimeOffset now, CancellationToken cancel)
    {
        var status = (int)answer.StatusCode;
        return answer.StatusCode switch
        {
            >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices => new PushOutcome(PushResult.Accepted),
            HttpStatusCode.NotFound or HttpStatusCode.Gone => new PushOutcome(
                PushResult.Gone, "The browser does not take notifications any more. Turn them on again there."),
            HttpStatusCode.RequestEntityTooLarge => new PushOutcome(PushResult.TooLarge, "The push service finds the notification too large."),
            // Windows says 406 for what others say 429 for.
            HttpStatusCode.TooManyRequests or HttpStatusCode.NotAcceptable => new PushOutcome(
                PushResult.TryLater, $"The push service asks for fewer notifications ({status}).", Wish(answer.Headers.RetryAfter, now)),
            HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError => new PushOutcome(
                PushResult.TryLater, $"The push service has trouble ({status}).", Wish(answer.Headers.RetryAfter, now)),
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => new PushOutcome(
                PushResult.Refused, $"The push service points elsewhere ({status}), where it is not followed."),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new PushOutcome(
                PushResult.Refused,
                $"The push service refuses this server ({status}{await WordsAsync(answer, cancel)}). Turn notifications off and on again in the browser; "
                + "if that does not help, the operator should look at Push:Subject and the server's clock."),
            _ => new PushOutcome(PushResult.Refused, $"The push service refuses the notification ({status}{await WordsAsync(answer, cancel)})."),
        };
    }

    /// <summary>What it means that there was no answer.</summary>
    public static PushOutcome Of(Exception failed) => failed is OutboundRefusedException || failed.InnerException is OutboundRefusedException
        ? new PushOutcome(PushResult.Refused, "The push service's name leads to a private network. The operator can allow it in the setting Push:AllowedHosts.")
        : new PushOutcome(PushResult.TryLater, failed switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError }
                or { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain } } => "The push service's name was not found.",
            { InnerException: SocketException socket } => $"No connection to the push service: {socket.SocketErrorCode}.",
            { InnerException: AuthenticationException } => "The push service's certificate is not valid.",
            _ => "The connection to the push service failed.",
        });

    private static TimeSpan? Wish(RetryConditionHeaderValue? retryAfter, DateTimeOffset now)
    {
        var wish = retryAfter?.Delta ?? retryAfter?.Date - now;
        return wish > TimeSpan.Zero ? wish < LongestWish ? wish : LongestWish : null;
    }

    /// <summary>The reason in the answer, for whoever runs this server. Words only: anything else might be a part of the address.</summary>
    private static async Task<string> WordsAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        await using var stream = await answer.Content.ReadAsStreamAsync(cancel);
        var buffer = new byte[MaxRead];
        var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel);
        return Reason().Match(Encoding.UTF8.GetString(buffer, 0, read)) is { Success: true } found ? $", {found.Groups[1].Value}" : "";
    }

    [GeneratedRegex("""^\s*\{[^{}]*"(?:reason|error|message)"\s*:\s*"([A-Za-z][A-Za-z ,.']{0,79})"[^{}]*\}\s*$""", RegexOptions.CultureInvariant)]
    private static partial Regex Reason();
}
