using BlazorChat.Components.Shared;
using Microsoft.JSInterop;

namespace BlazorChat.Tests.Components;

public sealed class JsModuleTests
{
    [Fact]
    public async Task LeavingWhileTheScriptIsOnItsWay_AttachesNothing()
    {
        var browser = new Browser();
        var module = new JsModule(browser, "./some.js");
        using var self = DotNetObjectReference.Create(this);
        var attaching = module.AttachAsync(self);
        await module.DisposeAsync();
        self.Dispose();
        browser.Fetched.SetResult();
        await attaching;
        Assert.Equal(["import"], browser.Called);
    }

    [Fact]
    public async Task LeavingWhileItAttaches_DetachesIt()
    {
        var browser = new Browser();
        var module = new JsModule(browser, "./some.js");
        browser.Fetched.SetResult();
        var attaching = module.AttachAsync();
        await module.DisposeAsync();
        browser.Attached.SetResult();
        await attaching;
        Assert.Equal(["import", "attach", "dispose"], browser.Called);
    }

    [Fact]
    public async Task LeavingWhileItIsAsked_IsNoFault() =>
        await Assert.ThrowsAsync<OperationCanceledException>(() => JsModule.ReadAsync<string>(new GoneBrowser(), "./some.js", "ask"));

    [Fact]
    public async Task FailingAdornment_IsNoFault()
    {
        await JsModule.TellAsync(new GoneBrowser(), "adorn");
        await JsModule.TellAsync(new FailingBrowser(), "adorn");
    }

    private sealed class GoneBrowser : IJSRuntime
    {
        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args) => throw new JSDisconnectedException("gone");

        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args) => throw new JSDisconnectedException("gone");
    }

    private sealed class FailingBrowser : IJSRuntime
    {
        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args) => throw new JSException("no such function");

        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args) => throw new JSException("no such function");
    }

    /// <summary>The browser's side of the calls, which answers when a test says so; its module is itself.</summary>
    private sealed class Browser : IJSRuntime, IJSObjectReference
    {
        public List<string> Called { get; } = [];

        public TaskCompletionSource Fetched { get; } = new();

        public TaskCompletionSource Attached { get; } = new();

        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args) => InvokeAsync<TValue>(identifier, CancellationToken.None, args);

        public async ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args)
        {
            Called.Add(identifier);
            await (identifier switch { "import" => Fetched.Task, "attach" => Attached.Task, _ => Task.CompletedTask });
            return identifier == "dispose" ? default! : (TValue)(object)this;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
