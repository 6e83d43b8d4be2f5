using System.Globalization;
using BlazorChat.Accounts;
using BlazorChat.Components.Shared;
using BlazorChat.Moderation.Overview;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Admin;

/// <summary>The community's settings, saved together, unless somebody else has changed them since they were shown.</summary>
public sealed partial class CommunityForm : ChatComponent
{
    private static readonly (RegistrationMode Mode, string Text)[] s_modes =
    [
        (RegistrationMode.ByInvite, "Whoever has an invite"),
        (RegistrationMode.Open, "Anybody who reaches this server"),
        (RegistrationMode.Closed, "Nobody for now, not even with an invite"),
    ];

    private static readonly (int? Value, string Text)[] s_edits =
        [(null, "always"), (0, "never"), (5, "for 5 minutes"), (15, "for 15 minutes"), (60, "for an hour"), (24 * 60, "for a day"), (7 * 24 * 60, "for a week")];

    private static readonly (int? Value, string Text)[] s_retentions =
        [(null, "for good"), (7, "7 days"), (30, "30 days"), (90, "90 days"), (180, "180 days"), (365, "a year"), (2 * 365, "two years")];

    private static readonly (int? Value, string Text)[] s_uploads =
        [(null, $"{AvatarImage.SizeText(AvatarImage.MaxBytes)}, the server's limit"), (256 * 1024, "256 KB"), (1024 * 1024, "1 MB"), (2 * 1024 * 1024, "2 MB")];

    private CommunityChoices _seen = new("");
    private string _name = "";
    private RegistrationMode _registration;
    private string _edit = "";
    private string _retention = "";
    private string _upload = "";
    private string? _error;
    private bool _isStale;

    [Inject]
    private CommunityService Community { get; set; } = default!;

    [Inject]
    private OverviewService Overview { get; set; } = default!;

    [Inject]
    private Dialogs Dialogs { get; set; } = default!;

    /// <inheritdoc/>
    protected override void OnInitialized() => Take();

    private void Take()
    {
        _seen = CommunityChoices.Of(Community.Current);
        (_name, _registration) = (_seen.Name ?? "", _seen.Registration);
        (_edit, _retention, _upload) = (Text(_seen.EditMinutes), Text(_seen.RetentionDays), Text(_seen.MaxUploadBytes));
        (_error, _isStale) = (null, false);
    }

    private async Task SaveAsync()
    {
        var choices = new CommunityChoices(_name, _registration, Number(_edit), Number(_retention), Number(_upload));
        if (choices.RetentionDays is { } days && (_seen.RetentionDays is null || days < _seen.RetentionDays) && !await ConfirmRetentionAsync(days))
        {
            return;
        }

        _error = null;
        await TryAsync(async () =>
        {
            try
            {
                await Community.SaveAsync(Actor, choices, _seen);
                Take();
                Notices.Show("Saved.");
            }
            catch (RefusedException refused) when (refused.Refusal is Refusal.Conflict or Refusal.Invalid)
            {
                (_error, _isStale) = (refused.Message, refused.Refusal == Refusal.Conflict);
            }
        });
    }

    private async Task<bool> ConfirmRetentionAsync(int days)
    {
        long older = 0;
        return await TryAsync(async () => older = await Overview.OlderThanAsync(Actor, days))
            && await Dialogs.ConfirmAsync(
                "Delete old messages",
                (older == 0
                    ? $"No message is older than {days} days now; each is deleted for good when it is, with its place in the search."
                    : $"{AdminText.Number(older)} messages are older than {days} days. They are deleted for good soon after you save, with their place in the search, and others as they get as old.")
                + " Rooms with a time of their own keep to that. It cannot be undone.",
                older == 0 ? "Save" : "Delete them");
    }

    private static string Text(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static int? Number(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The usual choices, and what was chosen by another way.</summary>
    private static IEnumerable<(string Value, string Text)> Options((int? Value, string Text)[] usual, int? current, string unit) =>
        (Array.Exists(usual, u => u.Value == current) ? usual : [.. usual, (current, $"{AdminText.Number(current ?? 0)} {unit}")]).Select(u => (Text(u.Value), u.Text));
}
