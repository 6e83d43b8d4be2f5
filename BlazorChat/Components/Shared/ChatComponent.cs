using BlazorChat.Accounts;
using BlazorChat.Live;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Shared;

/// <summary>
/// A component that acts for the person in the tab and follows events live. It subscribes after the first interactive
/// render, so that prerendering leaks nothing, and unsubscribes when it is disposed.
/// </summary>
public abstract class ChatComponent : ComponentBase, IAsyncDisposable
{
    private Subscription? _subscription;

    /// <summary>The tab.</summary>
    [Inject]
    protected CircuitState Circuit { get; set; } = default!;

    /// <summary>The switchboard.</summary>
    [Inject]
    protected ChatService Chat { get; set; } = default!;

    /// <summary>Notices to the person.</summary>
    [Inject]
    protected Notices Notices { get; set; } = default!;

    /// <summary>Whether it has left the page; what was under way then has nothing to show any more.</summary>
    protected bool IsDisposed { get; private set; }

    [Inject]
    private ILoggerFactory Loggers { get; set; } = default!;

    /// <summary>Who acts; set before the component's own initialisation runs.</summary>
    protected Actor Actor { get; private set; } = default!;

    /// <inheritdoc/>
    public override async Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        Actor ??= await Circuit.ActorAsync();
        if (!IsDisposed)
        {
            await base.SetParametersAsync(ParameterView.Empty);
        }
    }

    /// <summary>
    /// Opens this component's inbox; call it from <c>OnAfterRenderAsync(firstRender)</c>. The handler runs on the thread pool:
    /// it looks whether the events matter, and uses <c>InvokeAsync</c> only then.
    /// </summary>
    protected Subscription Subscribe(Func<EventBatch, Task> handler)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return _subscription = Chat.Subscribe(Actor, handler);
    }

    /// <summary>Does what the person asked for; a refusal becomes a notice, an ended session the sign-in page.</summary>
    /// <returns>Whether it was done.</returns>
    protected async Task<bool> TryAsync(Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (RefusedException refused) when (refused.Refusal == Refusal.SignedOut)
        {
            Circuit.Reload();
        }
        catch (RefusedException refused)
        {
            Notices.Show(refused.Message);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Loggers.CreateLogger(GetType()).LogError(exception, "An action failed.");
            Notices.Show("That did not work. Please try again.");
        }

        return false;
    }

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        IsDisposed = true;
        _subscription?.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
