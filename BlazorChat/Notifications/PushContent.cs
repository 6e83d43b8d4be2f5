using System.Text.Json;
using System.Text.Json.Serialization;
using BlazorChat.Messages;
using BlazorChat.Notifications.WebPush;
using BlazorChat.Rooms;

namespace BlazorChat.Notifications;

/// <summary>What a notification shows, as the service worker (<c>sw.js</c>) reads it.</summary>
/// <param name="Title">Who and where.</param>
/// <param name="Body">What was said.</param>
/// <param name="Url">What opens.</param>
/// <param name="Tag">A later one of the same tag takes its place.</param>
/// <param name="RoomId">The room.</param>
/// <param name="MessageId">The message.</param>
/// <param name="Badge">How much is unread in all.</param>
internal sealed record PushContent(string Title, string Body, string Url, string Tag, long? RoomId = null, long? MessageId = null, long? Badge = null)
{
    // Far less than may be sent, and more than a notification shows; 4 bytes each at the most, escaped 6.
    private const int MaxBody = 300;

    /// <summary>What somebody reads of a message, without its text where they want it so.</summary>
    public static PushContent Of(string community, RoomKind kind, string room, string sender, long roomId, long messageId, string text, long badge, bool showsText)
    {
        var place = kind == RoomKind.Public ? $"# {room}" : room;
        var (title, body) = (showsText, kind) switch
        {
            (true, RoomKind.Direct) => (sender, MessageText.Excerpt(text, MaxBody)),
            (true, _) => ($"{sender} · {place}", MessageText.Excerpt(text, MaxBody)),
            (false, RoomKind.Direct) => (community, "New direct message"),
            (false, _) => (community, $"New message in {place}"),
        };
        return new PushContent(title, body, $"/rooms/{roomId}/{messageId}", $"room-{roomId}", roomId, messageId, badge);
    }

    /// <summary>As it is sent.</summary>
    public byte[] ToBytes()
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(this, PushContentJson.Default.PushContent);
        return bytes.Length <= PushRequest.MaxContent ? bytes : (this with { Body = "" }).ToBytes();
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PushContent))]
internal sealed partial class PushContentJson : JsonSerializerContext;
