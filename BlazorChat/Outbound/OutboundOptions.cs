using System.Net;

namespace BlazorChat.Outbound;

/// <summary>What requests to other servers may reach, from the section <c>Outbound</c>.</summary>
public sealed class OutboundOptions
{
    /// <summary>Networks (CIDR) that may be reached although they are private, such as where the community's own bots run.</summary>
    public IList<string> AllowedNetworks { get; init; } = [];

    /// <summary>Most bytes of an answer.</summary>
    public const int MaxAnswerBytes = 64 * 1024;

    /// <summary>Redirects that are followed.</summary>
    public const int MaxRedirects = 3;

    /// <summary>How long a request may take, redirects and answer included.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    internal IPNetwork[] Networks() => [.. AllowedNetworks.Where(n => n.Trim().Length > 0).Select(n =>
        IPNetwork.TryParse(n.Trim(), out var network)
            ? network
            : throw new InvalidOperationException($"Outbound:AllowedNetworks has \"{n}\", which is no network such as 10.1.0.0/16."))];
}
