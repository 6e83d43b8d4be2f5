using System.Globalization;
using System.Text;

namespace BlazorChat.Accounts;

/// <summary>The rules for the name that others see and mention.</summary>
public static class PersonName
{
    /// <summary>Longest name, in UTF-16 code units.</summary>
    public const int MaxLength = 40;

    private static readonly string[] Reserved = ["all", "here", "everyone", "channel"];

    /// <summary>
    /// The name as it is stored: trimmed, single spaces, composed (NFC).
    /// </summary>
    /// <exception cref="RefusedException">Empty, too long, or with characters other than letters, digits, spaces and <c>. _ - '</c>, or a word that calls everybody.</exception>
    public static string Parse(string? name)
    {
        var parsed = string.Join(' ', (name ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (parsed.Length == 0)
        {
            throw RefusedException.Invalid("A name is needed.", InputField.Name);
        }

        if (parsed.Length > MaxLength)
        {
            throw RefusedException.Invalid($"A name has at most {MaxLength} characters.", InputField.Name);
        }

        if (Reserved.Contains(parsed, StringComparer.OrdinalIgnoreCase))
        {
            throw RefusedException.Invalid("Nobody can have this name: it calls everybody.", InputField.Name);
        }

        // Before composing: Normalize throws on broken surrogates, which enumerate as U+FFFD and are no letter.
        if (!parsed.EnumerateRunes().All(IsAllowed))
        {
            throw RefusedException.Invalid("A name has letters, digits, spaces and . _ - ' only.", InputField.Name);
        }

        return parsed.Normalize();
    }

    private static bool IsAllowed(Rune rune) =>
        Rune.IsLetterOrDigit(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
        || rune.Value is ' ' or '.' or '_' or '-' or '\'';
}
