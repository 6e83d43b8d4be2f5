using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace BlazorChat.Filtering;

/// <summary>
/// A rule as it is matched: by an automaton that looks at each character once. What such an automaton cannot do (look around, refer
/// back) is refused in words when the rule is saved, so that no rule can be catastrophic.
/// </summary>
internal sealed class FilterPattern
{
    /// <summary>Case and the server's culture make no difference; linear time is by construction.</summary>
    public const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <summary>A backstop that no text of permitted length should meet.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(500);

    /// <summary>Most * in one rule: each multiplies what the automaton has to keep in mind.</summary>
    public const int MaxWildcards = 20;

    // A rule that finds nothing at all in one of these would do something to every text.
    private static readonly string[] Harmless = ["", "a", " ", "a b", "1\n2", "é。"];

    // Words are matched together: of hundreds of them hardly one is ever needed alone, and making one ready takes a millisecond.
    private readonly Lazy<Regex> _regex;

    private FilterPattern(FilterRule rule, string expression, Lazy<Regex> regex)
    {
        Rule = rule;
        Expression = expression;
        _regex = regex;
    }

    public FilterRule Rule { get; }

    /// <summary>As part of an alternation, too.</summary>
    public string Expression { get; }

    public Regex Regex => _regex.Value;

    /// <summary>Reads a rule.</summary>
    /// <returns>The pattern, or what is wrong with it in words for who wrote it.</returns>
    public static (FilterPattern? Pattern, string? Problem) Read(FilterRule rule)
    {
        if (string.IsNullOrWhiteSpace(rule.Pattern))
        {
            return (null, rule.IsRegex ? "A pattern is needed." : "A word is needed.");
        }

        if (rule.Pattern.Length > FilterRule.MaxPatternLength)
        {
            return (null, $"A rule has at most {FilterRule.MaxPatternLength} characters.");
        }

        if (!rule.IsRegex)
        {
            if (rule.Pattern.Count(c => c == '*') > MaxWildcards)
            {
                return (null, $"A word has at most {MaxWildcards} *.");
            }

            return WordExpression(rule.Pattern) is { } word
                ? (new FilterPattern(rule, word, new Lazy<Regex>(() => new Regex(word, Options, Timeout))), null)
                : (null, "A word needs something besides *: this would find every word.");
        }

        return Compile(rule.Pattern) switch
        {
            (null, var problem) => (null, problem),
            ({ } regex, _) when Array.Exists(Harmless, text => FindsNothing(regex, text)) =>
                (null, "This finds the empty text, and so something in every message. Write what must be there, with + in place of *."),
            ({ } regex, _) => (new FilterPattern(rule, rule.Pattern, new Lazy<Regex>(regex)), null),
        };
    }

    /// <summary>
    /// A word, or several, as an expression. Whole words: a letter at either end is not followed by another, but for scripts that
    /// write without spaces, where a word has no visible end.
    /// </summary>
    private static string? WordExpression(string word)
    {
        var parts = FoldedText.Of(word).Words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0 || parts.All(part => part.All(c => c == '*')))
        {
            return null;
        }

        var expression = new StringBuilder();
        expression.Append(EndsAt(parts[0].EnumerateRunes().First()) ? @"\b" : "");
        for (var i = 0; i < parts.Length; i++)
        {
            expression.Append(i > 0 ? @"\s+" : "");
            var literals = parts[i].Split('*');
            expression.AppendJoin(@"\w*", literals.Where((l, at) => l.Length > 0 || at == 0 || at == literals.Length - 1).Select(Regex.Escape));
        }

        return expression.Append(EndsAt(parts[^1].EnumerateRunes().Last()) ? @"\b" : "").ToString();
    }

    // Where the first or last character is a *, the letters before and after belong to the word.
    private static bool EndsAt(Rune edge) => edge.IsBmp && !IsUnspaced(edge)
        && (Rune.IsLetterOrDigit(edge) || Rune.GetUnicodeCategory(edge) == UnicodeCategory.NonSpacingMark);

    // Thai and Lao, Myanmar, Khmer, and the Chinese and Japanese scripts.
    private static bool IsUnspaced(Rune rune) => rune.Value is (>= 0x0E00 and <= 0x0EFF) or (>= 0x1000 and <= 0x109F)
        or (>= 0x1780 and <= 0x17FF) or (>= 0x3040 and <= 0x30FF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF);

    private static (Regex? Regex, string? Problem) Compile(string expression)
    {
        try
        {
            return (new Regex(expression, Options, Timeout), null);
        }
        catch (RegexParseException e)
        {
            return (null, $"This pattern cannot be read, at character {e.Offset.ToString(CultureInfo.InvariantCulture)}: {InWords(e.Error)}.");
        }
        catch (NotSupportedException e)
        {
            return (null, e.Message.Contains("automata", StringComparison.Ordinal)
                ? "This pattern is too large: counts such as {1000} multiply. Use smaller ones, or + and *."
                : "This pattern cannot be matched in one pass: it looks ahead or behind, refers back to a group, or is atomic or conditional. Write it without.");
        }
    }

    private static bool FindsNothing(Regex regex, string text)
    {
        foreach (var match in regex.EnumerateMatches(text))
        {
            if (match.Length == 0)
            {
                return true;
            }
        }

        return false;
    }

    private static string InWords(RegexParseError error) => error switch
    {
        RegexParseError.InsufficientClosingParentheses => "a ( is not closed",
        RegexParseError.InsufficientOpeningParentheses => "a ) closes nothing; write \\) for the character",
        RegexParseError.UnterminatedBracket => "a [ is not closed",
        RegexParseError.ReversedCharacterRange => "a range in [ ] runs backwards",
        RegexParseError.ReversedQuantifierRange => "a count such as {2,5} runs backwards",
        RegexParseError.NestedQuantifiersNotParenthesized => "two of * + ? { } follow each other; put the first into ( )",
        RegexParseError.QuantifierAfterNothing => "there is nothing for * + ? or { } to repeat; write \\* for the character",
        RegexParseError.UnescapedEndingBackslash => "a \\ at the end stands alone; write \\\\ for the character",
        RegexParseError.QuantifierOrCaptureGroupOutOfRange => "a number is too large",
        RegexParseError.UndefinedNumberedReference or RegexParseError.UndefinedNamedReference => "it refers back to a group that is not there",
        RegexParseError.UnrecognizedEscape => "this letter means nothing after \\",
        RegexParseError.InvalidUnicodePropertyEscape or RegexParseError.MalformedUnicodePropertyEscape or RegexParseError.UnrecognizedUnicodeProperty => "there is no such class of characters",
        _ => "it is not a regular expression",
    };
}
