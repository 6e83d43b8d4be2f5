using System.Buffers.Binary;
using System.Text;

namespace BlazorChat.Bench.Hub;

/// <summary>
/// Builds one WebSocket frame of a client at a time, in one buffer. A client must mask what it sends; the mask is zero, which
/// leaves the payload as it is.
/// </summary>
internal sealed class FrameWriter
{
    public const int Text = 1;
    public const int Binary = 2;
    public const int Pong = 10;

    private const int MaskBytes = 4;
    private const int LongestHeader = 2 + sizeof(ushort) + MaskBytes;
    private const byte Final = 0x80;
    private const byte Masked = 0x80;

    private readonly byte[] _frame = new byte[16 * 1024];
    private int _end = LongestHeader;

    /// <summary>The payload's length so far.</summary>
    public int Length => _end - LongestHeader;

    /// <summary>Begins another frame.</summary>
    public FrameWriter Start()
    {
        _end = LongestHeader;
        return this;
    }

    public FrameWriter Add(byte value)
    {
        _frame[_end++] = value;
        return this;
    }

    public FrameWriter Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_frame.AsSpan(_end));
        _end += bytes.Length;
        return this;
    }

    public FrameWriter Add(string text)
    {
        _end += Encoding.UTF8.GetBytes(text, _frame.AsSpan(_end));
        return this;
    }

    public FrameWriter Add(long number)
    {
        number.TryFormat(_frame.AsSpan(_end), out var written);
        _end += written;
        return this;
    }

    /// <summary>Moves the payload back to put bytes in front of it.</summary>
    public void Prepend(ReadOnlySpan<byte> bytes)
    {
        _frame.AsSpan(LongestHeader, Length).CopyTo(_frame.AsSpan(LongestHeader + bytes.Length));
        bytes.CopyTo(_frame.AsSpan(LongestHeader));
        _end += bytes.Length;
    }

    /// <summary>The frame; lent until the next one is started.</summary>
    public ReadOnlySpan<byte> Finish(int opcode)
    {
        var isShort = Length < 126;
        var start = isShort ? sizeof(ushort) : 0;
        var header = _frame.AsSpan(start, LongestHeader - start);
        header.Clear();
        header[0] = (byte)(Final | opcode);
        header[1] = (byte)(Masked | (isShort ? Length : 126));
        if (!isShort)
        {
            BinaryPrimitives.WriteUInt16BigEndian(header[2..], checked((ushort)Length));
        }

        return _frame.AsSpan(start, _end - start);
    }
}
