using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using BlazorChat.Bench.Server;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Bench.Circuits;

/// <summary>
/// One open tab without a browser: it starts the page's circuit, answers its calls, acknowledges what it renders, and can
/// call .NET objects that the page's scripts were given. See PERFORMANCE.md, "A headless Blazor circuit".
/// </summary>
internal sealed class HeadlessCircuit : IAsyncDisposable
{
    private readonly HubConnection _connection;
    private readonly Visitor _visitor;
    private readonly Action<HeadlessCircuit, byte[]> _rendered;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string>> _calls = new();
    private string _secret = "";
    private long _nextCall;

    private HeadlessCircuit(Visitor visitor, Action<HeadlessCircuit, byte[]> rendered, bool compress)
    {
        _visitor = visitor;
        _rendered = rendered;
        var builder = new HubConnectionBuilder().WithUrl(new Uri(visitor.Address, "/_blazor"), HttpTransportType.WebSockets, options =>
        {
            options.SkipNegotiation = true;
            options.Headers["Cookie"] = visitor.CookieHeader;
            options.Headers["Origin"] = visitor.Address.GetLeftPart(UriPartial.Authority);
            if (compress)
            {
                options.WebSocketConfiguration = socket => socket.DangerousDeflateOptions = new();
            }
        });
        builder.Services.AddSingleton<IHubProtocol>(new BlazorPackProtocol());
        _connection = builder.Build();
        Listen();
    }

    /// <summary>What the page's scripts know.</summary>
    public BrowserScripts Scripts { get; } = new();

    /// <summary>Render batches so far.</summary>
    public int Batches { get; private set; }

    /// <summary>When the server last sent anything.</summary>
    public long LastFrameAt { get; private set; }

    /// <summary>Why the circuit died, if it did.</summary>
    public string? Error { get; private set; }

    /// <summary>Opens a page as a signed-in visitor and starts its circuit.</summary>
    /// <param name="visitor">Whose browser it is.</param>
    /// <param name="path">The page.</param>
    /// <param name="rendered">Gets every render batch, one at a time, before it is acknowledged.</param>
    /// <param name="compress">Whether to ask for WebSocket compression, as browsers do.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<HeadlessCircuit> OpenAsync(
        Visitor visitor, string path, Action<HeadlessCircuit, byte[]> rendered, bool compress, CancellationToken cancellation)
    {
        var page = PageMarkup.Parse(await visitor.GetPageAsync(path, cancellation));
        var circuit = new HeadlessCircuit(visitor, rendered, compress);
        try
        {
            var root = new Uri(visitor.Address, "/").ToString();
            await circuit._connection.StartAsync(cancellation);
            circuit._secret = await circuit._connection.InvokeAsync<string>(
                "StartCircuit", root, new Uri(visitor.Address, path).ToString(), "[]", "", cancellation)
                ?? throw new InvalidOperationException("The server started no circuit.");
            await circuit._connection.SendAsync("UpdateRootComponents", page.AddOperations(), page.State, cancellation);
            return circuit;
        }
        catch
        {
            await circuit.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until a script of a module was given a .NET object.</summary>
    public async Task<BrowserScripts.GivenObject> WaitForObjectAsync(
        string module, string function, TimeSpan limit, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(limit);
        while (true)
        {
            if (Error is not null)
            {
                throw new InvalidOperationException($"The circuit failed: {Error}");
            }

            if (Scripts.Find(module, function) is { } given)
            {
                return given;
            }

            if (timeout.IsCancellationRequested)
            {
                throw new TimeoutException($"'{module}' was never given a .NET object. Imports: {string.Join(", ", Scripts.Imports)}");
            }

            await Task.Delay(10, cancellation);
        }
    }

    /// <summary>Calls a method of a .NET object as a script would and returns the JSON of its result.</summary>
    public async Task<string> InvokeDotNetAsync(
        BrowserScripts.GivenObject target, string method, CancellationToken cancellation, params object?[] arguments)
    {
        var call = Interlocked.Increment(ref _nextCall).ToString(CultureInfo.InvariantCulture);
        var result = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls[call] = result;
        await _connection.SendAsync(
            "BeginInvokeDotNetFromJS", call, null, method, target.Id, JsonSerializer.Serialize(arguments), cancellation);
        return await result.Task.WaitAsync(TimeSpan.FromSeconds(30), cancellation);
    }

    /// <summary>Leaves as a closing tab does, so that the server keeps nothing of the circuit.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_secret.Length > 0 && _connection.State == HubConnectionState.Connected)
        {
            using var form = new MultipartFormDataContent { { new StringContent(_secret), "circuitId" } };
            using var answer = await _visitor.SendAsync(
                new HttpRequestMessage(HttpMethod.Post, "/_blazor/disconnect") { Content = form }, CancellationToken.None);
        }

        await _connection.DisposeAsync();
    }

    /// <summary>Drops the connection without a farewell.</summary>
    public ValueTask AbandonAsync() => _connection.DisposeAsync();

    private void Listen()
    {
        On("JS.BeginInvokeJS", [typeof(long), typeof(string), typeof(string), typeof(int), typeof(long), typeof(int)], a =>
        {
            var handle = (long)a[0]!;
            var answer = Scripts.Answer(handle, (string)a[1]!, (string?)a[2] ?? "[]", (int)a[3]!, (long)a[4]!);
            return _connection.SendAsync("EndInvokeJSFromDotNet", handle, true, answer);
        });
        On("JS.RenderBatch", [typeof(long), typeof(byte[])], a =>
        {
            Batches++;
            _rendered(this, (byte[])a[1]!);
            return _connection.SendAsync("OnRenderCompleted", a[0], null);
        });
        On("JS.EndInvokeDotNet", [typeof(string), typeof(bool), typeof(string)], a =>
        {
            if (_calls.TryRemove((string)a[0]!, out var call))
            {
                _ = (bool)a[1]! ? call.TrySetResult((string?)a[2] ?? "null") : call.TrySetException(new InvalidOperationException((string?)a[2]));
            }

            return Task.CompletedTask;
        });
        On("JS.Error", [typeof(string)], a => Fail((string?)a[0] ?? "without a reason"));
        On("JS.AttachComponent", [typeof(int), typeof(string)], _ => Task.CompletedTask);
        On("JS.EndUpdateRootComponents", [typeof(long)], _ => Task.CompletedTask);
        On("JS.EndLocationChanging", [typeof(int), typeof(bool)], _ => Task.CompletedTask);
        On("JS.ReceiveByteArray", [typeof(int), typeof(byte[])], _ => Task.CompletedTask);
        On("JS.SavePersistedState", [typeof(string), typeof(string), typeof(string)], _ => Task.CompletedTask);
        _connection.Closed += exception => Fail(exception?.Message ?? "closed");
    }

    private Task Fail(string error)
    {
        Error ??= error;
        return Task.CompletedTask;
    }

    private void On(string method, Type[] types, Func<object?[], Task> handler) =>
        _connection.On(method, types, (arguments, state) =>
        {
            LastFrameAt = Stopwatch.GetTimestamp();
            return ((Func<object?[], Task>)state)(arguments);
        }, handler);
}
