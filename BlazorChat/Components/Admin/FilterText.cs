using BlazorChat.Filtering;
using BlazorChat.Moderation;

namespace BlazorChat.Components.Admin;

/// <summary>What the pages say of the word filter.</summary>
internal static class FilterText
{
    /// <summary>An action in a word.</summary>
    public static string Of(FilterAction action) => action switch
    {
        FilterAction.Block => "Block",
        FilterAction.Hold => "Hold for review",
        _ => "Mask",
    };

    /// <summary>The same in a sentence.</summary>
    public static string Means(FilterAction action) => action switch
    {
        FilterAction.Block => "It is refused, with the explanation.",
        FilterAction.Hold => "A message waits for a moderator. Where nothing can wait (edits, names, rooms) it is refused.",
        _ => "What is found is covered, one • for each character. Names cannot be covered and are refused.",
    };

    /// <summary>What would happen to a sample.</summary>
    public static string Of(Verdict verdict) => verdict.Action switch
    {
        FilterAction.Block => $"Blocked. Found: “{verdict.Found}”.",
        FilterAction.Hold => $"Held for review. Found: “{verdict.Found}”.",
        FilterAction.Mask => "Masked. It would read:",
        _ => "Nothing is found in it: it passes.",
    };
}
