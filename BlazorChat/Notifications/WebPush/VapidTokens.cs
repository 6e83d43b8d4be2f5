using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace BlazorChat.Notifications.WebPush;

/// <summary>
/// What tells a push service who sends (RFC 8292): a token signed with the server's key, for one push service and half a day, and
/// used again meanwhile, as a signature costs more than all the rest of a push.
/// </summary>
public sealed class VapidTokens(VapidKeys keys, IOptions<PushOptions> options, TimeProvider time)
{
    /// <summary>How long a token is good for. Push services refuse more than 24 hours.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    /// <summary>How long before its end it is replaced, so that none runs out on its way, nor on a clock that is ahead.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromHours(1);

    // Names below a known host are endless, and whoever registers a device chooses one.
    private const int MaxOrigins = 256;

    private readonly ConcurrentDictionary<string, (string Header, DateTimeOffset RenewAt)> _tokens = new();

    /// <summary>The value of the <c>Authorization</c> header for a push service.</summary>
    public string HeaderFor(Uri endpoint)
    {
        var origin = endpoint.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);
        var now = time.GetUtcNow();
        if (_tokens.TryGetValue(origin, out var token) && now < token.RenewAt && now >= token.RenewAt - Lifetime)
        {
            return token.Header;
        }

        if (_tokens.Count >= MaxOrigins)
        {
            _tokens.Clear();
        }

        var header = $"vapid t={Sign(origin, now + Lifetime)}, k={keys.PublicKey}";
        _tokens[origin] = (header, now + Lifetime - Margin);
        return header;
    }

    private string Sign(string origin, DateTimeOffset expiresAt)
    {
        var claims = JsonSerializer.SerializeToUtf8Bytes(new Claims(origin, expiresAt.ToUnixTimeSeconds(), options.Value.Subject), JsonSerializerOptions.Web);
        var signed = $"{Base64Url.EncodeToString("""{"typ":"JWT","alg":"ES256"}"""u8)}.{Base64Url.EncodeToString(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(keys.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    private sealed record Claims(string Aud, long Exp, string Sub);
}
