using Microsoft.JSInterop;

namespace BlazorChat.Components.Shared;

/// <summary>
/// The script beside a component, attached to its element for the component's life. When the tab is gone there is nobody to
/// call: that is swallowed here, and only here.
/// </summary>
public sealed class JsModule(IJSRuntime js, string path) : IAsyncDisposable
{
    private IJSObjectReference? _attached;
    private bool _isDisposed;

    /// <summary>Imports the script and calls its <c>attach</c> function, whose result the other calls go to.</summary>
    public async Task AttachAsync(params object?[] arguments)
    {
        try
        {
            await using var module = await js.InvokeAsync<IJSObjectReference>("import", path);
            if (_isDisposed)
            {
                // The component left while its script was on its way, and what it would hand over went with it.
                return;
            }

            _attached = await module.InvokeAsync<IJSObjectReference>("attach", arguments);
            if (_isDisposed)
            {
                await DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
        }
    }

    /// <summary>Calls a function of a script that is not attached to anything.</summary>
    /// <exception cref="OperationCanceledException">The tab is gone: there is no answer, and nobody who waits for it.</exception>
    public static async Task<T?> ReadAsync<T>(IJSRuntime js, string path, string function, params object?[] arguments)
    {
        try
        {
            await using var module = await js.InvokeAsync<IJSObjectReference>("import", path);
            return await module.InvokeAsync<T?>(function, arguments);
        }
        catch (JSDisconnectedException gone)
        {
            throw new OperationCanceledException("The tab is gone.", gone);
        }
    }

    /// <summary>Calls a global function of the page that only adorns it: one that fails changes nothing for the caller.</summary>
    public static async Task TellAsync(IJSRuntime js, string function, params object?[] arguments)
    {
        try
        {
            await IgnoringGoneAsync(() => js.InvokeVoidAsync(function, arguments));
        }
        catch (JSException)
        {
            // The page's own console has it.
        }
    }

    /// <summary>Calls a function of what is attached, if it is.</summary>
    public Task CallAsync(string function, params object?[] arguments) =>
        _attached is { } attached ? IgnoringGoneAsync(() => attached.InvokeVoidAsync(function, arguments)) : Task.CompletedTask;

    private static async Task IgnoringGoneAsync(Func<ValueTask> call)
    {
        try
        {
            await call();
        }
        catch (Exception exception) when (exception is JSDisconnectedException or OperationCanceledException)
        {
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        await CallAsync("dispose");
        _attached = null;
    }
}
