using BlazorChat.Accounts;
using BlazorChat.Components.Messages;
using BlazorChat.Components.Shared;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace BlazorChat.Components.Rooms;

/// <summary>A room: its header, conversation, composer and people. It renders when the room changes, never for a message.</summary>
public abstract partial class RoomPageBase : ChatComponent
{
    // A timer takes 49 days at the most; a longer mute is looked at again then.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(40);

    private Subscription? _live;
    private ITimer? _mute;
    private long? _shownId;
    private long? _shownMessageId;

    /// <summary>The room.</summary>
    [Parameter]
    public long Id { get; set; }

    /// <summary>The message to show in its context.</summary>
    [Parameter]
    public long? MessageId { get; set; }

    /// <summary>The community's settings.</summary>
    [Inject]
    protected CommunityService Community { get; set; } = default!;

    /// <summary>What the composer calls.</summary>
    [Inject]
    protected ComposerHost Host { get; set; } = default!;

    /// <summary>The room as it is shown; null until it is loaded.</summary>
    protected RoomView? Room { get; private set; }

    /// <summary>Whether there is no such room for the actor.</summary>
    protected bool IsMissing { get; private set; }

    /// <summary>Whether the people of the room are in view.</summary>
    protected bool ShowsMembers { get; private set; }

    /// <summary>The message that the list opens at.</summary>
    protected long? TargetId { get; private set; }

    /// <summary>Another room or permalink is another list.</summary>
    protected object ListKey => (Room!.Id, TargetId);

    [Inject]
    private RoomQueries Rooms { get; set; } = default!;

    [Inject]
    private MembershipService Memberships { get; set; } = default!;

    [Inject]
    private RoomWatch Watch { get; set; } = default!;

    [Inject]
    private Dialogs Dialogs { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_shownId == Id && _shownMessageId == MessageId)
        {
            return;
        }

        var moved = _shownId != Id;
        (_shownId, _shownMessageId) = (Id, MessageId);
        await LoadAsync();
        if (moved && _live is not null)
        {
            await FollowAsync();
        }
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _live = Subscribe(OnEventsAsync);
            WaitForEndOfMute();
            await FollowAsync();
        }
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        // Another page is open now: nobody looks at the room any more.
        if (Circuit.Connection is { } connection && connection.RoomId == Room?.Id)
        {
            connection.RoomId = null;
        }

        _mute?.Dispose();
        GC.SuppressFinalize(this);
        return base.DisposeAsync();
    }

    /// <summary>Shows or hides the people of the room.</summary>
    protected void ToggleMembers() => ShowsMembers = !ShowsMembers;

    /// <summary>Joins the room in view.</summary>
    protected async Task JoinAsync()
    {
        if (await TryAsync(() => Memberships.JoinAsync(Actor, Id)))
        {
            await LoadAsync();
            await FollowAsync();
        }
    }

    /// <summary>Opens the settings of the room.</summary>
    protected async Task SettingsAsync()
    {
        if (await Dialogs.ShowAsync<RoomSettingsDialog>(Room!.Name, new DialogParameters<RoomSettingsDialog> { { d => d.Room, Room } }) is "left")
        {
            Navigation.NavigateTo("/");
        }
    }

    /// <summary>Opens what one is told of the room.</summary>
    protected Task NotificationsAsync() => Dialogs.ShowAsync<RoomNotificationsDialog>(
        "Notifications", new DialogParameters<RoomNotificationsDialog> { { d => d.RoomId, Room!.Id }, { d => d.RoomName, Room.Name } });

    private async Task LoadAsync()
    {
        try
        {
            Room = await Rooms.FindAsync(Actor, Id);
            await LoadPinsAsync();
            TargetId = _shownMessageId;
            IsMissing = false;
            if (Circuit.Connection is { } connection)
            {
                connection.RoomId = Room.Id;
            }

            WaitForEndOfMute();
        }
        catch (RefusedException refused) when (refused.Refusal == Refusal.NotFound)
        {
            Room = null;
            IsMissing = true;
        }
        catch (RefusedException)
        {
            Circuit.Reload();
        }
    }

    private async Task FollowAsync()
    {
        _live!.KeepOnly(Audience.RoomState, new HashSet<long>());
        if (Room is { IsMember: true })
        {
            await TryAsync(() => Watch.FollowAsync(_live, Topic.RoomState(Room.Id)));
        }
    }

    private Task OnEventsAsync(EventBatch batch)
    {
        if (batch.Events.OfType<PinsChanged>().LastOrDefault() is { } pins)
        {
            _ = InvokeAsync(() => Show(pins));
        }

        foreach (var e in batch.Events)
        {
            if (e is RoomChanged or MembersChanged or NewcomerArrived or BlocksChanged || e is MuteChanged { RoomId: var muted } && (muted == Id || muted == Mute.Everywhere) || e is MemberAdded { RoomId: var added } && added == Id || e is MemberRemoved { RoomId: var removed } && removed == Id)
            {
                return InvokeAsync(RefreshAsync);
            }
        }

        return batch.Missed ? InvokeAsync(RefreshAsync) : Task.CompletedTask;
    }

    /// <summary>That a mute is over nobody tells: its time comes. While prerendering there is nothing to wait for.</summary>
    private void WaitForEndOfMute()
    {
        _mute?.Dispose();
        _mute = null;
        if (_live is not null && !IsDisposed && Room?.MutedUntil is { } until)
        {
            var left = until - Time.GetUtcNow();
            _mute = Time.CreateTimer(
                _ => _ = InvokeAsync(RefreshAsync), null, left < TimeSpan.Zero ? TimeSpan.Zero : left < LongestTimer ? left : LongestTimer, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task RefreshAsync()
    {
        await LoadAsync();
        await FollowAsync();
        StateHasChanged();
    }
}
