using System.Net;
using System.Net.Sockets;

namespace BlazorChat.Bench.Wire;

/// <summary>One connection of a <see cref="SocketLoop"/>. All its members are called by the thread that runs the loop.</summary>
internal abstract class LoopSocket : IDisposable
{
    protected LoopSocket(Uri server)
    {
        Socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Socket.Connect(new IPEndPoint(IPAddress.Parse(server.Host), server.Port));
    }

    public Socket Socket { get; }

    /// <summary>Why it is no longer open, if it is not.</summary>
    public string? Ended { get; private set; }

    /// <summary>What just came in. The bytes are only lent.</summary>
    /// <param name="bytes">Any part of what the server sends, cut anywhere.</param>
    /// <param name="now">The time of its arrival.</param>
    public abstract void Received(ReadOnlySpan<byte> bytes, long now);

    /// <summary>Takes note that nothing comes any more.</summary>
    public virtual void End(string why) => Ended ??= why;

    public void Dispose() => Socket.Dispose();

    /// <summary>Sends at once. What a client has to say is small: this never waits for room in the kernel.</summary>
    protected void Send(ReadOnlySpan<byte> bytes)
    {
        Socket.Send(bytes, SocketFlags.None, out var error);
        if (error != SocketError.Success)
        {
            End($"sending failed: {error}");
        }
    }
}
