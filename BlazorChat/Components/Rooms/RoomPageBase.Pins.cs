using BlazorChat.Messages;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace BlazorChat.Components.Rooms;

/// <summary>What is pinned in the room: its button in the head, and the dialog behind it.</summary>
public abstract partial class RoomPageBase
{
    /// <summary>The messages that are pinned.</summary>
    protected IReadOnlyList<long> PinnedIds { get; private set; } = [];

    [Inject]
    private Pins Pins { get; set; } = default!;

    /// <summary>Opens what is pinned.</summary>
    protected Task PinsAsync() => Dialogs.ShowAsync<PinsDialog>(
        $"Pinned in {Room!.Name}", new DialogParameters<PinsDialog> { { d => d.RoomId, Room.Id }, { d => d.CanUnpin, Room.CanPin } });

    private async Task LoadPinsAsync() => PinnedIds = Room is { IsMember: true } ? await Pins.IdsAsync(Actor, Room.Id) : [];

    private void Show(PinsChanged pins)
    {
        if (pins.RoomId == Room?.Id)
        {
            PinnedIds = pins.MessageIds;
            StateHasChanged();
        }
    }
}
