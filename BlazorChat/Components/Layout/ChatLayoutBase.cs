using BlazorChat.Accounts;
using BlazorChat.Components.Shared;
using BlazorChat.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace BlazorChat.Components.Layout;

/// <summary>
/// The frame of every interactive page. It ties the tab to the switchboard, and reloads it when its session ends or another
/// person has signed in.
/// </summary>
public abstract class ChatLayoutBase : ChatComponent
{
    /// <summary>How long after it opened a page is up, and its circuit gives back what only starting needed.</summary>
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(2);

    private ITimer? _started;

    /// <summary>The page.</summary>
    [Parameter]
    public RenderFragment? Body { get; set; }

    /// <summary>The person in the tab; null until they are known.</summary>
    protected PersonView? Me { get; private set; }

    [Inject]
    private PeopleDirectory People { get; set; } = default!;

    [Inject]
    private SessionRegistry Sessions { get; set; } = default!;

    [Inject]
    private IJSRuntime Js { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() => Me = await People.GetAsync(Actor.UserId);

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

        await Circuit.ConnectAsync();
        Subscribe(OnEventsAsync);
        if (!await Sessions.IsActiveAsync(Actor))
        {
            // It ended between the request for the page and now.
            Circuit.Reload();
        }

        // On the circuit's own dispatcher, where its JavaScript calls are made.
        _started = Time.CreateTimer(_ => _ = InvokeAsync(() => CircuitJsonCache.Trim(Js)), null, StartTime, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_started is not null)
        {
            await _started.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    private Task OnEventsAsync(EventBatch batch)
    {
        var ended = batch.Events.Any(e => e is SessionEnded);
        var renamed = batch.Events.OfType<PersonChanged>().LastOrDefault(e => e.Person.Id == Actor.UserId);
        return !ended && renamed is null ? Task.CompletedTask : InvokeAsync(() =>
        {
            if (ended)
            {
                Circuit.Reload();
                return;
            }

            Me = renamed!.Person;
            StateHasChanged();
        });
    }
}
