using System.Diagnostics;
using System.Net.Sockets;

namespace BlazorChat.Bench.Wire;

/// <summary>Reads any number of sockets on the one thread that runs it, with one buffer, and does in between what is due.</summary>
internal sealed class SocketLoop : IDisposable
{
    private static readonly long Millisecond = Stopwatch.Frequency / 1000;
    private static readonly long LongestWait = 100 * Millisecond;

    private readonly Epoll _epoll = new();
    private readonly List<LoopSocket> _sockets = [];
    private readonly byte[] _received = new byte[64 * 1024];

    public void Add(LoopSocket socket)
    {
        _epoll.Add(socket.Socket.SafeHandle, _sockets.Count);
        _sockets.Add(socket);
    }

    /// <summary>Runs until a time, or until something is done.</summary>
    /// <param name="until">A timestamp of <see cref="Stopwatch"/>.</param>
    /// <param name="step">Does what is due and returns when to be called next. It is called at least ten times a second.</param>
    /// <param name="done">Asked after each step.</param>
    /// <param name="cancellation">Ends it early.</param>
    public void RunUntil(long until, Func<long, long> step, Func<bool> done, CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var now = Stopwatch.GetTimestamp();
            var next = Math.Min(step(now), now + LongestWait);
            if (now >= until || done())
            {
                return;
            }

            // Rounded down: what is due in less than a millisecond is awaited by asking again and again, because a late send
            // would be counted as the server's.
            var wait = Math.Max(0, Math.Min(next, until) - now);
            Read(_epoll.Wait((int)(wait / Millisecond)));
        }
    }

    public void Dispose()
    {
        _sockets.ForEach(s => s.Dispose());
        _epoll.Dispose();
    }

    private void Read(int ready)
    {
        for (var i = 0; i < ready; i++)
        {
            var socket = _sockets[_epoll.Key(i)];
            var count = socket.Socket.Receive(_received, SocketFlags.None, out var error);
            if (count > 0)
            {
                socket.Received(_received.AsSpan(0, count), Stopwatch.GetTimestamp());
                continue;
            }

            _epoll.Remove(socket.Socket.SafeHandle);
            socket.End(error == SocketError.Success ? "closed by the server" : $"{error}");
        }
    }
}
