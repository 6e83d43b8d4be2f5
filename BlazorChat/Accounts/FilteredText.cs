using BlazorChat.Filtering;

namespace BlazorChat.Accounts;

/// <summary>What the word filter means for names and other short texts, which cannot wait for a moderator.</summary>
public static class FilteredText
{
    /// <summary>A name by the rules for names and by the word filter. A name cannot be masked: nobody could mention it.</summary>
    /// <exception cref="RefusedException">No name, or not here.</exception>
    public static string Name(this TextFilter filter, string? name)
    {
        var parsed = PersonName.Parse(name);
        var verdict = filter.Judge(parsed);
        return verdict.IsPass ? parsed : throw RefusedShort(verdict, "name", "choose another", InputField.Name);
    }

    /// <summary>A text as it may be stored: masked where a rule says so.</summary>
    /// <param name="filter">The word filter.</param>
    /// <param name="text">The text.</param>
    /// <param name="what">What it is, in words that follow "This".</param>
    /// <param name="instead">What to do in place of taking the word out.</param>
    /// <param name="current">What is stored already: keeping that is refused to nobody, whatever rules came since.</param>
    /// <exception cref="RefusedException">Blocked, or it would have to wait for a moderator.</exception>
    public static string Clean(this TextFilter filter, string text, string what, string instead, string? current = null)
    {
        var verdict = filter.Judge(text);
        return text == current || verdict.IsPass ? text
            : verdict.Action == FilterAction.Mask ? verdict.Text
            : throw RefusedShort(verdict, what, instead, null);
    }

    /// <summary>Refuses a text in the rule's words, or the usual ones.</summary>
    public static RefusedException Refused(Verdict verdict, string what) => RefusedException.Invalid(
        verdict.Explanation.Length > 0 ? verdict.Explanation
            : verdict.Found.Length > 0 ? $"This {what} has words in it that are not allowed here: “{verdict.Found}”."
            : $"This {what} has words in it that are not allowed here.");

    /// <summary>The words of a rule, so that others can follow.</summary>
    internal static string Sentence(string explanation) => explanation.TrimEnd() is var words && char.IsPunctuation(words[^1]) ? words : $"{words}.";

    /// <summary>Refuses what nobody can look at first and nothing can be covered in, and says what to do.</summary>
    private static RefusedException RefusedShort(Verdict verdict, string what, string instead, string? field)
    {
        var why = verdict.Explanation.Length > 0 ? Sentence(verdict.Explanation)
            : verdict.Action == FilterAction.Hold ? "There are words in it that a moderator looks at first."
            : $"This {what} has words in it that are not allowed here.";
        var then = verdict.Action switch
        {
            FilterAction.Hold => $"A {what} cannot wait for that: take out “{verdict.Found}”, or {instead}.",
            FilterAction.Block => $"Take “{verdict.Found}” out of the {what}, or {instead}.",
            _ => $"In messages they are covered, which a {what} cannot be: take them out, or {instead}.",
        };
        return RefusedException.Invalid($"{why} {then}", field);
    }
}
