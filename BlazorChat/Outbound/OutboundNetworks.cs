using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace BlazorChat.Outbound;

/// <summary>
/// Which addresses requests may reach: public ones, and what the operator lists. People choose where webhooks go, and the
/// server stands inside networks that those people do not.
/// </summary>
public sealed class OutboundNetworks(IOptions<OutboundOptions> options)
{
    /// <summary>IPv4 networks that are nobody's public server: IANA's special-purpose registry, multicast and what is reserved.</summary>
    private static readonly IPNetwork[] Special4 =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/3",
            // Public by its number, but the host's own agent wherever Azure runs this.
            "168.63.129.16/32",
        }.Select(n => IPNetwork.Parse(n)),
    ];

    /// <summary>
    /// All public IPv6 addresses are in here so far. What is not: loopback, link-local, unique-local, site-local, multicast, and
    /// the forms that carry an IPv4 address along (mapped, compatible, NAT64).
    /// </summary>
    private static readonly IPNetwork Global6 = IPNetwork.Parse("2000::/3");

    /// <summary>Of those, protocol assignments with Teredo, documentation, 6to4 and AS112.</summary>
    private static readonly IPNetwork[] Special6 =
        [.. new[] { "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20" }.Select(n => IPNetwork.Parse(n))];

    private readonly IPNetwork[] _allowed = options.Value.Networks();

    /// <summary>Whether a request may connect to an address.</summary>
    public bool Allows(IPAddress address) => Array.Exists(_allowed, n => n.Contains(address)) || IsPublic(address);

    private static bool IsPublic(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => !Array.Exists(Special4, n => n.Contains(address)),
        // IPNetwork compares a mapped address by its IPv4 part, also with networks of IPv6.
        AddressFamily.InterNetworkV6 => !address.IsIPv4MappedToIPv6 && Global6.Contains(address) && !Array.Exists(Special6, n => n.Contains(address)),
        _ => false,
    };
}
