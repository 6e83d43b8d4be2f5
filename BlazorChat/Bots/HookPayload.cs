using System.Text;
using System.Text.Json;
using BlazorChat.Accounts;
using BlazorChat.Messages;

namespace BlazorChat.Bots;

/// <summary>What a program has to say: a plain text, or JSON in the shape that Slack's webhooks have.</summary>
/// <param name="Text">The Markdown source.</param>
/// <param name="Alias">Another name and face, where they are given.</param>
public sealed record HookPayload(string Text, MessageAlias? Alias = null)
{
    /// <summary>Deepest nesting that is read.</summary>
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 16, AllowTrailingCommas = true };

    /// <summary>
    /// Reads <c>{"text": …, "username": …, "icon_emoji": …}</c>. Without a text, those of the attachments are taken; what else is
    /// in it means nothing here.
    /// </summary>
    /// <exception cref="RefusedException">No such JSON, or no text in it.</exception>
    public static HookPayload Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object)
            {
                return TextOf(root) is { } text
                    ? new HookPayload(SlackText.ToMarkdown(text), AliasOf(StringOf(root, "username"), StringOf(root, "icon_emoji")))
                    : throw RefusedException.Invalid("The payload needs a text: {\"text\": \"Hello\"}.");
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // An InvalidOperationException: a string with half a surrogate pair.
        }

        throw RefusedException.Invalid("The payload is not JSON such as {\"text\": \"Hello\"}.");
    }

    /// <summary>Another name and face. Programs know nothing of the rules for them, so that what breaks one is left out.</summary>
    public static MessageAlias? AliasOf(string? username, string? emoji)
    {
        var name = new StringBuilder();
        foreach (var rune in (username ?? "").EnumerateRunes())
        {
            name.Append(Rune.IsLetterOrDigit(rune) || rune.Value is '.' or '_' or '-' or '\'' ? rune.ToString() : " ");
        }

        var named = Parsed(Shortened(name.ToString()), null);
        var faced = Parsed(null, Shortcodes.Symbol(emoji?.Trim()));
        return named is null && faced is null ? null : new MessageAlias(named?.Name, faced?.Emoji);
    }

    private static string Shortened(string name)
    {
        name = string.Join(' ', name.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return name.Length <= PersonName.MaxLength ? name : name[..(PersonName.MaxLength - (char.IsHighSurrogate(name[PersonName.MaxLength - 1]) ? 1 : 0))].TrimEnd();
    }

    private static MessageAlias? Parsed(string? name, string? emoji)
    {
        try
        {
            return MessageAlias.Parse(name, emoji);
        }
        catch (RefusedException)
        {
            return null;
        }
    }

    private static string? TextOf(JsonElement root)
    {
        if (StringOf(root, "text") is { } text && !string.IsNullOrWhiteSpace(text))
        {
            return text;
        }

        var attached = root.TryGetProperty("attachments", out var attachments) && attachments.ValueKind == JsonValueKind.Array
            ? attachments.EnumerateArray().Where(a => a.ValueKind == JsonValueKind.Object).Select(a => StringOf(a, "text") ?? StringOf(a, "fallback"))
            : [];
        var joined = string.Join('\n', attached.Where(a => !string.IsNullOrWhiteSpace(a)));
        return joined.Length > 0 ? joined : null;
    }

    private static string? StringOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
