using System.Buffers.Text;

namespace BlazorChat.Bench.Hub;

/// <summary>
/// What a measured message carries in its text, so that it is recognised in the bytes without reading them as a document.
/// </summary>
/// <param name="SentAt">When it should have been sent; all latency counts from there.</param>
/// <param name="Number">Its number among the messages to its room, from 0; -1 in a message of others.</param>
internal readonly record struct MessageMark(long SentAt, int Number)
{
    private static ReadOnlySpan<byte> TimePrefix => " t="u8;

    private static ReadOnlySpan<byte> NumberPrefix => " n="u8;

    /// <summary>The words to put at the end of the text.</summary>
    public override string ToString() => $" t={SentAt} n={Number}.";

    /// <summary>The first mark in a record.</summary>
    public static MessageMark Find(ReadOnlySpan<byte> record)
    {
        var at = record.IndexOf(TimePrefix);
        if (at >= 0 && Utf8Parser.TryParse(record[(at + TimePrefix.Length)..], out long sentAt, out var digits)
            && record[(at + TimePrefix.Length + digits)..] is var rest && rest.StartsWith(NumberPrefix)
            && Utf8Parser.TryParse(rest[NumberPrefix.Length..], out int number, out _))
        {
            return new MessageMark(sentAt, number);
        }

        return new MessageMark(0, -1);
    }
}
