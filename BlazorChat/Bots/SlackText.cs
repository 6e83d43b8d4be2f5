using System.Text.RegularExpressions;

namespace BlazorChat.Bots;

/// <summary>
/// Text as programs write it for Slack, in our Markdown: links, calls and escapes in angle brackets, and names of emoji. Emphasis
/// is left as it is: most programs that post here write Markdown.
/// </summary>
internal static class SlackText
{
    // Not backtracking: linear in the text, whoever wrote it.
    private static readonly Regex Parts = new(
        """```[\s\S]*?```|`[^`\n]*`|<(?<target>(?:https?://|mailto:|[@#!])[^<>|\s]+)(?:\|(?<label>[^<>\n]*))?>|(?<emoji>:[a-z0-9_+-]{1,30}:)""",
        RegexOptions.NonBacktracking);

    /// <summary>The Markdown source. Code is left alone but for the escapes.</summary>
    public static string ToMarkdown(string text) => Unescape(Parts.Replace(text, match =>
        match.Groups["target"].Success ? Reference(match.Groups["target"].Value, match.Groups["label"].Value)
        : match.Groups["emoji"].Success ? Shortcodes.Symbol(match.Value) ?? match.Value
        : match.Value));

    /// <summary>What stands in angle brackets: <c>http://…|label</c>, <c>@U1|name</c>, <c>#C1|name</c>, <c>!here</c>.</summary>
    private static string Reference(string target, string label) => target[0] switch
    {
        '!' => label.Length > 0 ? label : $"@{target[1..].Split('^')[0]}",
        '@' or '#' => $"{target[0]}{(label.Length > 0 ? label.TrimStart(target[0]) : target[1..])}",
        _ when label.Length == 0 => target.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase) ? target["mailto:".Length..] : target,
        _ => $"[{label.Replace("[", "\\[").Replace("]", "\\]")}]({target.Replace("(", "%28").Replace(")", "%29")})",
    };

    // Slack escapes these three and no others; the ampersand last, so that nothing is unescaped twice.
    private static string Unescape(string text) => text.Replace("&lt;", "<").Replace("&gt;", ">").Replace("&amp;", "&");
}
