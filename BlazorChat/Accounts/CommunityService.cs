using System.Globalization;
using System.Text;
using BlazorChat.Data;
using BlazorChat.Live;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Accounts;

/// <summary>What the community decided about itself.</summary>
/// <param name="Name">Its name.</param>
/// <param name="RegistrationOpen">Whether anybody may register without an invite.</param>
/// <param name="IsSetUp">Whether set-up was completed.</param>
public sealed record CommunityView(string Name, bool RegistrationOpen, bool IsSetUp)
{
    /// <summary>Before set-up.</summary>
    public static CommunityView New { get; } = new("BlazorChat", RegistrationOpen: false, IsSetUp: false);
}

/// <summary>The community's settings changed.</summary>
public sealed record CommunityChanged(string Name, bool RegistrationOpen) : ChatEvent(Topic.Everyone);

/// <summary>The community's settings, kept in memory: every page shows them.</summary>
public sealed class CommunityService(IDbContextFactory<ChatDbContext> contexts, AdministratorGate administrators, ChatService chat)
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
                _current = new CommunityView(stored.Name, stored.RegistrationOpen, IsSetUp: true);
            }
        }

        return _current;
    }

    /// <summary>Gives the community another name. Administrators only.</summary>
    public async Task RenameAsync(Actor actor, string? name)
    {
        await administrators.RequireAsync(actor);
        var parsed = ParseName(name);
        await ChangeAsync(settings => settings.Name = parsed);
    }

    /// <summary>Opens registration to everyone, or closes it to invites. Administrators only.</summary>
    public async Task SetRegistrationAsync(Actor actor, bool open)
    {
        await administrators.RequireAsync(actor);
        await ChangeAsync(settings => settings.RegistrationOpen = open);
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
        _current = new CommunityView(stored.Name, stored.RegistrationOpen, IsSetUp: true);

    private async Task ChangeAsync(Action<CommunitySettings> change)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var settings = await db.Community.SingleOrDefaultAsync() ?? throw RefusedException.NotFound("The community");
        change(settings);
        await db.SaveChangesAsync();
        Completed(settings);
        chat.Raise(new CommunityChanged(settings.Name, settings.RegistrationOpen));
    }
}
