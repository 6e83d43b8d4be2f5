using System.Net;
using System.Net.Sockets;

namespace BlazorChat.Outbound;

/// <summary>A request was not made, because of where it leads.</summary>
public sealed class OutboundRefusedException(string message) : HttpRequestException(message);

/// <summary>
/// Opens the connections of requests. A name is resolved once, and what was checked is what is connected to: a name that
/// resolves differently the next moment gains nothing.
/// </summary>
public sealed class OutboundConnections(OutboundNetworks networks)
{
    /// <summary>Looks a name up; tests put their own here.</summary>
    internal Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; set; } = Dns.GetHostAddressesAsync;

    /// <summary>
    /// What requests are sent by: no proxy, no cookies, no credentials, no redirects, and to addresses that are allowed alone.
    /// </summary>
    /// <param name="isTrusted">Hosts and ports that the operator chose, which may be anywhere.</param>
    /// <param name="connectionsPerServer">Connections to one host at most.</param>
    internal SocketsHttpHandler Handler(Func<string, int, bool>? isTrusted = null, int connectionsPerServer = 8) => new()
    {
        ConnectCallback = (context, cancel) => ConnectAsync(
            context.DnsEndPoint, isTrusted?.Invoke(context.DnsEndPoint.Host, context.DnsEndPoint.Port) == true ? _ => true : networks.Allows, cancel),
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        MaxResponseHeadersLength = 16,
        MaxConnectionsPerServer = connectionsPerServer,
        ActivityHeadersPropagator = null,
    };

    private async ValueTask<Stream> ConnectAsync(DnsEndPoint target, Func<IPAddress, bool> isAllowed, CancellationToken cancel)
    {
        var found = IPAddress.TryParse(target.Host, out var literal) ? [literal] : await Resolve(target.Host, cancel);
        IPAddress[] allowed = [.. found.Where(isAllowed)];
        if (allowed.Length == 0)
        {
            throw new OutboundRefusedException(found.Length == 0
                ? "The name has no address."
                : "The address is on a network that requests may not reach (Outbound:AllowedNetworks lists exceptions).");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, target.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
