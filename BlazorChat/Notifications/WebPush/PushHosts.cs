using Microsoft.Extensions.Options;

namespace BlazorChat.Notifications.WebPush;

/// <summary>
/// Where notifications may go. A browser's program names the address, so that only push services are asked: those of the known
/// browsers, over https and never inside a private network, and what the operator lists.
/// </summary>
public sealed class PushHosts(IOptions<PushOptions> options)
{
    /// <summary>Longest address of a push service's, in characters.</summary>
    public const int MaxEndpointLength = PushSubscription.MaxEndpointLength;

    private static readonly ListedHost[] Known =
    [
        // Chrome, Edge on Android, Brave, Opera, Samsung Internet; the second of old ones, the third of builds without Google's keys.
        new("fcm.googleapis.com", Below: false, 443),
        new("android.googleapis.com", Below: false, 443),
        new("jmt17.google.com", Below: false, 443),
        // Firefox.
        new("push.services.mozilla.com", Below: true, 443),
        // Edge on Windows.
        new("notify.windows.com", Below: true, 443),
        // Safari.
        new("push.apple.com", Below: true, 443),
    ];

    private readonly ListedHost[] _listed = [.. options.Value.AllowedHosts.Select(ListedHost.Parse).OfType<ListedHost>()];

    /// <summary>Why an address may not be used, in words for whoever gave it; <see langword="null"/> where it may.</summary>
    public string? WhyRefused(string? endpoint)
    {
        const string NoAddress = "The endpoint is no address of a push service.";
        if (string.IsNullOrEmpty(endpoint) || endpoint.Length > MaxEndpointLength || !IsPlain(endpoint)
            || !Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.UserInfo.Length > 0)
        {
            return NoAddress;
        }

        var (host, port) = (uri.IdnHost, uri.Port);
        if (IsListed(host, port) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp))
        {
            return null;
        }

        return uri.Scheme == Uri.UriSchemeHttps && Array.Exists(Known, k => k.Covers(host, port))
            ? null
            : "The endpoint is not at a push service that this server knows. The operator can allow it in the setting Push:AllowedHosts.";
    }

    /// <summary>Whether the operator listed a host, which may then be anywhere.</summary>
    internal bool IsListed(string host, int port) => Array.Exists(_listed, l => l.Covers(host.Trim('[', ']'), port));

    /// <summary>Browsers give addresses as they go over the wire. Anything else is read differently by somebody.</summary>
    private static bool IsPlain(string endpoint) =>
        endpoint.All(c => c is > ' ' and < '\x7f' and not ('\\' or '"' or '<' or '>' or '^' or '`' or '{' or '|' or '}' or '#'));
}
