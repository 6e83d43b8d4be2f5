using System.Buffers;
using System.Globalization;
using System.Text;
using BlazorChat.Accounts;

namespace BlazorChat.Messages;

/// <summary>The rules for what a person may say, and readings of it that need no rendering.</summary>
public static class MessageText
{
    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\r\u0085\u2028\u2029");

    /// <summary>
    /// The text as it is stored: line ends as LF, no control characters but LF and tab, no broken surrogates, no blank
    /// lines at the beginning and no white space at the end. The first line's indentation stays.
    /// </summary>
    /// <exception cref="RefusedException">Nothing to see, or longer than <see cref="Message.MaxLength"/>.</exception>
    public static string Parse(string? text)
    {
        var parsed = Clean(text ?? "").TrimEnd();
        var start = 0;
        for (var i = 0; i < parsed.Length && char.IsWhiteSpace(parsed[i]); i++)
        {
            if (parsed[i] == '\n')
            {
                start = i + 1;
            }
        }

        parsed = parsed[start..];
        if (parsed.Length > Message.MaxLength)
        {
            throw RefusedException.Invalid(string.Create(
                CultureInfo.InvariantCulture, $"A message has at most {Message.MaxLength:N0} characters; this one has {parsed.Length:N0}."));
        }

        return parsed.EnumerateRunes().All(IsInvisible) ? throw RefusedException.Invalid("The message is empty.") : parsed;
    }

    /// <summary>The beginning of a message in one line without mark-up, for quotes and notifications.</summary>
    /// <param name="text">The Markdown source.</param>
    /// <param name="length">The most UTF-16 code units that it may have, an ellipsis included.</param>
    public static string Excerpt(string text, int length = 140) => MessageExcerpt.Of(text, length);

    /// <summary>
    /// Every normalised name that an <c>@</c> in the text could mean, by which to look for people: several for each
    /// <c>@</c>, since names contain spaces and sentences go on. Bounded, whatever the text.
    /// </summary>
    public static IReadOnlyCollection<string> MentionCandidates(string text)
    {
        var at = text.IndexOf('@');
        if (at < 0)
        {
            return [];
        }

        HashSet<string> names = [];
        Span<int> ends = stackalloc int[MentionNames.Capacity];
        for (var marks = 0; at >= 0 && marks < MentionNames.MaxMarks; at = text.IndexOf('@', at + 1), marks++)
        {
            if (!MentionNames.IsWordStart(text, at))
            {
                continue;
            }

            var count = MentionNames.Prefixes(text, at + 1, text.Length, ends);
            foreach (var end in ends[..count])
            {
                names.Add(MentionNames.Normalize(text.AsSpan(at + 1, end - at - 1)));
            }
        }

        return names;
    }

    private static string Clean(string text)
    {
        if (!NeedsCleaning(text))
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        char previous = '\0';
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsBmp && LineEnds.Contains((char)rune.Value))
            {
                clean.Append('\n');
            }
            else if (rune.Value is '\n')
            {
                // The second half of CR LF was written with the first.
                if (previous != '\r')
                {
                    clean.Append('\n');
                }
            }
            else if (rune.Value is '\t' || !Rune.IsControl(rune))
            {
                // Broken surrogates enumerate as U+FFFD.
                clean.Append(rune);
            }

            previous = rune.IsBmp ? (char)rune.Value : '\0';
        }

        return clean.ToString();
    }

    private static bool NeedsCleaning(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is (< ' ' and not '\n' and not '\t') or (>= '\x7f' and <= '\x9f') or '\u2028' or '\u2029')
            {
                return true;
            }

            if (char.IsSurrogate(c))
            {
                if (i + 1 == text.Length || !char.IsSurrogatePair(c, text[i + 1]))
                {
                    return true;
                }

                i++;
            }
        }

        return false;
    }

    // White space, formatting marks, and the few letters and marks that exist in order to look like nothing.
    private static bool IsInvisible(Rune rune) =>
        Rune.IsWhiteSpace(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.Control
        || rune.Value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x2800 or 0x3164 or 0xFFA0
            or (>= 0x180B and <= 0x180F) or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0000 and <= 0xE0FFF);
}
