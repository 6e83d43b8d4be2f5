using System.Text.RegularExpressions;

namespace BlazorChat.Filtering;

/// <summary>Rules made ready to judge by; it never changes, and any number of threads use it at once.</summary>
internal sealed class FilterRuleSet
{
    /// <summary>Most rules.</summary>
    public const int MaxRules = 500;

    /// <summary>Most of them that are patterns: each reads a text for itself.</summary>
    public const int MaxPatterns = 100;

    public static readonly FilterRuleSet Empty = new([]);

    private readonly RuleGroup _block;
    private readonly RuleGroup _hold;
    private readonly RuleGroup _mask;
    private readonly bool _isEmpty;

    private FilterRuleSet(IReadOnlyCollection<FilterPattern> patterns)
    {
        _isEmpty = patterns.Count == 0;
        _block = Of(FilterAction.Block);
        _hold = Of(FilterAction.Hold);
        _mask = Of(FilterAction.Mask);

        RuleGroup Of(FilterAction action) => new(patterns.Where(p => p.Rule.Action == action));
    }

    /// <summary>Makes rules ready.</summary>
    /// <param name="rules">Any; those that cannot be read are left out.</param>
    /// <param name="unread">Which those are, and why.</param>
    public static FilterRuleSet Of(IEnumerable<FilterRule> rules, out IReadOnlyList<(FilterRule Rule, string Problem)> unread)
    {
        List<(FilterRule, string)> problems = [];
        List<FilterPattern> patterns = [];
        foreach (var rule in rules)
        {
            switch (FilterPattern.Read(rule))
            {
                case ({ } pattern, _):
                    patterns.Add(pattern);
                    break;
                case (_, var problem):
                    problems.Add((rule, problem!));
                    break;
            }
        }

        unread = problems;
        return new FilterRuleSet(patterns);
    }

    /// <summary>Judges a text: what blocks goes before what holds, and that before what masks.</summary>
    public Verdict Judge(string text)
    {
        if (_isEmpty || text.Length == 0)
        {
            return new Verdict(null, text);
        }

        try
        {
            var folded = FoldedText.Of(text);
            if (_block.First(folded) is { } blocked)
            {
                return new Verdict(FilterAction.Block, text, blocked.Rule.Explanation, blocked.Found);
            }

            var held = _hold.First(folded);
            var masked = TextMask.Apply(text, _mask.All(folded));
            return held is { } holding
                ? new Verdict(FilterAction.Hold, masked, holding.Rule.Explanation, holding.Found)
                : masked == text ? new Verdict(null, text) : new Verdict(FilterAction.Mask, masked);
        }
        catch (RegexMatchTimeoutException)
        {
            // Linear, and yet too slow: a server that is starved. Nothing may slip through for that, nor get lost.
            return new Verdict(FilterAction.Hold, text, Found: "The word filter did not finish in time.");
        }
    }
}
