using System.Text;

namespace BlazorChat.Accounts;

/// <summary>
/// The rules for a new password: long, and not among what everybody tries first. No composition rules, which only make
/// people write "Password1!".
/// </summary>
public static class PasswordRules
{
    /// <summary>Shortest password.</summary>
    public const int MinLength = 10;

    /// <summary>Longest password: room for any phrase, and a bound on what is hashed.</summary>
    public const int MaxLength = 256;

    private static readonly HashSet<string> Common = new(StringComparer.OrdinalIgnoreCase)
    {
        "1234567890", "12345678910", "0123456789", "123456789a", "1234567891", "0987654321", "1111111111", "0000000000",
        "123123123123", "1q2w3e4r5t", "1q2w3e4r5t6y", "1qaz2wsx3edc", "qwertyuiop", "qwerty12345", "qwerty123456",
        "qwertyuiop123", "asdfghjkl1", "asdfghjkl;", "abcdefghij", "abcd123456", "abcdefg123", "password12", "password123",
        "password1234", "password12345", "password123!", "passwordpassword", "passw0rd123", "mypassword", "changeme123",
        "changeme12", "letmein123", "letmein1234", "welcome123", "welcome1234", "iloveyou123", "administrator", "admin12345",
        "admin123456", "superman123", "football123", "baseball123", "sunshine123", "princess123", "monkey12345", "dragon12345",
        "trustno1trustno1", "correcthorsebatterystaple", "zaq12wsxcde3", "1234qwerasdf", "aaaaaaaaaa", "q1w2e3r4t5", "blazorchat",
    };

    /// <summary>Accepts a new password.</summary>
    /// <exception cref="RefusedException">Too short, too long, one of the most common, or the person's own name or address.</exception>
    public static void Check(string? password, string? name, string? email)
    {
        var candidate = password ?? "";
        if (candidate.Length < MinLength)
        {
            throw Invalid($"A password has at least {MinLength} characters.");
        }

        if (candidate.Length > MaxLength)
        {
            throw Invalid($"A password has at most {MaxLength} characters.");
        }

        if (!IsWellFormed(candidate))
        {
            throw Invalid("This password has characters that cannot be stored.");
        }

        var bare = candidate.Trim();
        if (Common.Contains(bare) || bare.Distinct().Count() < 4)
        {
            throw Invalid("This password is one of the first that anybody would try.");
        }

        if (Same(bare, name) || Same(bare, email) || Same(bare, email?.Split('@')[0]))
        {
            throw Invalid("The password must not be your name or e-mail address.");
        }
    }

    /// <summary>Whether the text is whole Unicode; hashing throws on a broken surrogate.</summary>
    internal static bool IsWellFormed(string text)
    {
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var consumed) != System.Buffers.OperationStatus.Done)
            {
                return false;
            }

            rest = rest[consumed..];
        }

        return true;
    }

    private static bool Same(string password, string? own) =>
        !string.IsNullOrWhiteSpace(own) && string.Equals(password, own.Trim(), StringComparison.OrdinalIgnoreCase);

    private static RefusedException Invalid(string message) => RefusedException.Invalid(message, InputField.Password);
}
