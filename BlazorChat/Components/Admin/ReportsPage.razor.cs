using BlazorChat.Accounts;
using BlazorChat.Live;
using BlazorChat.Moderation;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Admin;

/// <summary>What was reported, and one report with its context; both follow live what other moderators do.</summary>
public sealed partial class ReportsPage
{
    private static readonly (string View, string Name)[] Views =
        [("open", "Waiting"), ("claimed", "Taken"), ("mine", "Mine"), ("resolved", "Resolved"), ("dismissed", "Dismissed")];

    // Where the pages before this one began.
    private readonly Stack<long?> _past = new();
    private ReportPage? _page;
    private ReportCase? _case;
    private string _view = "open";
    private bool _oldestFirst = true;
    private bool _failed;
    private long? _from;
    private long? _shown;
    private Subscription? _live;

    /// <summary>The report that is open; <see langword="null"/> for the list.</summary>
    [SupplyParameterFromQuery(Name = "report")]
    public long? ReportId { get; set; }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_live is not null && _shown != ReportId)
        {
            await LoadAsync();
        }
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender || IsDisposed)
        {
            return;
        }

        _live = Subscribe(OnEventsAsync);
        await LoadAsync();
        StateHasChanged();
    }

    private async Task LoadAsync()
    {
        if (_live is not { } live)
        {
            return;
        }

        // What happens while this loads is heard afterwards, and only by somebody who may.
        using (live.Hold())
        {
            live.Follow(Topic.Moderation);
            _shown = ReportId;
            ReportCase? found = null;
            ReportPage? page = null;
            _failed = !await TryAsync(async () =>
            {
                if (_shown is { } id)
                {
                    found = await Reports.ContextAsync(Actor, id);
                }
                else
                {
                    page = await Reports.ListAsync(Actor, new ReportFilter(StateOf(_view), _view == "mine", _oldestFirst, _from));
                }
            });
            (_case, _page) = (found, page);
            if (_failed)
            {
                live.Unfollow(Topic.Moderation);
            }
        }
    }

    private Task OnEventsAsync(EventBatch batch) =>
        batch.Missed || batch.Events.Any(e => e is ModerationChanged { List: ModerationList.Reports } || (e is PersonChanged changed && changed.Person.Id == Actor.UserId))
            ? InvokeAsync(async () =>
            {
                await LoadAsync();
                StateHasChanged();
            })
            : Task.CompletedTask;

    private Task ShowAsync(string view)
    {
        // What waits is worked off from its beginning; what is done is looked up from its end.
        (_view, _oldestFirst) = (view, view is "open" or "claimed" or "mine");
        return RestartAsync();
    }

    private Task OrderAsync(ChangeEventArgs e)
    {
        _oldestFirst = e.Value as string == "oldest";
        return RestartAsync();
    }

    private Task RestartAsync()
    {
        _past.Clear();
        _from = null;
        return LoadAsync();
    }

    private Task NextAsync()
    {
        _past.Push(_from);
        _from = _page?.Rows[^1].Id;
        return LoadAsync();
    }

    private Task PreviousAsync()
    {
        _from = _past.Pop();
        return LoadAsync();
    }

    private static ReportState StateOf(string view) => view switch
    {
        "claimed" or "mine" => ReportState.Claimed,
        "resolved" => ReportState.Resolved,
        "dismissed" => ReportState.Dismissed,
        _ => ReportState.Open,
    };

    private string HandledBy(ReportRow row, PersonView handler)
    {
        var name = handler.Id == Actor.UserId ? "You" : handler.Name;
        var outcome = row.Outcome.Length > 0 ? $": {row.Outcome}" : "";
        return row.State switch
        {
            ReportState.Claimed => handler.Id == Actor.UserId ? "You have taken this." : $"{name} has taken this.",
            ReportState.Resolved => $"{name} resolved it{outcome}",
            _ => $"{name} dismissed it{outcome}",
        };
    }
}
