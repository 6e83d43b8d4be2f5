using System.Globalization;
using System.Text;
using BlazorChat.Accounts;

namespace BlazorChat.Messages;

/// <summary>
/// Where a name could stand behind an <c>@</c>. Used twice, so that it cannot differ: to know whom to look for before
/// rendering, and to find them while rendering.
/// </summary>
internal static class MentionNames
{
    /// <summary>How many <c>@</c> of one message are considered.</summary>
    public const int MaxMarks = 50;

    private const int MaxWords = 6;
    private const int MaxPrefixes = 16;

    // Decomposed text is longer than the composed name that it stands for.
    private const int MaxScan = PersonName.MaxLength * 2;

    /// <summary>Whether an <c>@</c> at <paramref name="at"/> begins a word: not so in <c>a@b.c</c>.</summary>
    public static bool IsWordStart(string text, int at) => at == 0 || !EndsInWord(text.AsSpan(0, at));

    /// <summary>The name as Identity's <c>UpperInvariantLookupNormalizer</c> stores it for lookups.</summary>
    public static string Normalize(ReadOnlySpan<char> name) => name.ToString().Normalize().ToUpperInvariant();

    /// <summary>
    /// The ends (exclusive) of every prefix of <c>text[start..limit]</c> that could be a name, shortest first: it stops
    /// where no letter, digit or combining mark follows, and never in a space.
    /// </summary>
    /// <returns>How many of <paramref name="ends"/> were filled.</returns>
    public static int Prefixes(string text, int start, int limit, Span<int> ends)
    {
        var scan = text.AsSpan(start, Math.Min(limit - start, MaxScan));
        int count = 0, words = 1, position = 0;
        var composed = true;
        var afterSpace = true;
        while (position < scan.Length && count < ends.Length)
        {
            if (Rune.DecodeFromUtf16(scan[position..], out var rune, out var width) != System.Buffers.OperationStatus.Done)
            {
                break;
            }

            if (rune.Value == ' ')
            {
                // Stored names have single spaces only, and none at either end.
                if (afterSpace || ++words > MaxWords)
                {
                    break;
                }

                afterSpace = true;
                position++;
                continue;
            }

            if (!IsWordRune(rune) && rune.Value is not ('.' or '_' or '-' or '\''))
            {
                break;
            }

            composed &= rune.IsAscii;
            afterSpace = false;
            position += width;
            if (composed && position > PersonName.MaxLength)
            {
                break;
            }

            if (!StartsInWord(text.AsSpan(start + position, limit - start - position)))
            {
                ends[count++] = start + position;
            }
        }

        return count;
    }

    /// <summary>Room for all that <see cref="Prefixes"/> can find.</summary>
    public static int Capacity => MaxPrefixes;

    private static bool StartsInWord(ReadOnlySpan<char> rest) =>
        Rune.DecodeFromUtf16(rest, out var rune, out _) == System.Buffers.OperationStatus.Done && IsWordRune(rune);

    private static bool EndsInWord(ReadOnlySpan<char> before) =>
        Rune.DecodeLastFromUtf16(before, out var rune, out _) == System.Buffers.OperationStatus.Done && IsWordRune(rune);

    private static bool IsWordRune(Rune rune) =>
        Rune.IsLetterOrDigit(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
