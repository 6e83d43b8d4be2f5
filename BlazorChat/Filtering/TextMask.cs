using System.Globalization;
using System.Text;

namespace BlazorChat.Filtering;

/// <summary>Covers parts of a text.</summary>
internal static class TextMask
{
    /// <summary>Stands for one character that was covered.</summary>
    public const char Cover = '•';

    // White space and what holds Markdown's code and links together stay, so that a mask hides words and not the form of the message.
    private const string Kept = "`[]()<>";

    /// <summary>Covers each visible character (grapheme) of some places, one for one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="places">From where to where, in any order; they may overlap.</param>
    public static string Apply(string text, List<(int Start, int End)> places)
    {
        if (places.Count == 0)
        {
            return text;
        }

        places.Sort();
        var masked = new StringBuilder(text.Length);
        var at = 0;
        foreach (var (start, end) in places)
        {
            if (end <= at)
            {
                continue;
            }

            masked.Append(text, at, Math.Max(0, start - at));
            CoverPart(text.AsSpan(Math.Max(start, at), end - Math.Max(start, at)), masked);
            at = end;
        }

        return masked.Append(text, at, text.Length - at).ToString();
    }

    private static void CoverPart(ReadOnlySpan<char> part, StringBuilder masked)
    {
        // A rule may be for such characters themselves.
        var coversAll = !ContainsOther(part);
        int length;
        for (var i = 0; i < part.Length; i += length)
        {
            length = StringInfo.GetNextTextElementLength(part[i..]);
            var grapheme = part.Slice(i, length);
            if (grapheme.IsWhiteSpace() || (!coversAll && length == 1 && Kept.Contains(grapheme[0])))
            {
                masked.Append(grapheme);
            }
            else if (IsVisible(grapheme))
            {
                masked.Append(Cover);
            }
        }
    }

    private static bool ContainsOther(ReadOnlySpan<char> part)
    {
        foreach (var c in part)
        {
            if (!char.IsWhiteSpace(c) && !Kept.Contains(c))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsVisible(ReadOnlySpan<char> grapheme)
    {
        foreach (var rune in grapheme.EnumerateRunes())
        {
            if (!FoldedText.IsIgnored(rune))
            {
                return true;
            }
        }

        return false;
    }
}
