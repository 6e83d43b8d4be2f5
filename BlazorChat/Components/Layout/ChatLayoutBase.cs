using BlazorChat.Accounts;
using BlazorChat.Components.Shared;
using BlazorChat.Live;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Layout;

/// <summary>
/// The frame of every interactive page. It ties the tab to the switchboard, and reloads it when its session ends or another
/// person has signed in.
/// </summary>
public abstract class ChatLayoutBase : ChatComponent
{
    /// <summary>The page.</summary>
    [Parameter]
    public RenderFragment? Body { get; set; }

    /// <summary>The person in the tab; null until they are known.</summary>
    protected PersonView? Me { get; private set; }

    [Inject]
    private PeopleDirectory People { get; set; } = default!;

    [Inject]
    private SessionRegistry Sessions { get; set; } = default!;

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
