using BlazorChat.Accounts;
using BlazorChat.Components.Shared;
using BlazorChat.Live;
using BlazorChat.Moderation;
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

    /// <summary>How long a refused tab has to leave. Who stays does not mean to, and their circuit ends.</summary>
    private static readonly TimeSpan LeaveTime = TimeSpan.FromSeconds(30);

    private ITimer? _timer;

    // What was announced when it was last looked at, dismissed or not.
    private long? _announcementId;

    /// <summary>The page.</summary>
    [Parameter]
    public RenderFragment? Body { get; set; }

    /// <summary>The person in the tab; null until they are known.</summary>
    protected PersonView? Me { get; private set; }

    /// <summary>What everyone is told, until the person dismisses it.</summary>
    protected AnnouncementView? Announcement { get; private set; }

    [Inject]
    private Announcements Announcements { get; set; } = default!;

    [Inject]
    private CurrentAnnouncement Current { get; set; } = default!;

    [Inject]
    private PeopleDirectory People { get; set; } = default!;

    [Inject]
    private SessionRegistry Sessions { get; set; } = default!;

    [Inject]
    private IJSRuntime Js { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Circuit.Refused += OnRefused;
        if (Circuit.IsRefused)
        {
            EndSoon();
            return;
        }

        Me = await People.GetAsync(Actor.UserId);
        await LookAtAnnouncementAsync();
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

        if (Circuit.IsRefused)
        {
            Circuit.Leave();
            return;
        }

        Subscribe(OnEventsAsync);
        if (!await Sessions.IsActiveAsync(Actor))
        {
            // It ended between the request for the page and now.
            Circuit.Reload();
        }

        // What was announced since the page was rendered.
        if (await LookAtAnnouncementAsync())
        {
            StateHasChanged();
        }

        // On the circuit's own dispatcher, where its JavaScript calls are made.
        _timer = Time.CreateTimer(_ => _ = InvokeAsync(() => CircuitJsonCache.Trim(Js)), null, StartTime, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Circuit.Refused -= OnRefused;
        if (_timer is not null)
        {
            await _timer.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Shows the announcement to this person no more, in any of their tabs.</summary>
    protected Task DismissAsync() => Announcement is { } announcement ? TryAsync(() => Announcements.DismissAsync(Actor, announcement.Id)) : Task.CompletedTask;

    private void OnRefused() => _ = InvokeAsync(() =>
    {
        Me = null;
        StateHasChanged();
        EndSoon();
        Circuit.Leave();
    });

    /// <summary>Ends the circuit, unless the browser has left by then.</summary>
    private void EndSoon()
    {
        _timer?.Dispose();
        _timer = Time.CreateTimer(
            _ => _ = InvokeAsync(() => DispatchExceptionAsync(new InvalidOperationException($"User {Actor.UserId} has too many tabs, and this one did not leave."))),
            null, LeaveTime, Timeout.InfiniteTimeSpan);
    }

    private Task OnEventsAsync(EventBatch batch)
    {
        var ended = batch.Events.Any(e => e is SessionEnded);
        var renamed = batch.Events.OfType<PersonChanged>().LastOrDefault(e => e.Person.Id == Actor.UserId);
        var announced = batch.Events.Where(e => e is AnnouncementChanged or AnnouncementDismissed).ToArray();
        var missed = batch.Missed;
        return !ended && !missed && renamed is null && announced.Length == 0 ? Task.CompletedTask : InvokeAsync(async () =>
        {
            if (ended)
            {
                Circuit.Reload();
                return;
            }

            Me = renamed?.Person ?? Me;
            Array.ForEach(announced, Take);
            if (missed)
            {
                _announcementId = null;
                await LookAtAnnouncementAsync();
            }

            StateHasChanged();
        });
    }

    /// <summary>Takes up what happened, which nobody asks the database about: nobody can have dismissed before what is new.</summary>
    private void Take(ChatEvent e)
    {
        if (e is AnnouncementChanged { Announcement: var announcement })
        {
            (Announcement, _announcementId) = (announcement, announcement?.Id);
        }
        else if (e is AnnouncementDismissed { AnnouncementId: var dismissed } && dismissed == Announcement?.Id)
        {
            Announcement = null;
        }
    }

    /// <summary>Returns whether another one is announced than when it last looked. Nothing is asked for while there is none.</summary>
    private async Task<bool> LookAtAnnouncementAsync()
    {
        var shown = Current.Shown;
        if (shown?.Id == _announcementId)
        {
            Announcement = shown is null ? null : Announcement;
            return false;
        }

        _announcementId = shown?.Id;
        Announcement = null;
        return await TryAsync(async () => Announcement = await Announcements.FindAsync(Actor));
    }
}
