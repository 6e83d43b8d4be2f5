using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace BlazorChat.Filtering;

/// <summary>
/// A text as rules see it: compatibility forms composed (NFKC), so that full-width and mathematical letters are letters, and without
/// what nobody sees. Each of its characters knows the grapheme that it came from, so that a mask lands on what was written.
/// </summary>
internal sealed class FoldedText
{
    /// <summary>
    /// In the place of an underscore where words are looked for. Regular expressions count that among letters, so that the _emphasis_ of
    /// Markdown would hide a word; this is no letter, and nobody types it.
    /// </summary>
    public const char Underscore = '\u001f';

    // Nor do they count the vowel signs of Indic scripts among letters, which would end a word in its middle. Where words are looked
    // for, each is a syllable of the Yi script, which is a letter and which no rule or text but a Yi one has.
    private static readonly FrozenDictionary<char, char> VowelSigns = Enumerable.Range('\u0900', 0xAC00 - 0x0900).Select(c => (char)c)
        .Where(c => char.GetUnicodeCategory(c) == UnicodeCategory.SpacingCombiningMark)
        .Select((c, i) => (c, Letter: (char)('\uA000' + i))).ToFrozenDictionary(pair => pair.c, pair => pair.Letter);

    // Null where the text is as it was written.
    private readonly List<(int Start, int End)>? _origins;

    private FoldedText(string source, string text, List<(int Start, int End)>? origins)
    {
        Source = source;
        Text = text;
        _origins = origins;
        Words = InWords(text);
    }

    /// <summary>As it was written.</summary>
    public string Source { get; }

    /// <summary>For patterns.</summary>
    public string Text { get; }

    /// <summary>For words; the same length.</summary>
    public string Words { get; }

    public static FoldedText Of(string source)
    {
        if (Ascii.IsValid(source))
        {
            return new FoldedText(source, source, null);
        }

        var text = new StringBuilder(source.Length);
        List<(int, int)> origins = new(source.Length);
        int length;
        for (var start = 0; start < source.Length; start += length)
        {
            length = StringInfo.GetNextTextElementLength(source.AsSpan(start));
            if (length == 1 && char.IsAscii(source[start]))
            {
                text.Append(source[start]);
            }
            else
            {
                Fold(source.AsSpan(start, length), text);
            }

            while (origins.Count < text.Length)
            {
                origins.Add((start, start + length));
            }
        }

        return new FoldedText(source, text.ToString(), origins);
    }

    /// <summary>Where in the source something found came from.</summary>
    public (int Start, int End) Origin(int index, int length) =>
        _origins is null ? (index, index + length) : (_origins[index].Start, _origins[index + length - 1].End);

    /// <summary>Whether a character shows nothing, or only decorates the one before it.</summary>
    public static bool IsIgnored(Rune rune) =>
        Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format
        || rune.Value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x3164 or 0xFFA0
            or (>= 0x0334 and <= 0x0338) or (>= 0x180B and <= 0x180F) or (>= 0x20D0 and <= 0x20F0)
            or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF);

    private static string InWords(string text)
    {
        var words = text.Replace('_', Underscore);
        return !words.AsSpan().ContainsAnyInRange('\u0900', '\uABFF') ? words
            : string.Create(words.Length, words, (letters, from) =>
            {
                for (var i = 0; i < letters.Length; i++)
                {
                    letters[i] = VowelSigns.GetValueOrDefault(from[i], from[i]);
                }
            });
    }

    private static void Fold(ReadOnlySpan<char> grapheme, StringBuilder text)
    {
        // By runes first: Normalize throws on broken surrogates, which enumerate as U+FFFD.
        var seen = new StringBuilder(grapheme.Length);
        foreach (var rune in grapheme.EnumerateRunes())
        {
            if (!IsIgnored(rune))
            {
                seen.Append(rune);
            }
        }

        foreach (var rune in seen.ToString().Normalize(NormalizationForm.FormKC).EnumerateRunes())
        {
            if (!IsIgnored(rune))
            {
                text.Append(rune);
            }
        }
    }
}
