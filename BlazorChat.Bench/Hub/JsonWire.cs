using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BlazorChat.Bench.Hub;

/// <summary>Records of JSON, looked through for the few properties that matter.</summary>
internal sealed class JsonWire() : HubWire("json", FrameWriter.Text)
{
    private const byte Completion = (byte)'3';
    private const byte Invocation = (byte)'1';
    private const byte Close = (byte)'7';

    private static ReadOnlySpan<byte> Type => "{\"type\":"u8;

    private static ReadOnlySpan<byte> NewMessage => "\"target\":\"newMessage\""u8;

    private static ReadOnlySpan<byte> InvocationId => "\"invocationId\":\""u8;

    private static ReadOnlySpan<byte> Error => "\"error\":"u8;

    public override bool TryTake(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> record) => TryTakeHandshake(ref bytes, out record);

    public override HubRecord Read(ReadOnlySpan<byte> record)
    {
        if (!record.StartsWith(Type) || record.Length == Type.Length)
        {
            return new HubRecord(HubRecordKind.Close, Error: Encoding.UTF8.GetString(record));
        }

        switch (record[Type.Length])
        {
            case Invocation when record.IndexOf(NewMessage) >= 0:
                return new HubRecord(HubRecordKind.NewMessage, RoomId: Number(record, "\"roomId\":"u8), Seq: Number(record, "\"seq\":"u8),
                    Mark: MessageMark.Find(record));
            case Completion:
                // A message's own text cannot look like a property: its quotation marks are escaped.
                return new HubRecord(HubRecordKind.Completion, Number(record, InvocationId),
                    record.IndexOf(Error) >= 0 ? Encoding.UTF8.GetString(record) : null);
            case Close:
                return new HubRecord(HubRecordKind.Close, Error: Encoding.UTF8.GetString(record));
            default:
                return new HubRecord(HubRecordKind.Other);
        }
    }

    public override ReadOnlySpan<byte> Join(FrameWriter frame, long call, long roomId) =>
        Call(frame, call, "JoinRoom"u8).Add(roomId).Add("]}"u8).Add(RecordEnd).Finish(Opcode);

    public override ReadOnlySpan<byte> SendMessage(FrameWriter frame, long call, long roomId, string text, string clientMessageId) =>
        Call(frame, call, "SendMessage"u8).Add(roomId)
            .Add(",\""u8).Add(JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes)
            .Add("\",\""u8).Add(clientMessageId).Add("\"]}"u8).Add(RecordEnd).Finish(Opcode);

    public override ReadOnlySpan<byte> Ping(FrameWriter frame) => frame.Start().Add("{\"type\":6}"u8).Add(RecordEnd).Finish(Opcode);

    private static FrameWriter Call(FrameWriter frame, long call, ReadOnlySpan<byte> target) =>
        frame.Start().Add("{\"type\":1,\"invocationId\":\""u8).Add(call).Add("\",\"target\":\""u8).Add(target).Add("\",\"arguments\":["u8);

    private static long Number(ReadOnlySpan<byte> record, ReadOnlySpan<byte> property)
    {
        var at = record.IndexOf(property);
        return at >= 0 && Utf8Parser.TryParse(record[(at + property.Length)..], out long value, out _) ? value : -1;
    }
}
