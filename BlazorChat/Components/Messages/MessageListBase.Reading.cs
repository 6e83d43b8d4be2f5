using Microsoft.JSInterop;

namespace BlazorChat.Components.Messages;

/// <summary>What counts as read: the newest message, while the tab is visible, focused and at the end of the list.</summary>
public abstract partial class MessageListBase
{
    private bool _isReading;

    /// <summary>The tab became visible, focused and at the newest message, or ceased to be.</summary>
    [JSInvokable]
    public async Task SetReading(bool reading)
    {
        _isReading = reading;
        Circuit.SetReading(reading ? Room.Id : null);
        if (reading)
        {
            await ReadAsync(tellAll: true);
        }
    }

    /// <summary>The tab came to the front or went behind.</summary>
    [JSInvokable]
    public void SetVisible(bool visible) => Circuit.Connection?.SetVisible(visible);

    /// <summary>Marks everything from a message on as unread.</summary>
    [JSInvokable]
    public async Task MarkUnread(long seq)
    {
        _isReading = false;
        Circuit.SetReading(null);
        if (await TryAsync(() => Pointers.SetBackAsync(Actor, Room.Id, seq)))
        {
            FirstUnreadSeq = seq;
            StateHasChanged();
        }
    }

    private Task ReadIfReadingAsync() => _isReading ? ReadAsync(tellAll: false) : Task.CompletedTask;

    private async Task ReadAsync(bool tellAll)
    {
        if (!Window.HasNewer && !Window.IsEmpty)
        {
            await TryAsync(() => Pointers.AdvanceAsync(Actor, Room.Id, Window.LastSeq, tellAll).AsTask());
        }
    }
}
