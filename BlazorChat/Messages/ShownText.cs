using System.Buffers;
using System.Net;
using System.Text;

namespace BlazorChat.Messages;

/// <summary>What a reader sees of a rendered message, without its formatting.</summary>
internal static class ShownText
{
    private static readonly SearchValues<char> Formats = SearchValues.Create("*_~`\\&<[!|^=+:#>-");

    // Elements that leave the letters before and after them in one word.
    private static readonly HashSet<string> WithinWords = new(StringComparer.OrdinalIgnoreCase)
        { "a", "b", "code", "del", "em", "i", "ins", "mark", "s", "span", "strong", "sub", "sup", "u" };

    /// <summary>Whether a source can look other than it is written.</summary>
    public static bool MayDiffer(string source) => source.AsSpan().ContainsAny(Formats);

    /// <summary>The text of sanitised HTML; where a block ends, a line ends.</summary>
    public static string Of(string html)
    {
        var text = new StringBuilder(html.Length);
        var at = 0;
        while (at < html.Length)
        {
            var open = html.IndexOf('<', at);
            if (open < 0)
            {
                break;
            }

            text.Append(html, at, open - at);
            var close = html.IndexOf('>', open);
            if (close < 0)
            {
                at = open;
                break;
            }

            var name = html.AsSpan(open + 1, close - open - 1).TrimStart('/');
            var end = name.IndexOfAny(' ', '/');
            if (!WithinWords.GetAlternateLookup<ReadOnlySpan<char>>().Contains(end < 0 ? name : name[..end]))
            {
                text.Append('\n');
            }

            at = close + 1;
        }

        return WebUtility.HtmlDecode(text.Append(html, at, html.Length - at).ToString());
    }
}
