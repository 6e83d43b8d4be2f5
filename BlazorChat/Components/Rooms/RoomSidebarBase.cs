using System.Globalization;
using BlazorChat.Accounts;
using BlazorChat.Components.Shared;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Notifications;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace BlazorChat.Components.Rooms;

/// <summary>My rooms, with what waits in each. Counts follow every message, but render at most once a second.</summary>
public abstract partial class RoomSidebarBase : ChatComponent
{
    private static readonly TimeSpan RenderInterval = TimeSpan.FromSeconds(1);
    private static readonly char[] PathEnd = ['/', '?', '#'];

    private readonly Lock _lock = new();
    private Dictionary<long, RoomSummary> _rooms = [];
    private Subscription? _live;

    /// <summary>The person in the tab.</summary>
    [Parameter, EditorRequired]
    public PersonView Me { get; set; } = default!;

    /// <summary>The community's settings.</summary>
    [Inject]
    protected CommunityService Community { get; set; } = default!;

    /// <summary>My rooms in their order; null until they are loaded.</summary>
    protected IReadOnlyList<RoomSummary>? Rooms { get; private set; }

    /// <summary>The room that the page shows.</summary>
    protected long? OpenRoomId { get; private set; }

    [Inject]
    private RoomQueries Queries { get; set; } = default!;

    [Inject]
    private RoomWatch Watch { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private Dialogs Dialogs { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Navigation.LocationChanged += OnLocationChanged;
        Circuit.ReadingChanged += OnReadingChanged;
        OpenRoomId = RoomIn(Navigation.ToBaseRelativePath(Navigation.Uri));
        await TryAsync(async () => Show(await Queries.MineAsync(Actor)));
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _live = Subscribe(OnEventsAsync);
            await ReloadAsync();
        }
    }

    /// <summary>Opens the dialog for a new room, and then the room.</summary>
    protected Task NewRoomAsync() => OpenChosenAsync<NewRoomDialog>("New room");

    /// <summary>Opens the list of public rooms, and then the one chosen.</summary>
    protected Task BrowseAsync() => OpenChosenAsync<BrowseRoomsDialog>("Browse rooms");

    /// <summary>Asks whom to write to, and opens the conversation.</summary>
    protected Task NewDirectAsync() => OpenChosenAsync<NewDirectDialog>("New message");

    /// <summary>A count as it is shown.</summary>
    protected static string Count(long unread) => unread > 99 ? "99+" : unread.ToString(CultureInfo.InvariantCulture);

    /// <summary>The style of a room's link.</summary>
    protected string StateOf(RoomSummary room) =>
        (room.Id == OpenRoomId ? "open " : "") + (room.Unread > 0 ? "has-unread " : "") + (room.IsArchived ? "archived" : "");

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        Navigation.LocationChanged -= OnLocationChanged;
        Circuit.ReadingChanged -= OnReadingChanged;
        GC.SuppressFinalize(this);
        return base.DisposeAsync();
    }

    private async Task OpenChosenAsync<TDialog>(string title)
        where TDialog : IComponent
    {
        if (await Dialogs.ShowAsync<TDialog>(title) is long roomId)
        {
            Navigation.NavigateTo($"/rooms/{roomId}");
        }
    }

    private Task ReloadAsync() => TryAsync(async () =>
    {
        Show(await Watch.FollowMineAsync(_live!));
        await ReloadChoicesAsync();
        if (Circuit.ReadingRoomId is { } reading)
        {
            _live!.Unfollow(Topic.Room(reading));
        }

        _live!.KeepOnly(Audience.Presence, _rooms.Values.SelectMany(r => r.Others).Select(p => p.Id).ToHashSet());
        foreach (var other in _rooms.Values.Where(r => r.Others is [_]).Select(r => r.Others[0].Id))
        {
            _live.Follow(Topic.Presence(other));
        }

        StateHasChanged();
    });

    private void Show(IReadOnlyList<RoomSummary> rooms)
    {
        lock (_lock)
        {
            Rooms = rooms;
            _rooms = rooms.ToDictionary(r => r.Id);
        }
    }

    private Task OnEventsAsync(EventBatch batch)
    {
        var reload = batch.Missed;
        var render = false;
        var leave = false;
        foreach (var e in batch.Events)
        {
            switch (e)
            {
                case MessagePosted posted:
                    Consider(posted);
                    render |= Update(posted.Message.RoomId, room => room with
                    {
                        LastSeq = Math.Max(room.LastSeq, posted.Message.Seq),
                        LastReadSeq = posted.Message.Sender.Id == Actor.UserId
                            ? Math.Max(room.LastReadSeq, posted.Message.Seq) : room.LastReadSeq,
                    });
                    break;
                case RoomRead read:
                    render |= Update(read.RoomId, room => room with
                    {
                        LastReadSeq = read.IsSetBack ? read.Seq : Math.Max(room.LastReadSeq, read.Seq),
                    });
                    break;
                case MemberRemoved removed when removed.RoomId == OpenRoomId:
                    leave = reload = true;
                    break;
                case MemberAdded or MemberRemoved or RoomChanged or PersonChanged or NotificationsChanged or BlocksChanged:
                    reload = true;
                    break;
                case PresenceChanged or CommunityChanged:
                    render = true;
                    break;
            }
        }

        if (leave)
        {
            // At once: the list of what is left can wait for the database.
            _ = InvokeAsync(() => Navigation.NavigateTo("/"));
        }

        return reload ? InvokeAsync(ReloadAsync) : render || _told is not null ? ShowSoonAsync(render) : Task.CompletedTask;
    }

    /// <summary>Takes up a change, and says whether it is one that shows.</summary>
    private bool Update(long roomId, Func<RoomSummary, RoomSummary> change)
    {
        lock (_lock)
        {
            if (!_rooms.TryGetValue(roomId, out var before))
            {
                return false;
            }

            var after = change(before);
            _rooms[roomId] = after;
            return after.Unread != before.Unread;
        }
    }

    private async Task ShowSoonAsync(bool render)
    {
        await TellAsync();
        if (!render)
        {
            return;
        }

        await InvokeAsync(() =>
        {
            lock (_lock)
            {
                Rooms = Rooms is null ? null : [.. Rooms.Select(r => _rooms[r.Id])];
            }

            StateHasChanged();
        });

        // The inbox is not drained before this returns: a burst renders once a second, not once a message.
        await Task.Delay(RenderInterval, Time);
    }

    /// <summary>
    /// What is being read is not unread, so its messages are not followed here meanwhile: that halves what a message costs a tab.
    /// </summary>
    private void OnReadingChanged() => _ = InvokeAsync(async () =>
    {
        if (_live is null)
        {
            return;
        }

        if (Circuit.ReadingRoomId is { } reading)
        {
            _live.Unfollow(Topic.Room(reading));
            if (Update(reading, room => room with { LastReadSeq = room.LastSeq }))
            {
                Show([.. Rooms!.Select(r => _rooms[r.Id])]);
                StateHasChanged();
            }
        }
        else
        {
            await ReloadAsync();
        }
    });

    private void OnLocationChanged(object? sender, LocationChangedEventArgs e)
    {
        OpenRoomId = RoomIn(Navigation.ToBaseRelativePath(e.Location));
        _ = InvokeAsync(StateHasChanged);
    }

    private static long? RoomIn(string path) =>
        path.StartsWith("rooms/", StringComparison.Ordinal)
        && long.TryParse(path["rooms/".Length..].Split(PathEnd)[0], CultureInfo.InvariantCulture, out var id) ? id : null;
}
