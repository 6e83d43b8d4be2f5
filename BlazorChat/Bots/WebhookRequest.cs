using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using BlazorChat.Messages;

namespace BlazorChat.Bots;

/// <summary>What a bot is told, as JSON.</summary>
internal sealed record WebhookBody(long DeliveryId, string Event, WebhookMessage Message, WebhookRoom Room, WebhookBot Bot);

/// <summary>A message in the shape that every client gets.</summary>
internal sealed record WebhookMessage(
    long Id, long RoomId, long Seq, long SenderId, string SenderName, bool SenderIsBot, string Text, string Html, string? ClientMessageId, long? ReplyToId,
    DateTimeOffset SentAt, DateTimeOffset? EditedAt, DateTimeOffset? DeletedAt)
{
    public static WebhookMessage Of(MessageView m) => new(
        m.Id, m.RoomId, m.Seq, m.Sender.Id, m.SenderName, m.Sender.IsBot, m.Text, m.Html, m.ClientMessageId, m.ReplyTo?.Id, m.SentAt, m.EditedAt, m.DeletedAt);
}

/// <summary>Where it was said.</summary>
internal sealed record WebhookRoom(long Id, string Name, string Kind);

/// <summary>Who is told.</summary>
internal sealed record WebhookBot(long Id, string Name);

/// <summary>
/// A signed request. The receiver computes HMAC-SHA256 over the timestamp, a dot and the body, and refuses old timestamps: a
/// request that somebody else caught is then of no use.
/// </summary>
internal static class WebhookRequest
{
    /// <summary>The delivery, the same for each attempt.</summary>
    public const string DeliveryHeader = "X-BlazorChat-Delivery";

    /// <summary>When this attempt was signed, in Unix seconds.</summary>
    public const string TimestampHeader = "X-BlazorChat-Timestamp";

    /// <summary><c>v1=</c> and the signature in hexadecimal digits.</summary>
    public const string SignatureHeader = "X-BlazorChat-Signature";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new UtcTimes() },
    };

    /// <summary>The request of one attempt.</summary>
    public static HttpRequestMessage Create(string url, string secret, WebhookBody body, DateTimeOffset now)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, Json);
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.Add(DeliveryHeader, body.DeliveryId.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(TimestampHeader, timestamp);
        request.Headers.Add(SignatureHeader, $"v1={Sign(secret, timestamp, bytes)}");
        return request;
    }

    /// <summary>The signature of a body.</summary>
    public static string Sign(string secret, string timestamp, ReadOnlySpan<byte> body) => Convert.ToHexStringLower(
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), (byte[])[.. Encoding.UTF8.GetBytes($"{timestamp}."), .. body]));

    private sealed class UtcTimes : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value.UtcDateTime);
    }
}
