namespace BlazorChat.Bench.Hub;

/// <summary>One of the encodings that a hub speaks.</summary>
internal abstract class HubWire
{
    /// <summary>What ends a record of the JSON encoding, and the handshake of each.</summary>
    protected const byte RecordEnd = 0x1E;

    private protected HubWire(string name, int opcode)
    {
        Name = name;
        Opcode = opcode;
    }

    /// <summary>As the handshake names it.</summary>
    public string Name { get; }

    /// <summary>The kind of frames that it goes in.</summary>
    public int Opcode { get; }

    public static HubWire Named(string name) => name switch
    {
        "json" => new JsonWire(),
        "messagepack" => new MessagePackWire(),
        _ => throw new ArgumentException($"There is no protocol {name}: json or messagepack."),
    };

    /// <summary>Takes the answer to the handshake, which is JSON whatever comes after; false when its end is not there yet.</summary>
    public static bool TryTakeHandshake(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> record)
    {
        var end = bytes.IndexOf(RecordEnd);
        record = end < 0 ? default : bytes[..end];
        bytes = bytes[(end + 1)..];
        return end >= 0;
    }

    public ReadOnlySpan<byte> Handshake(FrameWriter frame) =>
        frame.Start().Add($$"""{"protocol":"{{Name}}","version":1}""").Add(RecordEnd).Finish(Opcode);

    /// <summary>Takes the next record from the front; false when its end is not there yet.</summary>
    public abstract bool TryTake(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> record);

    /// <summary>Reads one record.</summary>
    public abstract HubRecord Read(ReadOnlySpan<byte> record);

    /// <summary>A call of <c>JoinRoom</c>, as a frame.</summary>
    public abstract ReadOnlySpan<byte> Join(FrameWriter frame, long call, long roomId);

    /// <summary>A call of <c>SendMessage</c>, as a frame.</summary>
    public abstract ReadOnlySpan<byte> SendMessage(FrameWriter frame, long call, long roomId, string text, string clientMessageId);

    /// <summary>A sign of life, as a frame.</summary>
    public abstract ReadOnlySpan<byte> Ping(FrameWriter frame);
}
