namespace BlazorChat.Filtering;

/// <summary>
/// The word filter as everything that takes in text asks it: from memory, on any thread. It decides and knows of no surface; what a
/// verdict means for a message or a name is with those.
/// </summary>
public sealed class TextFilter
{
    private volatile FilterRuleSet _rules = FilterRuleSet.Empty;

    /// <summary>Judges a text. Linear in its length, whatever it and the rules are.</summary>
    public Verdict Judge(string text) => _rules.Judge(text);

    /// <summary>Takes up other rules, at once for every text from now on.</summary>
    internal void Use(FilterRuleSet rules) => _rules = rules;
}
