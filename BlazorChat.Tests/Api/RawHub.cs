using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Web;

namespace BlazorChat.Tests.Api;

/// <summary>A connection to the hub, frame by frame, in the JSON protocol: it keeps all that it gets, and can stop reading.</summary>
internal sealed class RawHub : IDisposable
{
    private const char End = '\u001e';

    private readonly ClientWebSocket _socket = new();
    private readonly Lock _lock = new();
    private readonly List<string> _records = [];
    private readonly List<JsonElement> _messages = [];
    private TaskCompletionSource? _pause;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _calls;

    private RawHub()
    {
    }

    /// <summary>Completes when the server has ended the connection.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Everything that came so far.</summary>
    public IReadOnlyList<string> Records
    {
        get
        {
            lock (_lock)
            {
                return [.. _records];
            }
        }
    }

    public static async Task<RawHub> OpenAsync(Uri address, string? token, int? receiveBuffer = null)
    {
        var hub = new RawHub();
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancel) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                if (receiveBuffer is { } size)
                {
                    socket.ReceiveBufferSize = size;
                }

                await socket.ConnectAsync(context.DnsEndPoint, cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        await hub._socket.ConnectAsync(AddressOf(address, token), new HttpMessageInvoker(handler, disposeHandler: false), CancellationToken.None);
        await hub.SendAsync("""{"protocol":"json","version":1}""");
        _ = hub.ReadAsync();
        await Wait.Until(() => hub.Records.Count > 0 || hub.Closed.IsCompleted);
        return hub;
    }

    public static Uri AddressOf(Uri address, string? token) => new UriBuilder(new Uri(address, "/hubs/chat"))
    {
        Scheme = "ws", Query = token is null ? "" : "access_token=" + HttpUtility.UrlEncode(token),
    }.Uri;

    /// <summary>Stops reading, but for what fits into one buffer.</summary>
    public void Pause() => _pause = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Goes on reading.</summary>
    public void Resume()
    {
        var pause = _pause;
        _pause = null;
        pause?.TrySetResult();
    }

    public Task SendAsync(string record) => SendAsync(Encoding.UTF8.GetBytes(record + End), WebSocketMessageType.Text);

    public Task SendAsync(byte[] frame, WebSocketMessageType type) => _socket.SendAsync(frame, type, endOfMessage: true, CancellationToken.None);

    /// <summary>Sends a call, without waiting for its answer; returns its id.</summary>
    public async Task<string> CallAsync(string method, params object?[] arguments)
    {
        var id = $"{Interlocked.Increment(ref _calls)}";
        await SendAsync(JsonSerializer.Serialize(new { type = 1, invocationId = id, target = method, arguments }));
        return id;
    }

    /// <summary>Calls, and returns the completion, be it a result or an error.</summary>
    public async Task<JsonElement> CompletedAsync(string method, params object?[] arguments)
    {
        var id = await CallAsync(method, arguments);
        JsonElement? found = null;
        await Wait.Until(() => (found = Messages(3).FirstOrDefault(m => m.GetProperty("invocationId").GetString() == id) is { ValueKind: JsonValueKind.Object } m ? m : null) is not null
            || Closed.IsCompleted);
        return found ?? throw new InvalidOperationException($"The connection ended during {method}.");
    }

    public async Task<JsonElement> InvokeAsync(string method, params object?[] arguments)
    {
        var completion = await CompletedAsync(method, arguments);
        Assert.False(completion.TryGetProperty("error", out var error), $"{method}: {error}");
        return completion.TryGetProperty("result", out var result) ? result : default;
    }

    /// <summary>A call that fails: the words of its error.</summary>
    public async Task<string> RefusedAsync(string method, params object?[] arguments) =>
        (await CompletedAsync(method, arguments)).GetProperty("error").GetString()!;

    /// <summary>The bodies of the events of a name.</summary>
    public IReadOnlyList<JsonElement> Heard(string name) =>
        [.. Messages(1).Where(m => m.GetProperty("target").GetString() == name).Select(m => Assert.Single(m.GetProperty("arguments").EnumerateArray()))];

    /// <summary>Waits for an event.</summary>
    public async Task<JsonElement> HearsAsync(string name, Func<JsonElement, bool>? which = null)
    {
        JsonElement? found = null;
        await Wait.Until(() => (found = Heard(name).Where(m => which?.Invoke(m) ?? true).Cast<JsonElement?>().FirstOrDefault()) is not null);
        return found!.Value;
    }

    private List<JsonElement> Messages(int type)
    {
        lock (_lock)
        {
            return _messages.FindAll(m => m.GetProperty("type").GetInt32() == type);
        }
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[16 * 1024];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                if (_pause is { } pause)
                {
                    await pause.Task;
                }

                var result = await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    break;
                }

                message.Write(buffer, 0, result.Count);
                if (result.EndOfMessage)
                {
                    Note(Encoding.UTF8.GetString(message.GetBuffer(), 0, (int)message.Length).Split(End, StringSplitOptions.RemoveEmptyEntries));
                    message.SetLength(0);
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or OperationCanceledException or IOException)
        {
            // It ended without a farewell.
        }

        _closed.TrySetResult();
    }

    private void Note(string[] records)
    {
        lock (_lock)
        {
            foreach (var record in records)
            {
                if (_records.Count > 0)
                {
                    _messages.Add(JsonDocument.Parse(record).RootElement);
                }

                // The first is the answer to the handshake.
                _records.Add(record);
            }
        }
    }

    public void Dispose() => _socket.Dispose();
}
