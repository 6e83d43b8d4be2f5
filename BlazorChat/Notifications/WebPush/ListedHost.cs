using System.Globalization;
using System.Net;

namespace BlazorChat.Notifications.WebPush;

/// <summary>An entry of <c>Push:AllowedHosts</c>.</summary>
/// <param name="Name">The host as addresses have it: lower case, addresses of IPv6 without brackets.</param>
/// <param name="Below">Whether it stands for every name below that one, and not for itself.</param>
/// <param name="Port">The only port; <see langword="null"/> for any.</param>
internal sealed record ListedHost(string Name, bool Below, int? Port)
{
    /// <summary>Reads <c>host</c>, <c>host:port</c> or <c>*.host</c>; <see langword="null"/> for anything else.</summary>
    public static ListedHost? Parse(string entry)
    {
        var below = entry.StartsWith("*.", StringComparison.Ordinal);
        var host = below ? entry[2..] : entry;
        int? port = null;
        // Not the colons inside an address of IPv6.
        if (host.LastIndexOf(':') is > 0 and var colon && (host.IndexOf(':') == colon || host[colon - 1] == ']'))
        {
            if (!int.TryParse(host[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 65_535)
            {
                return null;
            }

            (host, port) = (host[..colon], number);
        }

        return Uri.CheckHostName(host) switch
        {
            UriHostNameType.Dns => new ListedHost(new UriBuilder(Uri.UriSchemeHttp, host).Uri.IdnHost.ToLowerInvariant(), below, port),
            UriHostNameType.IPv4 or UriHostNameType.IPv6 when !below => new ListedHost(IPAddress.Parse(host).ToString(), below, port),
            _ => null,
        };
    }

    /// <summary>Whether it is this host.</summary>
    public bool Covers(string host, int port) => (Port is null || Port == port)
        && (Below ? host.Length > Name.Length + 1 && host.EndsWith($".{Name}", StringComparison.OrdinalIgnoreCase) : host.Equals(Name, StringComparison.OrdinalIgnoreCase));
}
