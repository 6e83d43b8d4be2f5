using System.Buffers.Text;
using System.Text;
using BlazorChat.Bench.Wire;

namespace BlazorChat.Bench.Http;

/// <summary>One HTTP/1.1 response after the other from a kept-alive connection: the status and the body, of either length or chunks.</summary>
internal sealed class ResponseReader
{
    private readonly ByteStore _received = new();
    private readonly ByteStore _body = new();
    private int _bodyStart;
    private int _length;
    private int _chunk;

    /// <summary>The status of the response that was read last.</summary>
    public int Status { get; private set; }

    /// <summary>Its body; lent until the next one is begun.</summary>
    public ReadOnlySpan<byte> Body => _body.Bytes;

    /// <summary>Takes what came in; true when the response is complete. Only one is under way at a time.</summary>
    public bool Receive(ReadOnlySpan<byte> bytes)
    {
        if (_received.Length == 0)
        {
            Begin();
        }

        _received.Append(bytes);
        if (_bodyStart == 0 && !TryReadHead())
        {
            return false;
        }

        if (!(_length >= 0 ? TryReadLength() : TryReadChunks()))
        {
            return false;
        }

        _received.Keep(0);
        return true;
    }

    private void Begin()
    {
        _body.Keep(0);
        (_bodyStart, _length, _chunk) = (0, -1, 0);
    }

    private bool TryReadHead()
    {
        var end = _received.Bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        var head = _received.Bytes[..end];
        if (!head.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(head[9..], out int status, out _))
        {
            throw new InvalidDataException($"Not a response: {Encoding.ASCII.GetString(head)}");
        }

        Status = status;
        _bodyStart = _chunk = end + 4;
        _length = Header(head, "\r\nContent-Length: "u8) is var length && length >= 0 ? length : status is 204 or 304 ? 0 : -1;
        return true;
    }

    private static int Header(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        var at = head.IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(head[(at + name.Length)..], out int value, out _) ? value : -1;
    }

    private bool TryReadLength()
    {
        if (_received.Length < _bodyStart + _length)
        {
            return false;
        }

        _body.Append(_received.Bytes.Slice(_bodyStart, _length));
        return true;
    }

    private bool TryReadChunks()
    {
        while (true)
        {
            var rest = _received.Bytes[_chunk..];
            var line = rest.IndexOf("\r\n"u8);
            if (line < 0 || !Utf8Parser.TryParse(rest, out int length, out _, 'x') || rest.Length < line + 2 + length + 2)
            {
                return false;
            }

            _body.Append(rest.Slice(line + 2, length));
            _chunk += line + 2 + length + 2;
            if (length == 0)
            {
                return true;
            }
        }
    }
}
