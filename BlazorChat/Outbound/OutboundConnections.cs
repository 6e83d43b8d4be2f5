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

    internal async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var found = IPAddress.TryParse(host, out var literal) ? [literal] : await Resolve(host, cancel);
        IPAddress[] allowed = [.. found.Where(networks.Allows)];
        if (allowed.Length == 0)
        {
            throw new OutboundRefusedException(found.Length == 0
                ? "The name has no address."
                : "The address is on a network that requests may not reach (Outbound:AllowedNetworks lists exceptions).");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
