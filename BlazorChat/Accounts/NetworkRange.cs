using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace BlazorChat.Accounts;

/// <summary>Networks as people write them, and addresses as they are stored.</summary>
public static class NetworkRange
{
    /// <summary>Bits that a network of IPv4 must at least fix: a sixteen-millionth of a mistake is enough.</summary>
    public const int MinBits4 = 8;

    /// <summary>The same for IPv6.</summary>
    public const int MinBits6 = 16;

    /// <summary>
    /// Reads an address or a network in CIDR form (RFC 4632, RFC 4291 section 2.3). Bits behind the prefix are cleared, and IPv4 written as
    /// IPv6 (<c>::ffff:192.0.2.1</c>) is IPv4, as which it is seen.
    /// </summary>
    /// <exception cref="RefusedException">It is none, or too wide to be meant.</exception>
    public static IPNetwork Parse(string? text)
    {
        var parts = (text ?? "").Trim().Split('/');
        if (parts.Length > 2 || !IsPlain(parts[0]) || !IPAddress.TryParse(parts[0], out var address))
        {
            throw NoNetwork();
        }

        var bits = address.GetAddressBytes().Length * 8;
        if (parts.Length == 2 && (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out bits) || bits > address.GetAddressBytes().Length * 8))
        {
            throw NoNetwork();
        }

        if (address.IsIPv4MappedToIPv6)
        {
            (address, bits) = (address.MapToIPv4(), bits - 96);
        }

        var least = address.AddressFamily == AddressFamily.InterNetwork ? MinBits4 : MinBits6;
        return bits < least
            ? throw RefusedException.Invalid($"That is too wide: a network of this kind has at least /{least}.", InputField.Network)
            : new IPNetwork(Masked(address, bits), bits);
    }

    /// <summary>How a network is stored and shown: an address alone where it is only one.</summary>
    public static string Text(IPNetwork network) =>
        network.PrefixLength == network.BaseAddress.GetAddressBytes().Length * 8 ? network.BaseAddress.ToString() : network.ToString();

    /// <summary>An address as it is stored and compared: IPv4 as IPv4, however the socket names it.</summary>
    public static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;

    /// <summary>Whether an address, as it is stored, lies in a network.</summary>
    public static bool Contains(IPNetwork network, string? address) =>
        IPAddress.TryParse(address, out var parsed) && network.Contains(Plain(parsed)!);

    /// <summary>
    /// Bounds between which the texts of all its addresses sort, so that an index finds them: some others may sort there too.
    /// </summary>
    /// <returns>From this text on, and before that one; empty and <see langword="null"/> for no bound.</returns>
    public static (string From, string? Before) Bounds(IPNetwork network)
    {
        var text = network.BaseAddress.ToString();
        if (network.PrefixLength == network.BaseAddress.GetAddressBytes().Length * 8)
        {
            return (text, text + "\0");
        }

        var isIPv4 = network.BaseAddress.AddressFamily == AddressFamily.InterNetwork;
        var separator = isIPv4 ? '.' : ':';
        var fixedParts = network.PrefixLength / (isIPv4 ? 8 : 16);

        // A zero among the parts of IPv6 may be written as nothing: what comes before it is written in one way only.
        var parts = text.Split(separator).Take(fixedParts).TakeWhile(part => isIPv4 || part is not ("" or "0")).ToArray();
        var prefix = string.Join(separator, parts) + separator;
        return parts.Length == 0 ? ("", null) : (prefix, prefix[..^1] + (char)(separator + 1));
    }

    // What IPAddress takes besides: "1", "0x7f.1", "010.0.0.1", "[::1]:80", "fe80::1%3".
    private static bool IsPlain(string text) => text.Contains(':', StringComparison.Ordinal)
        ? text.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.')
        : text.Split('.') is { Length: 4 } octets && octets.All(o => o.Length is > 0 and <= 3 && o.All(char.IsAsciiDigit) && (o.Length == 1 || o[0] != '0'));

    private static IPAddress Masked(IPAddress address, int bits)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            var kept = Math.Clamp(bits - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xFF << (8 - kept));
        }

        return new IPAddress(bytes);
    }

    private static RefusedException NoNetwork() =>
        RefusedException.Invalid("This is neither an address nor a network, such as 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32.", InputField.Network);
}
