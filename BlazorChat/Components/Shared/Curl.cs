namespace BlazorChat.Components.Shared;

/// <summary>Ready command lines for those who write a bot.</summary>
internal static class Curl
{
    /// <summary>Posts into a webhook's room.</summary>
    public static string ToWebhook(Uri address) =>
        $"curl -X POST -H 'Content-Type: application/json' -d '{{\"text\":\"Hello\"}}' {address}";

    /// <summary>Posts into a room with a token.</summary>
    public static string ToRoom(Uri messages) =>
        $"curl -X POST -H 'Authorization: Bearer TOKEN' -H 'Content-Type: application/json' -d '{{\"text\":\"Hello\"}}' {messages}";
}
