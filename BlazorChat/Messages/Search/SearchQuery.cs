using System.Globalization;
using System.Text;
using BlazorChat.Accounts;

namespace BlazorChat.Messages;

/// <summary>
/// What somebody looks for: words and quoted phrases, all of which a message must hold as parts in any case, and what narrows it:
/// <c>from:name</c>, <c>in:room</c>, <c>before:2026-01-31</c>, <c>has:link</c>.
/// </summary>
public sealed record SearchQuery
{
    /// <summary>Longest query, in UTF-16 code units.</summary>
    public const int MaxLength = 500;

    /// <summary>Most words and modifiers together.</summary>
    public const int MaxTerms = 20;

    private const int MaxTrigrams = 32;
    private const string LinkMark = "://";

    /// <summary>Words and phrases, without those that are part of another.</summary>
    public required IReadOnlyList<string> Words { get; init; }

    /// <summary>Names of senders, any of whom will do.</summary>
    public required IReadOnlyList<string> From { get; init; }

    /// <summary>Names of rooms, any of which will do.</summary>
    public required IReadOnlyList<string> In { get; init; }

    /// <summary>Only what was said before this moment.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>Only what holds a link.</summary>
    public bool HasLink { get; init; }

    /// <summary>Whether there is nothing to look for.</summary>
    public bool IsEmpty => Words.Count == 0 && From.Count == 0 && In.Count == 0 && Before is null && !HasLink;

    /// <summary>Reads a query; there is no text that is an error of syntax, only values that make no sense.</summary>
    /// <exception cref="RefusedException">Too long, too many words, or a modifier with a value that it does not take.</exception>
    public static SearchQuery Parse(string? text)
    {
        if (text?.Length > MaxLength)
        {
            throw RefusedException.Invalid($"A search has at most {MaxLength} characters.");
        }

        List<string> words = [];
        List<string> from = [];
        List<string> rooms = [];
        DateTimeOffset? before = null;
        var hasLink = false;
        var terms = Terms(Clean(text ?? ""));
        if (terms.Count > MaxTerms)
        {
            throw RefusedException.Invalid($"A search has at most {MaxTerms} words.");
        }

        foreach (var (modifier, value) in terms)
        {
            switch (modifier)
            {
                case "from":
                    from.Add(value.TrimStart('@'));
                    break;
                case "in":
                    rooms.Add(value.TrimStart('#').TrimStart());
                    break;
                case "before":
                    before = Earlier(before, Date(value));
                    break;
                case "has":
                    hasLink = value.Equals("link", StringComparison.OrdinalIgnoreCase)
                        ? true : throw RefusedException.Invalid("What has: can look for is a link: has:link.");
                    break;
                default:
                    words.Add(value);
                    break;
            }
        }

        return new SearchQuery
        {
            Words = [.. words.Where((word, i) => !words.Where((other, j) => i != j && IsWithin(word, other, i > j)).Any())],
            From = from,
            In = rooms,
            Before = before,
            HasLink = hasLink,
        };
    }

    /// <summary>Whether a text holds every word, and a link if one is asked for.</summary>
    internal bool Matches(string text)
    {
        foreach (var word in Words)
        {
            if (!text.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return !HasLink || text.Contains(LinkMark, StringComparison.Ordinal) || text.Contains("www.", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// The expression for the index, or null where nothing has three characters. The index knows in which messages three
    /// characters occur, not where: what it finds is compared with the words after.
    /// </summary>
    internal string? Expression()
    {
        // With several words the index compares as many lists in step, from the end of each: fewer are faster.
        var most = Words.Count > 1 ? 3 : 8;
        var trigrams = Words.SelectMany(word => Trigrams(word, most)).Distinct(StringComparer.OrdinalIgnoreCase).Take(MaxTrigrams).Select(Quote).ToList();
        if (HasLink)
        {
            trigrams.Add($"({Quote(LinkMark)} OR {Quote("www")})");
        }

        return trigrams.Count == 0 ? null : string.Join(" AND ", trigrams);
    }

    private static string Quote(string token) => '"' + token.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    /// <summary>Every three characters in a row; of a long word some, which is enough to find it by.</summary>
    private static IEnumerable<string> Trigrams(string word, int most)
    {
        Rune[] runes = [.. word.EnumerateRunes()];
        var count = runes.Length - 2;
        for (var i = 0; i < Math.Min(count, most); i++)
        {
            // Spread from the first to the last.
            var at = count <= most ? i : (int)((long)i * (count - 1) / (most - 1));
            yield return $"{runes[at]}{runes[at + 1]}{runes[at + 2]}";
        }
    }

    private static bool IsWithin(string word, string other, bool otherIsFirst) =>
        other.Contains(word, StringComparison.OrdinalIgnoreCase) && (other.Length > word.Length || otherIsFirst);

    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            // Broken surrogates enumerate as U+FFFD, which no message holds.
            clean.Append(Rune.IsControl(rune) || Rune.IsWhiteSpace(rune) || rune == Rune.ReplacementChar ? new Rune(' ') : rune);
        }

        return clean.ToString();
    }

    private static List<(string Modifier, string Value)> Terms(string text)
    {
        List<(string, string)> terms = [];
        for (var i = 0; i < text.Length;)
        {
            if (text[i] == ' ')
            {
                i++;
                continue;
            }

            var modifier = ModifierAt(text, i);
            i += modifier.Length == 0 ? 0 : modifier.Length + 1;
            var isQuoted = i < text.Length && text[i] == '"';
            var start = isQuoted ? i + 1 : i;
            var end = start < text.Length ? text.IndexOf(isQuoted ? '"' : ' ', start) : -1;
            end = end < 0 ? text.Length : end;
            if (text[start..end].Trim() is { Length: > 0 } value)
            {
                terms.Add((modifier, value));
            }

            i = isQuoted ? end + 1 : end;
        }

        return terms;
    }

    private static string ModifierAt(string text, int at)
    {
        foreach (var modifier in (ReadOnlySpan<string>)["from", "in", "before", "has"])
        {
            if (string.Compare(text, at, modifier, 0, modifier.Length, StringComparison.OrdinalIgnoreCase) == 0
                && at + modifier.Length < text.Length && text[at + modifier.Length] == ':')
            {
                return modifier;
            }
        }

        return "";
    }

    private static DateTimeOffset Date(string value) =>
        DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero)
            : throw RefusedException.Invalid("The date of before: is a year, month and day, such as before:2026-01-31.");

    private static DateTimeOffset Earlier(DateTimeOffset? one, DateTimeOffset other) => one is { } o && o < other ? o : other;
}
