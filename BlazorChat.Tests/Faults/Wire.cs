using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace BlazorChat.Tests.Faults;

/// <summary>
/// The wire between a browser and the server. Cutting it ends its connections, WebSockets included, which a browser's own
/// offline mode does not do; stalling it lets them hang with nothing coming through, as a dead mobile network does.
/// </summary>
public sealed class Wire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, byte> _sockets = new();
    private readonly int _serverPort;
    private readonly Task _accepting;
    private TaskCompletionSource _flowing = Done();
    private volatile bool _cut;

    public Wire(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Address => new($"http://localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Connections end, and new ones end at once.</summary>
    public void Cut()
    {
        _cut = true;
        EndConnections();
    }

    /// <summary>Connections stay, and nothing comes through.</summary>
    public void Stall() => _flowing = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Restore()
    {
        _cut = false;
        _flowing.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        Restore();
        EndConnections();
        await _accepting;
    }

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }

    private void EndConnections()
    {
        foreach (var socket in _sockets.Keys)
        {
            socket.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var browser = await _listener.AcceptSocketAsync();
                _ = CarryAsync(browser);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The listener is gone.
        }
    }

    private async Task CarryAsync(Socket browser)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _sockets.TryAdd(browser, 0);
        _sockets.TryAdd(server, 0);
        try
        {
            if (!_cut)
            {
                await server.ConnectAsync(IPAddress.Loopback, _serverPort);
                await Task.WhenAny(PumpAsync(browser, server), PumpAsync(server, browser));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Cut, or there is no server.
        }
        finally
        {
            browser.Dispose();
            _sockets.TryRemove(browser, out _);
            _sockets.TryRemove(server, out _);
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        try
        {
            var buffer = new byte[16 * 1024];
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
            {
                await _flowing.Task;
                await to.SendAsync(buffer.AsMemory(0, count));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // One end has gone; the other is ended with it.
        }
    }
}
