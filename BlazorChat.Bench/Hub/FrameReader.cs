using System.Buffers.Binary;

namespace BlazorChat.Bench.Hub;

/// <summary>WebSocket frames from a server: never masked, cut anywhere, and handed on piece by piece without being copied.</summary>
internal sealed class FrameReader
{
    public const int Close = 8;
    public const int Ping = 9;

    private const int FirstControl = 8;

    // Two bytes, and as many as eight for the length.
    private readonly byte[] _header = new byte[10];
    private int _headerLength;
    private long _left;

    /// <summary>What the current frame is: 0 to 2 is data, the rest control.</summary>
    public int Opcode { get; private set; }

    public bool IsData => Opcode < FirstControl;

    /// <summary>Takes the next piece of a frame's payload from the front of what came in; false when the rest is not there yet.</summary>
    /// <param name="bytes">What came in; cut at the front by what was taken.</param>
    /// <param name="payload">The piece; possibly empty.</param>
    /// <param name="last">Whether the frame ends with it.</param>
    public bool TryRead(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> payload, out bool last)
    {
        payload = default;
        last = false;
        if (_left == 0 && !TryReadHeader(ref bytes))
        {
            return false;
        }

        if (_left > 0 && bytes.IsEmpty)
        {
            return false;
        }

        var count = (int)Math.Min(_left, bytes.Length);
        payload = bytes[..count];
        bytes = bytes[count..];
        _left -= count;
        last = _left == 0;
        return true;
    }

    private bool TryReadHeader(ref ReadOnlySpan<byte> bytes)
    {
        while (_headerLength < 2 || _headerLength < 2 + LengthBytes(_header[1]))
        {
            if (bytes.IsEmpty)
            {
                return false;
            }

            _header[_headerLength++] = bytes[0];
            bytes = bytes[1..];
        }

        Opcode = _header[0] & 0x0F;
        _left = LengthBytes(_header[1]) switch
        {
            0 => _header[1],
            2 => BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(2)),
            _ => BinaryPrimitives.ReadInt64BigEndian(_header.AsSpan(2)),
        };
        _headerLength = 0;
        return true;
    }

    private static int LengthBytes(byte length) => length switch
    {
        < 126 => 0,
        126 => 2,
        127 => 8,
        _ => throw new InvalidDataException("The server masks its frames."),
    };
}
