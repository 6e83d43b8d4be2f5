namespace BlazorChat.Filtering;

/// <summary>What is done with a text in which a rule finds something.</summary>
public enum FilterAction
{
    /// <summary>It is refused, with an explanation.</summary>
    Block,

    /// <summary>It waits for a moderator. Where nothing can wait, as with names, it is refused.</summary>
    Hold,

    /// <summary>What was found is covered.</summary>
    Mask,
}

/// <summary>A rule of the word filter.</summary>
public sealed class FilterRule
{
    /// <summary>Longest pattern.</summary>
    public const int MaxPatternLength = 500;

    /// <summary>Longest explanation.</summary>
    public const int MaxExplanationLength = 300;

    /// <summary>Key.</summary>
    public long Id { get; set; }

    /// <summary>A word, or a regular expression.</summary>
    public string Pattern { get; set; } = "";

    /// <summary>Whether the pattern is a regular expression.</summary>
    public bool IsRegex { get; set; }

    /// <summary>What is done.</summary>
    public FilterAction Action { get; set; }

    /// <summary>What somebody is told whose text is refused or held; empty for the usual words.</summary>
    public string Explanation { get; set; } = "";

    /// <summary>Who made it.</summary>
    public long ById { get; set; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; set; }
}
