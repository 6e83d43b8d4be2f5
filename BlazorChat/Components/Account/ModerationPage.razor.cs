using System.Globalization;
using System.Net;
using BlazorChat.Accounts;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Account;

/// <summary>What moderation means to the reader: their removed messages and why, their mutes, and whom they blocked.</summary>
public sealed partial class ModerationPage(
    MessageRemovals removals, OwnMutes mutes, BlockService blocks, RoomQueries rooms, NavigationManager navigation) : ComponentBase
{
    private readonly FormErrors _errors = new();
    private Actor? _actor;
    private IReadOnlyList<RemovalView> _removals = [];
    private IReadOnlyList<OwnMute> _mutes = [];
    private IReadOnlyList<BlockedPerson> _blocked = [];
    private IReadOnlyDictionary<long, string> _rooms = new Dictionary<long, string>();

    [CascadingParameter]
    private HttpContext Context { get; set; } = default!;

    // Text and not a number: what is not one names nobody.
    [SupplyParameterFromForm(FormName = "unblock")]
    private string? UnblockId { get; set; }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _actor = Context.User.ToActor();
        if (_actor is not null)
        {
            await _errors.TryAsync(async () =>
            {
                _removals = await removals.MineAsync(_actor);
                _mutes = await mutes.ListAsync(_actor);
                _blocked = await blocks.ListAsync(_actor);
                _rooms = (await rooms.MineAsync(_actor)).ToDictionary(r => r.Id, r => (r.Kind == RoomKind.Public ? "# " : "") + r.Name);
            });
        }
    }

    private async Task UnblockAsync()
    {
        if (_actor is not null && long.TryParse(UnblockId, CultureInfo.InvariantCulture, out var id)
            && await _errors.TryAsync(() => blocks.UnblockAsync(_actor, id)))
        {
            navigation.NavigateTo("/account/moderation?status=unblocked");
        }
    }

    private static MarkupString Date(DateTimeOffset at) => new(
        $"<time datetime='{at:O}'>{WebUtility.HtmlEncode(at.UtcDateTime.ToString("d MMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture))}</time>");
}
