using BlazorChat.Accounts;

namespace BlazorChat.Rooms;

/// <summary>The rules for a room's name and description.</summary>
public static class RoomText
{
    /// <summary>A name as it is stored: one line, single spaces.</summary>
    /// <exception cref="RefusedException">Empty or too long.</exception>
    public static string Name(string? name)
    {
        var parsed = OneLine(name).TrimStart('#').Trim();
        return parsed.Length switch
        {
            0 => throw RefusedException.Invalid("A room needs a name."),
            > Room.MaxNameLength => throw RefusedException.Invalid($"A room's name has at most {Room.MaxNameLength} characters."),
            _ => parsed,
        };
    }

    /// <summary>A description as it is stored: one line.</summary>
    /// <exception cref="RefusedException">Too long.</exception>
    public static string Description(string? description)
    {
        var parsed = OneLine(description);
        return parsed.Length <= Room.MaxDescriptionLength
            ? parsed
            : throw RefusedException.Invalid($"A description has at most {Room.MaxDescriptionLength} characters.");
    }

    private static string OneLine(string? text) => string.Concat(
        string.Join(' ', (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .EnumerateRunes()
            .Where(r => System.Text.Rune.GetUnicodeCategory(r) is not (System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format))
            .Select(r => r.ToString())).Trim();
}
