using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace BlazorChat.Notifications.WebPush;

/// <summary>Hands notifications to push services as RFC 8030 has it, encrypted for the browser and signed by this server.</summary>
public sealed class WebPushClient(IHttpClientFactory clients, PushHosts hosts, VapidTokens tokens, TimeProvider time) : IWebPushClient
{
    /// <summary>The name of the client that asks push services, see <see cref="IHttpClientFactory"/>.</summary>
    public const string Client = "push";

    /// <summary>How long an attempt may take.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public async Task<PushOutcome> SendAsync(PushTarget target, PushRequest push, CancellationToken cancel)
    {
        if (hosts.WhyRefused(target.Endpoint) is { } refused)
        {
            return new PushOutcome(PushResult.Refused, refused);
        }

        if (push.Content.Length > PushRequest.MaxContent)
        {
            return new PushOutcome(PushResult.TooLarge, "The notification is too large.");
        }

        using var limit = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        try
        {
            using var request = Request(target, push);
            using var client = clients.CreateClient(Client);
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return await PushAnswer.ReadAsync(answer, time.GetUtcNow(), either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new PushOutcome(PushResult.TryLater, $"The push service gave no answer within {Timeout.TotalSeconds:0} seconds.");
        }
        catch (CryptographicException)
        {
            return new PushOutcome(PushResult.Refused, "The browser's keys are not valid. Turn notifications off and on again there.");
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            cancel.ThrowIfCancellationRequested();
            return PushAnswer.Of(failed);
        }
    }

    private HttpRequestMessage Request(PushTarget target, PushRequest push)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, target.Endpoint)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Content = new ByteArrayContent(PushEncryption.Encrypt(push.Content.Span, target.P256dh, target.Auth)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        request.Content.Headers.ContentEncoding.Add("aes128gcm");
        request.Headers.TryAddWithoutValidation("Authorization", tokens.HeaderFor(request.RequestUri!));
        request.Headers.Add("TTL", ((long)Math.Max(0, push.TimeToLive.TotalSeconds)).ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("Urgency", push.Urgency == PushUrgency.High ? "high" : "normal");
        if (push.Topic is { } topic)
        {
            request.Headers.Add("Topic", topic);
        }

        return request;
    }
}
