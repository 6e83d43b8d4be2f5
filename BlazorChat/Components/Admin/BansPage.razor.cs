using BlazorChat.Accounts;
using BlazorChat.Components.Shared;
using BlazorChat.Live;
using BlazorChat.Moderation;
using MudBlazor;

namespace BlazorChat.Components.Admin;

/// <summary>Bans and appeals, live: what another moderator does shows here at once.</summary>
public sealed partial class BansPage : ChatComponent
{
    private MudDataGrid<BanView>? _grid;
    private Slice<BanView>? _slice;
    private BanFilter _filter;
    private string _search = "";
    private string? _sorted;
    private int _page;
    private bool _failed;
    private bool _bansNetworks;

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => TryAsync(async () =>
        _bansNetworks = Policy.Allows((await People.GetAsync(Actor.UserId)).Role, Right.BanAddresses));

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender || !Policy.Allows((await People.GetAsync(Actor.UserId)).Role, Right.Ban) || IsDisposed)
        {
            return;
        }

        // The hint says nothing of the list: who was demoted since gets it and is refused the list.
        Subscribe(batch => batch.Missed || batch.Events.Any(e => e is ModerationChanged { List: ModerationList.Bans })
            ? InvokeAsync(() => TurnAsync(_page))
            : Task.CompletedTask).Follow(Topic.Moderation);
    }

    private async Task<GridData<BanView>> LoadAsync(GridState<BanView> state, CancellationToken cancel)
    {
        var sort = state.SortDefinitions.FirstOrDefault();
        if (_sorted != $"{sort?.SortBy} {sort?.Descending}")
        {
            (_sorted, _page) = ($"{sort?.SortBy} {sort?.Descending}", 0);
        }

        var order = sort?.SortBy switch
        {
            "Name" => BanOrder.Name,
            "At" => BanOrder.At,
            "Until" => BanOrder.Until,
            _ => BanOrder.Urgency,
        };
        _failed = !await TryAsync(async () => _slice = await Bans.ListAsync(Actor, new BanQuery(_filter, _search, order, sort?.Descending ?? false, _page)));
        StateHasChanged();
        return _failed ? new GridData<BanView>() : new GridData<BanView> { Items = _slice!.Rows, TotalItems = _slice.Total };
    }

    private Task SearchAsync(string? search)
    {
        _search = search ?? "";
        return TurnAsync(0);
    }

    private Task TurnAsync(int page)
    {
        _page = page;
        return _grid?.ReloadServerData() ?? Task.CompletedTask;
    }

    private Task<object?> BanNetworkAsync() => Dialogs.ShowAsync<NetworkBanDialog>("Ban a network");

    private Task<object?> LiftAsync(BanView ban, bool isAnswer) => Dialogs.ShowAsync<LiftBanDialog>(
        isAnswer ? $"Answer {ban.Name}" : $"Lift the ban of {ban.Name}",
        new DialogParameters<LiftBanDialog> { { d => d.Ban, ban }, { d => d.IsAnswer, isAnswer } });

    private async Task RestoreAsync(BanView ban)
    {
        if (await Dialogs.ConfirmAsync(
            "Restore messages", $"The messages of {ban.Name} that were removed with the ban are there again for everyone, as they were.", "Restore"))
        {
            await TryAsync(() => Service.RestoreMessagesAsync(Actor, ban.Id));
        }
    }
}
