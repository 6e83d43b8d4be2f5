using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace BlazorChat.Bench.Wire;

/// <summary>
/// The kernel's list of sockets that have something to read. The framework's own asynchronous reads cost a queue, a work item and
/// a second system call each; a client that shares its two cores with the server that it measures cannot afford them. Linux only.
/// </summary>
internal sealed class Epoll : IDisposable
{
    private const int Readable = 1;
    private const int AddOperation = 1;
    private const int RemoveOperation = 2;
    private const int Interrupted = 4;
    private const int AtOnce = 256;

    // The kernel packs struct epoll_event on x86 and nowhere else.
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 12 : 16;

    private readonly int _descriptor;
    private readonly byte[] _events = new byte[AtOnce * EventSize];

    public Epoll()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("This measurement reads its sockets with epoll, which only Linux has.");
        }

        _descriptor = epoll_create1(0);
        Check(_descriptor);
    }

    /// <summary>Watches a file descriptor; <paramref name="key"/> comes back with its events.</summary>
    public void Add(SafeHandle descriptor, int key)
    {
        var watched = new byte[EventSize];
        BinaryPrimitives.WriteInt32LittleEndian(watched, Readable);
        BinaryPrimitives.WriteInt64LittleEndian(watched.AsSpan(EventSize - sizeof(long)), key);
        Check(epoll_ctl(_descriptor, AddOperation, (int)descriptor.DangerousGetHandle(), watched));
    }

    public void Remove(SafeHandle descriptor) =>
        Check(epoll_ctl(_descriptor, RemoveOperation, (int)descriptor.DangerousGetHandle(), new byte[EventSize]));

    /// <summary>Waits until something is readable, or for so long; returns how many <see cref="Key"/>s there are.</summary>
    public int Wait(int milliseconds)
    {
        var count = epoll_wait(_descriptor, _events, AtOnce, milliseconds);
        if (count < 0 && Marshal.GetLastPInvokeError() == Interrupted)
        {
            return 0;
        }

        Check(count);
        return count;
    }

    /// <summary>The key of one of those that the last wait returned.</summary>
    public int Key(int index) =>
        (int)BinaryPrimitives.ReadInt64LittleEndian(_events.AsSpan(((index + 1) * EventSize) - sizeof(long)));

    public void Dispose() => _ = close(_descriptor);

    private static void Check(int result)
    {
        if (result < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int epoll_create1(int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int epoll_ctl(int epoll, int operation, int descriptor, byte[] watched);

    [DllImport("libc", SetLastError = true)]
    private static extern int epoll_wait(int epoll, byte[] events, int atOnce, int milliseconds);

    [DllImport("libc", SetLastError = true)]
    private static extern int close(int descriptor);
}
