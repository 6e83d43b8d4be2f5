using BlazorChat.Bench.Server;

namespace BlazorChat.Bench.Circuits;

/// <summary>All that the measurements know about the room page: who uses it, and by which script call it sends.</summary>
internal sealed class RoomPage : IAsyncDisposable
{
    private const string ComposerModule = "Composer";
    private const string ListModule = "MessageList";
    private const string Attach = "attach";
    private const string SendMethod = "PostAsync";
    private static readonly TimeSpan OpenLimit = TimeSpan.FromSeconds(30);

    private readonly HeadlessCircuit _circuit;
    private readonly BrowserScripts.GivenObject _composer;

    private RoomPage(HeadlessCircuit circuit, BrowserScripts.GivenObject composer, long roomId)
    {
        _circuit = circuit;
        _composer = composer;
        RoomId = roomId;
    }

    public long RoomId { get; }

    public string? Error => _circuit.Error;

    /// <summary>When the server last sent anything.</summary>
    public long LastFrameAt => _circuit.LastFrameAt;

    public IReadOnlyCollection<string> Imports => _circuit.Scripts.Imports;

    /// <summary>Opens a room as somebody who reads it: the tab in front, at its newest message, the composer ready.</summary>
    public static async Task<RoomPage> OpenAsync(
        Visitor visitor, long roomId, Action<byte[]> rendered, bool compress, CancellationToken cancellation)
    {
        var circuit = await HeadlessCircuit.OpenAsync(
            visitor, $"/rooms/{roomId}", (_, batch) => rendered(batch), compress, cancellation);
        try
        {
            var composer = await circuit.WaitForObjectAsync(ComposerModule, Attach, OpenLimit, cancellation);
            var list = await circuit.WaitForObjectAsync(ListModule, Attach, OpenLimit, cancellation);
            await circuit.InvokeDotNetAsync(list, "JumpToLatest", cancellation);
            await circuit.InvokeDotNetAsync(list, "SetReading", cancellation, true);
            return new RoomPage(circuit, composer, roomId);
        }
        catch
        {
            await circuit.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a message as the composer does, and returns when it is acknowledged.</summary>
    /// <exception cref="InvalidOperationException">It was not: the answer says why.</exception>
    public async Task SendAsync(string text, CancellationToken cancellation)
    {
        var answer = await _circuit.InvokeDotNetAsync(
            _composer, SendMethod, cancellation, RoomId, text, Guid.NewGuid().ToString("N"), null);
        if (!answer.Contains("\"sent\"", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"A message was not stored: {answer}");
        }
    }

    /// <summary>Drops the connection without a farewell.</summary>
    public ValueTask AbandonAsync() => _circuit.AbandonAsync();

    public ValueTask DisposeAsync() => _circuit.DisposeAsync();
}
