using System.Globalization;
using System.Text;
using BlazorChat.Accounts;

namespace BlazorChat.Rooms;

/// <summary>The rules for how long and why somebody is muted.</summary>
public static class MuteText
{
    /// <summary>The shortest mute.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);

    /// <summary>The longest mute. Whoever should never post again is better banned.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    /// <summary>A time that somebody may be muted for.</summary>
    /// <exception cref="RefusedException">Shorter than <see cref="Shortest"/> or longer than <see cref="Longest"/>.</exception>
    public static TimeSpan Time(TimeSpan time) =>
        time >= Shortest && time <= Longest ? time : throw RefusedException.Invalid("A mute lasts from 1 minute to 365 days.");

    /// <summary>A reason as it is stored: trimmed, without control characters but line ends.</summary>
    /// <exception cref="RefusedException">Empty, or longer than <see cref="Mute.MaxReasonLength"/>.</exception>
    public static string Reason(string? reason)
    {
        var parsed = string.Concat((reason ?? "").ReplaceLineEndings("\n").EnumerateRunes()
            .Where(r => r.Value == '\n' || Rune.GetUnicodeCategory(r) is not (UnicodeCategory.Control or UnicodeCategory.Format))
            .Select(r => r.ToString())).Trim();
        return parsed.Length switch
        {
            0 => throw RefusedException.Invalid("Say why. The person will read it.", nameof(Mute.Reason)),
            > Mute.MaxReasonLength => throw RefusedException.Invalid($"A reason has at most {Mute.MaxReasonLength} characters.", nameof(Mute.Reason)),
            _ => parsed,
        };
    }
}
