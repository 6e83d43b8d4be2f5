using System.Text.RegularExpressions;

namespace BlazorChat.Filtering;

/// <summary>What a rule found.</summary>
internal readonly record struct Finding(FilterRule Rule, string Found);

/// <summary>
/// The rules of one action. Words are matched many at once, by one automaton for some hundreds of them, so that a text is read a
/// few times and not once a rule; patterns one by one, because several in one automaton can grow beyond measure.
/// </summary>
internal sealed class RuleGroup
{
    private readonly List<(Regex Automaton, FilterPattern[] Words)> _words = [];
    private readonly FilterPattern[] _patterns;

    public RuleGroup(IEnumerable<FilterPattern> patterns)
    {
        var all = patterns.ToList();
        _patterns = [.. all.Where(p => p.Rule.IsRegex)];

        // Longer ones first: of two that begin at the same place, the first is found.
        Combine([.. all.Where(p => !p.Rule.IsRegex).OrderByDescending(p => p.Expression.Length)]);
    }

    /// <summary>The first thing found.</summary>
    public Finding? First(FoldedText text)
    {
        foreach (var (automaton, words) in _words)
        {
            foreach (var match in automaton.EnumerateMatches(text.Words))
            {
                var value = text.Words.Substring(match.Index, match.Length);
                return new Finding((Array.Find(words, w => w.Regex.IsMatch(value)) ?? words[0]).Rule, Found(text, match));
            }
        }

        foreach (var pattern in _patterns)
        {
            foreach (var match in pattern.Regex.EnumerateMatches(text.Text))
            {
                if (match.Length > 0)
                {
                    return new Finding(pattern.Rule, Found(text, match));
                }
            }
        }

        return null;
    }

    /// <summary>Everything found, as places in the source.</summary>
    public List<(int Start, int End)> All(FoldedText text)
    {
        List<(int Start, int End)> found = [];
        foreach (var (automaton, _) in _words)
        {
            Add(found, text, automaton.EnumerateMatches(text.Words));
        }

        foreach (var pattern in _patterns)
        {
            Add(found, text, pattern.Regex.EnumerateMatches(text.Text));
        }

        return found;
    }

    private void Combine(FilterPattern[] words)
    {
        if (words.Length == 0)
        {
            return;
        }

        try
        {
            _words.Add((new Regex(string.Join('|', words.Select(w => w.Expression)), FilterPattern.Options, FilterPattern.Timeout), words));
        }
        catch (NotSupportedException) when (words.Length > 1)
        {
            // Too large for one automaton.
            Combine(words[..(words.Length / 2)]);
            Combine(words[(words.Length / 2)..]);
        }
    }

    private static void Add(List<(int, int)> found, FoldedText text, Regex.ValueMatchEnumerator matches)
    {
        foreach (var match in matches)
        {
            if (match.Length > 0)
            {
                found.Add(text.Origin(match.Index, match.Length));
            }
        }
    }

    private static string Found(FoldedText text, ValueMatch match)
    {
        var (start, end) = text.Origin(match.Index, match.Length);
        return text.Source[start..end] is var found && found.Length > Verdict.MaxFoundLength ? string.Concat(found.AsSpan(0, Verdict.MaxFoundLength - 1), "…") : found;
    }
}
