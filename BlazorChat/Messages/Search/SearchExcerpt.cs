using System.Globalization;

namespace BlazorChat.Messages;

/// <summary>A piece of an excerpt.</summary>
/// <param name="Text">The piece.</param>
/// <param name="IsMatch">Whether it is a word that was looked for.</param>
public readonly record struct ExcerptPart(string Text, bool IsMatch);

/// <summary>Shows of a message the place where a word that was looked for stands, in one line without mark-up.</summary>
public static class SearchExcerpt
{
    private const int Before = 60;
    private const string Ellipsis = "…";

    /// <summary>The excerpt in pieces. Where the words are in its mark-up only, such as a link's target, nothing is marked.</summary>
    public static IReadOnlyList<ExcerptPart> Of(string text, IReadOnlyList<string> words, int length = 240)
    {
        var plain = MessageText.Excerpt(text, Message.MaxLength);
        var matches = Matches(plain, words);
        var start = plain.Length <= length || matches is [] || matches[0].Start <= Before ? 0 : Boundary(plain, matches[0].Start - Before);
        var end = plain.Length - start <= length ? plain.Length : Boundary(plain, start + length);
        List<ExcerptPart> parts = [];
        Add(start > 0 ? Ellipsis : "", false);
        var at = start;
        foreach (var match in matches.TakeWhile(m => m.Start < end))
        {
            Add(plain[at..match.Start], false);
            at = Math.Min(match.End, end);
            Add(plain[match.Start..at], true);
        }

        Add(plain[at..end], false);
        Add(end < plain.Length ? Ellipsis : "", false);
        return parts;

        void Add(string part, bool isMatch)
        {
            if (part.Length > 0)
            {
                parts.Add(new ExcerptPart(part, isMatch));
            }
        }
    }

    private static List<(int Start, int End)> Matches(string plain, IReadOnlyList<string> words)
    {
        List<(int Start, int End)> matches = [];
        for (var at = 0; at < plain.Length;)
        {
            var next = words.Select(w => (Start: plain.IndexOf(w, at, StringComparison.OrdinalIgnoreCase), w.Length))
                .Where(m => m.Start >= 0).OrderBy(m => m.Start).ThenByDescending(m => m.Length).FirstOrDefault((Start: -1, Length: 0));
            if (next.Start < 0)
            {
                break;
            }

            at = next.Start + next.Length;
            matches.Add((next.Start, at));
        }

        return matches;
    }

    /// <summary>The end of the last whole character, as people count them, within a length.</summary>
    private static int Boundary(string plain, int length)
    {
        // Characters are short: none that is whole begins further back than this.
        var end = Math.Max(0, length - 64);
        while (end > 0 && char.IsLowSurrogate(plain[end]))
        {
            end--;
        }

        while (end < length)
        {
            var next = StringInfo.GetNextTextElementLength(plain.AsSpan(end));
            if (end + next > length)
            {
                break;
            }

            end += next;
        }

        return end;
    }
}
