using BlazorChat.Accounts;

namespace BlazorChat.Moderation;

/// <summary>What moderators and the banned write to each other, and for how long people are banned.</summary>
internal static class BanText
{
    /// <summary>Longest time; longer ones are for good.</summary>
    private static readonly TimeSpan MaxTime = TimeSpan.FromDays(3650);

    public static string Reason(string? reason) => Text(reason, InputField.Reason, "Say why: who is banned reads it.", "A reason");

    public static string Appeal(string? text) => Text(text, InputField.Appeal, "Write what the moderators should know.", "An appeal");

    public static string Answer(string? text) => Text(text, InputField.Appeal, "Write an answer: who is banned reads it.", "An answer");

    /// <summary>When a ban of so long ends; <see langword="null"/> for never.</summary>
    public static DateTimeOffset? End(TimeSpan? time, DateTimeOffset now) => time switch
    {
        null => null,
        { } span when span <= TimeSpan.Zero => throw RefusedException.Invalid("A ban lasts for some time, or for good.", InputField.Time),
        { } span when span > MaxTime => throw RefusedException.Invalid("A ban lasts ten years at most. Leave the time out for one that is for good.", InputField.Time),
        { } span => now + span,
    };

    /// <summary>Since when messages of so long a time are.</summary>
    public static DateTimeOffset? Since(TimeSpan? span, DateTimeOffset now) => span switch
    {
        null => null,
        { } some when some <= TimeSpan.Zero => throw RefusedException.Invalid("Messages are removed of some time, or none.", InputField.Time),
        { } some when some > MaxTime => DateTimeOffset.UnixEpoch,
        { } some => now - some,
    };

    /// <summary>The end of a ban for a log.</summary>
    public static string Until(DateTimeOffset? until) => until is { } end ? $"until {end.UtcDateTime:yyyy-MM-dd HH:mm} UTC" : "for good";

    private static string Text(string? text, string field, string missing, string what)
    {
        text = (text ?? "").Trim().ReplaceLineEndings("\n");
        return text.Length == 0 ? throw RefusedException.Invalid(missing, field)
            : text.Length > Ban.MaxTextLength ? throw RefusedException.Invalid($"{what} has at most {Ban.MaxTextLength:N0} characters.", field)
            : !PasswordRules.IsWellFormed(text) || text.Any(c => char.IsControl(c) && c is not ('\n' or '\t')) ? throw RefusedException.Invalid("This text has characters in it that cannot be stored.", field)
            : text;
    }
}
