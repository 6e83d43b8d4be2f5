using System.Buffers;
using System.Text;

namespace BlazorChat.Messages;

/// <summary>
/// Most of what people say has no mark-up at all: it is encoded, and neither parsed twice nor sanitised, with the same
/// result. Also what a text falls back to that Markdown cannot do anything sensible with.
/// </summary>
internal static class PlainText
{
    public const string ParagraphStart = "<p dir=\"auto\">";
    public const string ParagraphEnd = "</p>";
    public const string LineBreak = "<br>";

    private const string Controls = "\0\x01\x02\x03\x04\x05\x06\x07\b\t\v\f\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f";

    // ASCII only, which is searched for by the vector; the rest is looked at in EncodeTo.
    private static readonly SearchValues<char> Acting = SearchValues.Create("\\`*_~[]|<" + Controls);
    private static readonly SearchValues<char> ActingWithMentions = SearchValues.Create("\\`*_~[]|<@" + Controls);
    private static readonly SearchValues<string> Addresses = SearchValues.Create(["://", "www.", "mailto:"], StringComparison.OrdinalIgnoreCase);
    private static readonly SearchValues<char> Encoded = SearchValues.Create("\n&<>\u00a0");

    /// <summary>The HTML of a text on which Markdown and HTML have nothing to act; <see langword="null"/> if they might.</summary>
    public static string? TryRender(string text, bool mayMention)
    {
        var span = text.AsSpan();
        if (span.IsEmpty || span.ContainsAny(mayMention ? ActingWithMentions : Acting) || span.ContainsAny(Addresses))
        {
            return null;
        }

        for (var rest = span; ;)
        {
            var end = rest.IndexOf('\n');
            if (ActsAsLine(end < 0 ? rest : rest[..end]))
            {
                return null;
            }

            if (end < 0)
            {
                break;
            }

            rest = rest[(end + 1)..];
        }

        // Blank lines at either end are Markdown's to trim.
        return span[0] == '\n' || span[^1] == '\n' ? null : Render(text);
    }

    /// <summary>The text as it was typed, encoded.</summary>
    public static string Render(string text)
    {
        if (!text.AsSpan().ContainsAny(Encoded))
        {
            return string.Concat(ParagraphStart, text, ParagraphEnd);
        }

        var html = new StringBuilder(text.Length + 64).Append(ParagraphStart);
        for (var i = 0; i < text.Length;)
        {
            var next = text.AsSpan(i).IndexOfAny(Encoded);
            if (next < 0)
            {
                html.Append(text, i, text.Length - i);
                break;
            }

            html.Append(text, i, next);
            i += next;
            if (text[i] == '\n')
            {
                var lines = 1;
                while (i + lines < text.Length && text[i + lines] == '\n')
                {
                    lines++;
                }

                html.Append(lines == 1 ? LineBreak : ParagraphEnd + ParagraphStart);
                i += lines;
                continue;
            }

            // As the sanitizer writes them.
            html.Append(text[i++] switch { '&' => "&amp;", '<' => "&lt;", '>' => "&gt;", _ => "&nbsp;" });
        }

        return html.Append(ParagraphEnd).ToString();
    }

    private static bool ActsAsLine(ReadOnlySpan<char> line)
    {
        if (line.IsEmpty)
        {
            return false;
        }

        if (char.IsWhiteSpace(line[0]) || char.IsWhiteSpace(line[^1]) || line[0] is '-' or '+' or '>')
        {
            return true;
        }

        var digits = line.IndexOfAnyExceptInRange('0', '9');
        return digits > 0 && line[digits] is '.' or ')';
    }
}
