using BlazorChat.Messages;
using Microsoft.JSInterop;

namespace BlazorChat.Components.Messages;

/// <summary>Moving through the room's history: the list's script asks for what comes into reach.</summary>
public abstract partial class MessageListBase
{
    private bool _busy;

    /// <summary>The reader nears the upper end.</summary>
    [JSInvokable]
    public Task LoadOlder() => OnceAsync(async () =>
    {
        var first = Window.FirstSeq;
        if (Window.HasOlder && await Messages.BeforeAsync(Actor, Room.Id, first) is var page && first == Window.FirstSeq)
        {
            Window.Prepend(page);
            StateHasChanged();
        }
    });

    /// <summary>The reader nears the lower end of a window that is not at the newest message.</summary>
    [JSInvokable]
    public Task LoadNewer() => OnceAsync(async () =>
    {
        var last = Window.LastSeq;
        if (Window.HasNewer && await Messages.AfterAsync(Actor, Room.Id, last) is var page && last == Window.LastSeq)
        {
            Window.Append(page.Messages, page.HasNewer);
            StateHasChanged();
        }
    });

    /// <summary>The reader wants the newest messages, wherever the window is.</summary>
    [JSInvokable]
    public Task JumpToLatest() => OnceAsync(async () =>
    {
        if (Window.HasNewer)
        {
            Window.Reset(await Messages.NewestAsync(Actor, Room.Id));
            StateHasChanged();
        }
    });

    /// <summary>The reader wants a message; the window moves to it where it is not in the page.</summary>
    [JSInvokable]
    public Task ShowMessage(long messageId) => OnceAsync(async () =>
    {
        Window.Reset(await Messages.AroundAsync(Actor, Room.Id, await Messages.SeqOfAsync(Actor, Room.Id, messageId)));
        StateHasChanged();
    });

    /// <summary>Loads one page at a time: a second call while one runs does nothing.</summary>
    private async Task OnceAsync(Func<Task> load)
    {
        if (_busy)
        {
            return;
        }

        _busy = true;
        try
        {
            await TryAsync(load);
        }
        finally
        {
            _busy = false;
        }
    }
}
