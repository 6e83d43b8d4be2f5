using System.Globalization;
using System.Net.Mail;
using System.Text;

namespace BlazorChat.Accounts;

/// <summary>The rules for the address that a person signs in with.</summary>
public static class EmailAddress
{
    /// <summary>Longest address (RFC 5321's path limit).</summary>
    public const int MaxLength = 254;

    /// <summary>The address as it is stored: trimmed.</summary>
    /// <exception cref="RefusedException">Not an address.</exception>
    public static string Parse(string? email)
    {
        var parsed = (email ?? "").Trim();
        if (parsed.Length == 0)
        {
            throw RefusedException.Invalid("An e-mail address is needed.", InputField.Email);
        }

        // MailAddress also reads "Ann <ann@example.com>"; only the bare address equals its own parse.
        if (parsed.Length > MaxLength
            || !parsed.EnumerateRunes().All(IsAllowed)
            || !MailAddress.TryCreate(parsed, out var address)
            || address.Address != parsed)
        {
            throw RefusedException.Invalid("This is not an e-mail address.", InputField.Email);
        }

        return parsed;
    }

    // U+FFFD stands for a broken surrogate, on which the lookup's Normalize would throw.
    private static bool IsAllowed(Rune rune) =>
        rune != Rune.ReplacementChar
        && !Rune.IsWhiteSpace(rune)
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.OtherNotAssigned);
}
