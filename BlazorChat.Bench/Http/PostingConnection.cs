using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using BlazorChat.Bench.Store;

namespace BlazorChat.Bench.Http;

/// <summary>A message that the server has acknowledged: it must never be lost.</summary>
internal readonly record struct AcknowledgedMessage(string ClientId, long Id);

/// <summary>Posts one message after the other to a room.</summary>
internal sealed class PostingConnection(Uri server, string token, long roomId, SampleTexts texts, RequestTimes times, List<AcknowledgedMessage> acknowledged)
    : RestConnection(server, token, times)
{
    /// <summary>In each text once, and in no other word: by its trigram the search index tells how often it has a message.</summary>
    public const string Mark = "qzx";

    private readonly string _path = $"/api/rooms/{roomId}/messages";
    private readonly string _prefix = Guid.NewGuid().ToString("N");
    private string _clientId = "";
    private int _count;

    public override void Next()
    {
        _clientId = $"{_prefix}-{++_count}";
        var text = JsonEncodedText.Encode($"{texts.Next()} {Mark}", JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        Post(_path, Encoding.UTF8.GetBytes($$"""{"text":"{{text}}","clientMessageId":"{{_clientId}}"}"""));
    }

    protected override void Answered(int status, ReadOnlySpan<byte> body)
    {
        if (status != 201)
        {
            return;
        }

        var at = body.IndexOf("\"id\":"u8);
        acknowledged.Add(new AcknowledgedMessage(_clientId,
            at >= 0 && Utf8Parser.TryParse(body[(at + 5)..], out long id, out _) ? id : throw new InvalidDataException("A message without an id.")));
    }
}
