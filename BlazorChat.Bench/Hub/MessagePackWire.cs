using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace BlazorChat.Bench.Hub;

/// <summary>Records of MessagePack, looked through for the few properties that matter.</summary>
internal sealed class MessagePackWire() : HubWire("messagepack", FrameWriter.Binary)
{
    private const byte Invocation = 1;
    private const byte Completion = 3;
    private const byte PingType = 6;
    private const byte Close = 7;

    private const byte EmptyMap = 0x80;
    private const byte EmptyArray = 0x90;
    private const byte FixedText = 0xA0;
    private const byte Text8 = 0xD9;
    private const byte Text16 = 0xDA;
    private const byte UInt32 = 0xCE;
    private const byte ErrorResult = 1;
    private const int LongestPrefix = 5;

    public override bool TryTake(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> record)
    {
        record = default;
        var length = 0;
        for (var i = 0; i < Math.Min(bytes.Length, LongestPrefix); i++)
        {
            length |= (bytes[i] & 0x7F) << (7 * i);
            if ((bytes[i] & 0x80) == 0)
            {
                if (bytes.Length - i - 1 < length)
                {
                    return false;
                }

                record = bytes.Slice(i + 1, length);
                bytes = bytes[(i + 1 + length)..];
                return true;
            }
        }

        return false;
    }

    public override HubRecord Read(ReadOnlySpan<byte> record)
    {
        // [type, headers, …]: an array of few members, then a small number.
        switch (record.Length > 1 ? record[1] : 0)
        {
            case Invocation when record.IndexOf("newMessage"u8) >= 0:
                return new HubRecord(HubRecordKind.NewMessage, RoomId: Number(record, "oomId"u8), Seq: Number(record, "eq"u8),
                    Mark: MessageMark.Find(record));
            case Completion:
                // [3, headers, invocationId, kind of result, …], and this client sends no headers.
                var digits = record[3] - FixedText;
                return Utf8Parser.TryParse(record.Slice(4, digits), out long call, out _)
                    ? new HubRecord(HubRecordKind.Completion, call, record[4 + digits] == ErrorResult ? Encoding.UTF8.GetString(record[(5 + digits)..]) : null)
                    : new HubRecord(HubRecordKind.Close, Error: "A completion without a number.");
            case Close:
                return new HubRecord(HubRecordKind.Close, Error: Encoding.UTF8.GetString(record));
            default:
                return new HubRecord(HubRecordKind.Other);
        }
    }

    public override ReadOnlySpan<byte> Join(FrameWriter frame, long call, long roomId)
    {
        Call(frame, call, "JoinRoom", arguments: 1);
        AddNumber(frame, roomId);
        return Finish(frame);
    }

    public override ReadOnlySpan<byte> SendMessage(FrameWriter frame, long call, long roomId, string text, string clientMessageId)
    {
        Call(frame, call, "SendMessage", arguments: 3);
        AddNumber(frame, roomId);
        AddText(frame, text);
        AddText(frame, clientMessageId);
        return Finish(frame);
    }

    public override ReadOnlySpan<byte> Ping(FrameWriter frame)
    {
        frame.Start().Add(EmptyArray | 1).Add(PingType);
        return Framed(frame);
    }

    private static void Call(FrameWriter frame, long call, string target, byte arguments)
    {
        // [1, headers, invocationId, target, arguments, streams]
        frame.Start().Add(EmptyArray | 6).Add(Invocation).Add(EmptyMap);
        AddText(frame, call.ToString(CultureInfo.InvariantCulture));
        AddText(frame, target);
        frame.Add((byte)(EmptyArray | arguments));
    }

    private ReadOnlySpan<byte> Finish(FrameWriter frame)
    {
        frame.Add(EmptyArray);
        return Framed(frame);
    }

    private ReadOnlySpan<byte> Framed(FrameWriter frame)
    {
        Span<byte> prefix = stackalloc byte[LongestPrefix];
        var count = 0;
        for (var length = frame.Length; ; length >>= 7)
        {
            prefix[count++] = (byte)(length < 0x80 ? length : length & 0x7F | 0x80);
            if (length < 0x80)
            {
                break;
            }
        }

        frame.Prepend(prefix[..count]);
        return frame.Finish(Opcode);
    }

    private static void AddNumber(FrameWriter frame, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, checked((uint)number));
        frame.Add(UInt32).Add(bytes);
    }

    private static void AddText(FrameWriter frame, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        _ = length switch
        {
            < 32 => frame.Add((byte)(FixedText | length)),
            <= byte.MaxValue => frame.Add(Text8).Add((byte)length),
            _ => frame.Add(Text16).Add((byte)(length >> 8)).Add((byte)length),
        };
        frame.Add(text);
    }

    /// <summary>The number after a key; the key's first letter is left out, because servers differ in its case.</summary>
    private static long Number(ReadOnlySpan<byte> record, ReadOnlySpan<byte> key)
    {
        for (int from = 0, at; (at = record[from..].IndexOf(key)) >= 0; from += at + key.Length)
        {
            var value = record[(from + at + key.Length)..];
            if (from + at >= 2 && record[from + at - 2] == (FixedText | (key.Length + 1)) && value.Length > sizeof(long))
            {
                return value[0] switch
                {
                    < 0x80 => value[0],
                    0xCC => value[1],
                    0xCD => BinaryPrimitives.ReadUInt16BigEndian(value[1..]),
                    0xCE => BinaryPrimitives.ReadUInt32BigEndian(value[1..]),
                    0xCF or 0xD3 => BinaryPrimitives.ReadInt64BigEndian(value[1..]),
                    _ => -1,
                };
            }
        }

        return -1;
    }
}
