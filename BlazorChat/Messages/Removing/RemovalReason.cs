using System.Globalization;
using System.Text;
using BlazorChat.Accounts;

namespace BlazorChat.Messages;

/// <summary>The rules for why a message was removed.</summary>
public static class RemovalReason
{
    /// <summary>What its author reads where a program or an older client gave no reason.</summary>
    public const string None = "No reason was given.";

    /// <summary>A reason as it is stored: trimmed, without control characters but line ends.</summary>
    /// <exception cref="RefusedException">Empty, or longer than <see cref="RemovedMessage.MaxReasonLength"/>.</exception>
    public static string Parse(string? reason)
    {
        var parsed = string.Concat((reason ?? "").ReplaceLineEndings("\n").EnumerateRunes()
            .Where(r => r.Value == '\n' || Rune.GetUnicodeCategory(r) is not (UnicodeCategory.Control or UnicodeCategory.Format))
            .Select(r => r.ToString())).Trim();
        return parsed.Length switch
        {
            0 => throw RefusedException.Invalid("Say why the message is removed. Its author will read it.", nameof(RemovedMessage.Reason)),
            > RemovedMessage.MaxReasonLength => throw RefusedException.Invalid(
                $"A reason has at most {RemovedMessage.MaxReasonLength} characters.", nameof(RemovedMessage.Reason)),
            _ => parsed,
        };
    }
}
