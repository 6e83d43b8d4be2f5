using System.Globalization;
using System.Text;
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

    internal static CommunityView Of(CommunitySettings stored) =>
        new(stored.Name, stored.Registration, stored.EditMinutes, stored.RetentionDays, stored.MaxUploadBytes);
}

/// <summary>The community's settings changed.</summary>
public sealed record CommunityChanged(CommunityView Community) : ChatEvent(Topic.Everyone);

/// <summary>The community's settings, kept in memory: every page shows them.</summary>
public sealed class CommunityService(IDbContextFactory<ChatDbContext> contexts, PolicyGate gate, ChatService chat)
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

    /// <summary>Gives the community another name. Administrators only.</summary>
    public async Task RenameAsync(Actor actor, string? name)
    {
        await gate.RequireAsync(actor, Right.ChangeSettings);
        var parsed = ParseName(name);
        await ChangeAsync(settings => settings.Name = parsed);
    }

    /// <summary>Decides who may register. Administrators only.</summary>
    public async Task SetRegistrationAsync(Actor actor, RegistrationMode mode)
    {
        await gate.RequireAsync(actor, Right.ChangeSettings);
        await ChangeAsync(settings => settings.Registration = mode);
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

    private async Task ChangeAsync(Action<CommunitySettings> change)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var settings = await db.Community.SingleOrDefaultAsync() ?? throw RefusedException.NotFound("The community");
        change(settings);
        await db.SaveChangesAsync();
        Completed(settings);
        chat.Raise(new CommunityChanged(_current));
    }
}
