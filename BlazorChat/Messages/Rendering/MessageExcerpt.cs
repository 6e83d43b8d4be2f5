using System.Globalization;
using System.Text;

namespace BlazorChat.Messages;

/// <summary>
/// Reads the beginning of a Markdown source as one line. Not a parser: an excerpt is asked for with every reply and
/// notification, and a stray mark does no harm there.
/// </summary>
internal static class MessageExcerpt
{
    private const string Ellipsis = "…";

    public static string Of(string text, int length)
    {
        // One more than fits, to know whether there is more; graphemes can be long, so with some room.
        var plain = new StringBuilder(Math.Min(text.Length, length + 64));
        var fenced = false;
        foreach (var range in text.AsSpan().Split('\n'))
        {
            var line = text.AsSpan(range).Trim();
            if (line.StartsWith("```") || line.StartsWith("~~~"))
            {
                // A line such as ```code``` is a line of code; anything else opens or closes a block.
                if (line[3..].Contains('`'))
                {
                    line = line.Trim('`');
                }
                else
                {
                    fenced = !fenced;
                    continue;
                }
            }

            AppendSpace(plain);
            if (fenced)
            {
                AppendCollapsed(plain, line, length);
            }
            else
            {
                AppendLine(plain, line, length);
            }

            if (plain.Length > length)
            {
                break;
            }
        }

        return Cut(plain.ToString().TrimEnd(), length);
    }

    private static void AppendLine(StringBuilder plain, ReadOnlySpan<char> line, int length)
    {
        line = WithoutLineMarks(line);
        if (line.Contains('|') && !line.ContainsAnyExcept("|-: \t"))
        {
            return;
        }

        for (var i = 0; i < line.Length && plain.Length <= length; i++)
        {
            var c = line[i];
            switch (c)
            {
                case '\\' when i + 1 < line.Length && char.IsAsciiLetterOrDigit(line[i + 1]) == false && line[i + 1] < 0x7f && line[i + 1] > ' ':
                    plain.Append(line[++i]);
                    break;
                case '`':
                    break;
                case '*' or '_' or '~':
                    var run = i;
                    while (run < line.Length && line[run] == c)
                    {
                        run++;
                    }

                    if (!IsEmphasis(line, i, run))
                    {
                        plain.Append(line[i..run]);
                    }

                    i = run - 1;
                    break;
                case '!' when i + 1 < line.Length && line[i + 1] == '[' && LinkEnd(line, i + 1, out _) > 0:
                    break;
                case '[' when LinkEnd(line, i, out var textEnd) is > 0 and var end:
                    AppendLine(plain, line[(i + 1)..textEnd], length);
                    i = end;
                    break;
                case '<' when PointedEnd(line, i) is > 0 and var end:
                    plain.Append(line[(i + 1)..end]);
                    i = end;
                    break;
                case '|':
                    AppendSpace(plain);
                    break;
                default:
                    AppendCollapsed(plain, line.Slice(i, 1), length);
                    break;
            }
        }
    }

    private static ReadOnlySpan<char> WithoutLineMarks(ReadOnlySpan<char> line)
    {
        while (line.StartsWith(">"))
        {
            line = line[1..].TrimStart();
        }

        return line.Length > 1 && line[0] is '-' or '*' or '+' && line[1] == ' ' ? line[2..].TrimStart() : line;
    }

    // A mark between spaces is arithmetic, an underscore within a word belongs to it, and one ~ is "about".
    private static bool IsEmphasis(ReadOnlySpan<char> line, int start, int end)
    {
        var opens = end < line.Length && !char.IsWhiteSpace(line[end]);
        var closes = start > 0 && !char.IsWhiteSpace(line[start - 1]);
        return (opens || closes)
            && line[start] switch
            {
                '~' => end - start == 2,
                '_' => !(start > 0 && end < line.Length && char.IsLetterOrDigit(line[start - 1]) && char.IsLetterOrDigit(line[end])),
                _ => true,
            };
    }

    // The closing parenthesis of [text](target), or 0.
    private static int LinkEnd(ReadOnlySpan<char> line, int open, out int textEnd)
    {
        textEnd = 0;
        var middle = line[open..].IndexOf("](");
        if (middle < 1)
        {
            return 0;
        }

        // The innermost bracket is the link's.
        if (line.Slice(open + 1, middle - 1).Contains('['))
        {
            return 0;
        }

        textEnd = open + middle;
        var close = line[textEnd..].IndexOf(')');
        return close < 0 ? 0 : textEnd + close;
    }

    private static int PointedEnd(ReadOnlySpan<char> line, int open)
    {
        var rest = line[(open + 1)..];
        if (!rest.StartsWith("http", StringComparison.OrdinalIgnoreCase) && !rest.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase))
        {
            return 0;
        }

        var close = rest.IndexOf('>');
        return close < 0 ? 0 : open + 1 + close;
    }

    private static void AppendCollapsed(StringBuilder plain, ReadOnlySpan<char> text, int length)
    {
        foreach (var c in text)
        {
            if (char.IsWhiteSpace(c))
            {
                AppendSpace(plain);
            }
            else
            {
                plain.Append(c);
            }

            if (plain.Length > length + 32)
            {
                return;
            }
        }
    }

    private static void AppendSpace(StringBuilder plain)
    {
        if (plain.Length > 0 && plain[^1] != ' ')
        {
            plain.Append(' ');
        }
    }

    private static string Cut(string plain, int length)
    {
        if (plain.Length <= length)
        {
            return plain;
        }

        var end = 0;
        while (true)
        {
            var next = StringInfo.GetNextTextElementLength(plain.AsSpan(end));
            if (end + next > length - Ellipsis.Length)
            {
                return string.Concat(plain.AsSpan(0, end).TrimEnd(), Ellipsis);
            }

            end += next;
        }
    }
}
