using System.Globalization;
using BlazorChat.Accounts;

namespace BlazorChat.Messages;

/// <summary>Another name and face that a bot's webhook gave for one message; the bot's badge stays.</summary>
/// <param name="Name">Instead of the bot's name.</param>
/// <param name="Emoji">Instead of the bot's avatar.</param>
public sealed record MessageAlias(string? Name, string? Emoji)
{
    /// <summary>Longest emoji, in UTF-16 code units: families of several people are long.</summary>
    public const int MaxEmojiLength = 32;

    /// <summary>An alias by the rules for names; <see langword="null"/> where neither is given.</summary>
    /// <exception cref="RefusedException">No name that a person could have, or more than one character for an emoji.</exception>
    public static MessageAlias? Parse(string? name, string? emoji)
    {
        name = string.IsNullOrWhiteSpace(name) ? null : PersonName.Parse(name);
        emoji = string.IsNullOrWhiteSpace(emoji) ? null : emoji.Trim();
        if (emoji is not null && (emoji.Length > MaxEmojiLength || !IsOneSymbol(emoji)))
        {
            throw RefusedException.Invalid("An icon is one emoji.");
        }

        return name is null && emoji is null ? null : new MessageAlias(name, emoji);
    }

    private static bool IsOneSymbol(string text) =>
        new StringInfo(text).LengthInTextElements == 1
        && text.EnumerateRunes().First() is var rune && rune != System.Text.Rune.ReplacementChar
        && (System.Text.Rune.GetUnicodeCategory(rune) is UnicodeCategory.OtherSymbol or UnicodeCategory.MathSymbol or UnicodeCategory.OtherPunctuation
            // A few emoji are letters, and say so: ℹ️, Ⓜ️.
            || (!rune.IsAscii && text.Contains('\uFE0F')));
}
