using System.Globalization;

namespace BlazorChat.Components.Shared;

/// <summary>What stands for a person who has no avatar image: initials on a colour of theirs.</summary>
public static class Initials
{
    /// <summary>How many colours <c>css/app.css</c> has (<c>.avatar-0</c> and on).</summary>
    public const int Colours = 10;

    /// <summary>The first letters of the first and the last word.</summary>
    public static string Of(string name)
    {
        var words = name.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length switch
        {
            0 => "?",
            1 => First(words[0]),
            _ => First(words[0]) + First(words[^1]),
        };
    }

    /// <summary>A colour that stays the same for a person.</summary>
    public static long Colour(long personId) => personId % Colours;

    private static string First(string word) => StringInfo.GetNextTextElement(word).ToUpperInvariant();
}
