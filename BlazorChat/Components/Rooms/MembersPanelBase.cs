using BlazorChat.Accounts;
using BlazorChat.Components.Shared;
using BlazorChat.Live;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace BlazorChat.Components.Rooms;

/// <summary>Who is in the room, and what the reader may do with each: block them, and more where they moderate it. The services decide; this shows what they would allow.</summary>
public abstract partial class MembersPanelBase : ChatComponent
{
    private const int Shown = 200;

    // Nobody has the panel open longer.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(40);

    private Subscription? _live;
    private ITimer? _mute;

    /// <summary>The room.</summary>
    [Parameter, EditorRequired]
    public RoomView Room { get; set; } = default!;

    /// <summary>The panel is not wanted any more.</summary>
    [Parameter]
    public EventCallback Closed { get; set; }

    /// <summary>Who is in it, by name.</summary>
    protected IReadOnlyList<RoomMember> Members { get; private set; } = [];

    /// <summary>The person whose menu is open.</summary>
    protected long? OpenId { get; private set; }

    /// <summary>Whether writing to one of them alone leads anywhere else than here.</summary>
    protected bool CanWriteTo => Room.Kind != RoomKind.Direct || Room.Others.Count > 1;

    [Inject]
    private RoomQueries Queries { get; set; } = default!;

    [Inject]
    private RoomService Rooms { get; set; } = default!;

    [Inject]
    private RoomModeration Moderation { get; set; } = default!;

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
    protected override Task OnInitializedAsync() => LoadAsync();

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _live = Subscribe(OnEventsAsync);
            await TryAsync(() => Watch.FollowAsync(_live, Topic.RoomState(Room.Id)));
            FollowPresence();
            WaitForEndOfMute();
        }
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _mute?.Dispose();
        GC.SuppressFinalize(this);
        return base.DisposeAsync();
    }

    /// <summary>Whether the menu of a person would have anything in it: anybody else can be blocked.</summary>
    protected bool CanActOn(RoomMember member) => member.Person.Id != Actor.UserId || Room.CanManage && member.IsManager;

    /// <summary>What a person is here.</summary>
    protected static string RoleOf(RoomMember member) =>
        member.Person.Role is not (Role.Member or Role.Bot) ? $"{member.Person.Role}{(member.IsManager ? ", moderates this room" : "")}"
        : member.IsManager ? "Moderates this room" : "";

    /// <summary>How long somebody is muted yet.</summary>
    protected string MutedText(RoomMember member) =>
        $"Muted {(member.IsMutedEverywhere ? "everywhere " : "")}for {MuteDialog.Duration(member.MutedUntil!.Value - Time.GetUtcNow())}";

    /// <summary>Opens or closes the menu of a person.</summary>
    protected void Toggle(long userId) => OpenId = OpenId == userId ? null : userId;

    /// <summary>Asks whom to bring in.</summary>
    protected Task AddAsync() => Dialogs.ShowAsync<AddPeopleDialog>($"Add people to {Room.Name}", new DialogParameters<AddPeopleDialog> { { d => d.RoomId, Room.Id } });

    /// <summary>Opens the direct conversation with somebody.</summary>
    protected Task WriteToAsync(PersonView person) => TryAsync(async () =>
        Navigation.NavigateTo($"/rooms/{await Rooms.OpenDirectAsync(Actor, [person.Id])}"));

    /// <summary>Asks how long and why, and mutes somebody.</summary>
    protected Task MuteAsync(PersonView person) => Dialogs.ShowAsync<MuteDialog>($"Mute {person.Name}", new DialogParameters<MuteDialog>
    {
        { d => d.PersonId, person.Id }, { d => d.PersonName, person.Name }, { d => d.RoomId, Room.Id },
    });

    /// <summary>Lets somebody post again, in a room or everywhere.</summary>
    protected Task UnmuteAsync(PersonView person, long? roomId) => TryAsync(() => Moderation.UnmuteAsync(Actor, roomId, person.Id));

    /// <summary>Makes somebody a moderator of the room, or no longer.</summary>
    protected async Task SetModeratorAsync(PersonView person, bool moderates)
    {
        var self = person.Id == Actor.UserId;
        if (moderates || await Dialogs.ConfirmAsync(
            self ? "Step down" : "No longer moderator",
            self ? $"You will moderate {Room.Name} no longer. Only another moderator can make you one again." : $"{person.Name} will moderate {Room.Name} no longer, and stays a member.",
            self ? "Step down" : "Change"))
        {
            await TryAsync(() => Moderation.SetModeratorAsync(Actor, Room.Id, person.Id, moderates));
        }
    }

    /// <summary>Removes somebody, after asking.</summary>
    protected async Task RemoveAsync(PersonView person)
    {
        if (await Dialogs.ConfirmAsync("Remove from room", $"{person.Name} will no longer see or hear anything of {Room.Name}. {ComingBack}", "Remove"))
        {
            await TryAsync(() => Memberships.RemoveAsync(Actor, Room.Id, person.Id));
        }
    }

    private string ComingBack => Room.Kind == RoomKind.Public ? "The room is public: they can join it again." : "You can add them again.";

    private Task<bool> LoadAsync() => TryAsync(async () =>
    {
        Members = await Queries.MembersAsync(Actor, Room.Id, limit: Shown);
        BlockedIds = await Blocks.IdsAsync(Actor);
        FollowPresence();
        WaitForEndOfMute();
    });

    /// <summary>That a mute ran out nobody tells: the clock does.</summary>
    private void WaitForEndOfMute()
    {
        _mute?.Dispose();
        _mute = null;
        if (_live is not null && !IsDisposed && Members.Min(m => m.MutedUntil) is { } first && first - Time.GetUtcNow() is var left && left < LongestTimer)
        {
            _mute = Time.CreateTimer(
                _ => _ = InvokeAsync(ReloadAsync), null, left < TimeSpan.Zero ? TimeSpan.Zero : left, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task ReloadAsync()
    {
        await LoadAsync();
        StateHasChanged();
    }

    private void FollowPresence()
    {
        foreach (var member in Members)
        {
            _live?.Follow(Topic.Presence(member.Person.Id));
        }
    }

    private Task OnEventsAsync(EventBatch batch)
    {
        var reload = batch.Missed || batch.Events.Any(e => e is MembersChanged or NewcomerArrived or PersonChanged or BlocksChanged || e is MutesChanged && Room.CanMute);
        return reload ? InvokeAsync(ReloadAsync) : batch.Events.Any(e => e is PresenceChanged) ? InvokeAsync(StateHasChanged) : Task.CompletedTask;
    }
}
