using System.Globalization;
using System.Text;
using BlazorChat.Accounts.Audit;
using BlazorChat.Data;
using BlazorChat.Live;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Accounts;

/// <summary>What the community decided about itself.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Registration">Who may register.</param>
/// <param name="EditMinutes">For how long people may edit their messages; <see langword="null"/> for always.</param>
/// <param name="RetentionDays">After how many days messages go for good; <see langword="null"/> for never.</param>
/// <param name="MaxUploadBytes">Largest picture; <see langword="null"/> for what the server takes at the most.</param>
/// <param name="IsSetUp">Whether set-up was completed.</param>
public sealed record CommunityView(
    string Name, RegistrationMode Registration = RegistrationMode.ByInvite, int? EditMinutes = null, int? RetentionDays = null,
    int? MaxUploadBytes = null, bool IsSetUp = true)
{
    /// <summary>Before set-up.</summary>
    public static CommunityView New { get; } = new("BlazorChat", IsSetUp: false);

    /// <summary>Whether anybody may register without an invite.</summary>
    public bool RegistrationOpen => Registration == RegistrationMode.Open;

    /// <summary>Largest picture that people may upload, in bytes.</summary>
    public int LargestUpload => Math.Min(MaxUploadBytes ?? AvatarImage.MaxBytes, AvatarImage.MaxBytes);

    internal static CommunityView Of(CommunitySettings stored) =>
        new(stored.Name, stored.Registration, stored.EditMinutes, stored.RetentionDays, stored.MaxUploadBytes);
}

/// <summary>What administrators choose for the community; as <see cref="CommunityView"/> has it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Registration">Who may register.</param>
/// <param name="EditMinutes">For how long people may edit their messages; <see langword="null"/> for always, 0 for never.</param>
/// <param name="RetentionDays">After how many days messages go for good; <see langword="null"/> for never.</param>
/// <param name="MaxUploadBytes">Largest picture; <see langword="null"/> for what the server takes at the most.</param>
public sealed record CommunityChoices(
    string? Name, RegistrationMode Registration = RegistrationMode.ByInvite, int? EditMinutes = null, int? RetentionDays = null, int? MaxUploadBytes = null)
{
    /// <summary>Longest time to edit, in minutes: thirty days.</summary>
    public const int MaxEditMinutes = 30 * 24 * 60;

    /// <summary>Longest retention, in days: ten years.</summary>
    public const int MaxRetentionDays = 3_650;

    /// <summary>Least that a picture may have, in bytes.</summary>
    public const int MinUploadBytes = 64 * 1024;

    /// <summary>What is chosen now.</summary>
    public static CommunityChoices Of(CommunityView now) => new(now.Name, now.Registration, now.EditMinutes, now.RetentionDays, now.MaxUploadBytes);
}

/// <summary>The community's settings changed.</summary>
public sealed record CommunityChanged(CommunityView Community) : ChatEvent(Topic.Everyone);

/// <summary>The community's settings, kept in memory: every page shows them.</summary>
public sealed class CommunityService(IDbContextFactory<ChatDbContext> contexts, PolicyGate gate, AuditLog audit, ChatService chat)
{
    private volatile CommunityView _current = CommunityView.New;

    /// <summary>The settings as last known, without asking the database. Any request has loaded them before a page shows.</summary>
    public CommunityView Current => _current;

    /// <summary>The community's name, as last known.</summary>
    public string Name => _current.Name;

    /// <summary>The settings.</summary>
    public async ValueTask<CommunityView> GetAsync()
    {
        // Until set-up is complete, every request looks: the command line may complete it from another process.
        if (!_current.IsSetUp)
        {
            await using var db = await contexts.CreateDbContextAsync();
            if (await db.Community.AsNoTracking().SingleOrDefaultAsync() is { } stored)
            {
                _current = CommunityView.Of(stored);
            }
        }

        return _current;
    }

    /// <summary>Changes the settings, all that were chosen or none; each that is another now is on record by itself. Administrators only.</summary>
    /// <param name="actor">Who changes them.</param>
    /// <param name="choices">What they are to be.</param>
    /// <param name="seen">What the actor saw when choosing: two who change them at once do not overwrite each other unawares.</param>
    /// <exception cref="RefusedException">A choice is out of its limits; a Conflict when the settings are not as seen any more.</exception>
    public async Task SaveAsync(Actor actor, CommunityChoices choices, CommunityChoices seen)
    {
        var wanted = Parse(choices);
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await gate.RequireAsync(db, actor, Right.ChangeSettings);
        var settings = await db.Community.AsTracking().SingleOrDefaultAsync() ?? throw RefusedException.NotFound("The community");
        var before = CommunityChoices.Of(CommunityView.Of(settings));
        if (before != seen)
        {
            throw new RefusedException(Refusal.Conflict, "Somebody else changed the settings meanwhile. Look at them again, then save.");
        }

        settings.Name = wanted.Name!;
        settings.Registration = wanted.Registration;
        settings.EditMinutes = wanted.EditMinutes;
        settings.RetentionDays = wanted.RetentionDays;
        settings.MaxUploadBytes = wanted.MaxUploadBytes;
        foreach (var (name, was, now) in Changes(before, wanted))
        {
            await audit.AddAsync(db, actor, AuditAct.SettingChanged, new AuditMatter(AuditSubject.Settings, Name: name), was, now);
        }

        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        Completed(settings);
        chat.Raise(new CommunityChanged(_current));
    }

    /// <summary>The name as it is stored: trimmed, single spaces, composed.</summary>
    /// <exception cref="RefusedException">Empty, too long, or with control characters.</exception>
    public static string ParseName(string? name)
    {
        var parsed = string.Join(' ', (name ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (parsed.Length is 0 or > CommunitySettings.MaxNameLength)
        {
            throw RefusedException.Invalid(
                parsed.Length == 0 ? "The community needs a name." : $"The name has at most {CommunitySettings.MaxNameLength} characters.",
                InputField.CommunityName);
        }

        return parsed.EnumerateRunes().Any(r => r == Rune.ReplacementChar
                || Rune.GetUnicodeCategory(r) is UnicodeCategory.Control or UnicodeCategory.Format)
            ? throw RefusedException.Invalid("The name has characters that cannot be shown.", InputField.CommunityName)
            : parsed.Normalize();
    }

    /// <summary>Takes up settings that set-up has just stored.</summary>
    internal void Completed(CommunitySettings stored) =>
        _current = CommunityView.Of(stored);

    private static CommunityChoices Parse(CommunityChoices choices)
    {
        if (!Enum.IsDefined(choices.Registration))
        {
            throw RefusedException.Invalid("Choose who may register.");
        }

        Require(choices.EditMinutes is null or (>= 0 and <= CommunityChoices.MaxEditMinutes), "Messages can be edited for 0 minutes to 30 days, or always.", InputField.EditMinutes);
        Require(choices.RetentionDays is null or (>= 1 and <= CommunityChoices.MaxRetentionDays), "Messages are kept for 1 to 3,650 days, or for good.", InputField.RetentionDays);
        Require(
            choices.MaxUploadBytes is null or (>= CommunityChoices.MinUploadBytes and <= AvatarImage.MaxBytes), "A picture may have 64 KB to 5 MB.", InputField.MaxUpload);
        return choices with { Name = ParseName(choices.Name) };

        static void Require(bool isRight, string otherwise, string field)
        {
            if (!isRight)
            {
                throw RefusedException.Invalid(otherwise, field);
            }
        }
    }

    private static IEnumerable<(string Name, string Before, string After)> Changes(CommunityChoices before, CommunityChoices after) =>
        new[]
        {
            ("Name", before.Name ?? "", after.Name ?? ""),
            ("Registration", $"{before.Registration}", $"{after.Registration}"),
            ("Edit window", Text(before.EditMinutes, "minutes", "always"), Text(after.EditMinutes, "minutes", "always")),
            ("Retention", Text(before.RetentionDays, "days", "for good"), Text(after.RetentionDays, "days", "for good")),
            ("Largest picture", Text(before.MaxUploadBytes, "bytes", "as the server"), Text(after.MaxUploadBytes, "bytes", "as the server")),
        }.Where(c => c.Item2 != c.Item3);

    private static string Text(int? number, string unit, string none) =>
        number is { } some ? $"{some.ToString(CultureInfo.InvariantCulture)} {unit}" : none;
}
