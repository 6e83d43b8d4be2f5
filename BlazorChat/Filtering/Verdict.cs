namespace BlazorChat.Filtering;

/// <summary>What becomes of a text.</summary>
/// <param name="Action">What is done with it; <see langword="null"/> where no rule found anything.</param>
/// <param name="Text">The text as it may be shown: as it was, or with what <see cref="FilterAction.Mask"/> rules found covered.</param>
/// <param name="Explanation">The words of the rule that blocks or holds it; empty for the usual ones.</param>
/// <param name="Found">What that rule found, as it was written.</param>
public sealed record Verdict(FilterAction? Action, string Text, string Explanation = "", string Found = "")
{
    /// <summary>Most characters of <see cref="Found"/>.</summary>
    public const int MaxFoundLength = 200;

    /// <summary>Whether the text stays as it is and goes where it was meant to.</summary>
    public bool IsPass => Action is null;
}
