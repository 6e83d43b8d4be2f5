using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using BlazorChat.Accounts;

namespace BlazorChat.Bench.Server;

/// <summary>
/// The real server in its own process, so that its heap and processor time are its own and not those of whoever measures.
/// Environment variables of this process (DOTNET_GC…) reach it. It is killed on disposal.
/// </summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan CommandLimit = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly HttpClient _http;

    private ServerProcess(Process process, Uri address)
    {
        _process = process;
        Address = address;
        _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>From the start of the process to its first answer that it is ready.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    /// <summary>Processor time that it has used, all threads.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts the server on a data directory and waits until it is ready.</summary>
    /// <param name="server">The built server.</param>
    /// <param name="dataDirectory">Where its data is.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="settings">Settings besides, such as <c>Push:GraceSeconds</c>.</param>
    public static async Task<ServerProcess> StartAsync(
        string server, string dataDirectory, CancellationToken cancellation, params (string Name, string Value)[] settings)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort().ToString(CultureInfo.InvariantCulture)}");
        var start = StartInfo(server, dataDirectory);
        start.Environment["ASPNETCORE_URLS"] = address.ToString().TrimEnd('/');
        start.Environment["Chat__BaseUrl"] = address.ToString().TrimEnd('/');
        foreach (var (name, value) in settings)
        {
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        var since = Stopwatch.GetTimestamp();
        var running = new ServerProcess(Process.Start(start)!, address);
        try
        {
            await running.WaitUntilReadyAsync(since, cancellation);
            return running;
        }
        catch
        {
            await running.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs one of the server's commands to its end.</summary>
    public static async Task RunCommandAsync(
        string server, string dataDirectory, CancellationToken cancellation, params string[] arguments)
    {
        using var process = Process.Start(StartInfo(server, dataDirectory, arguments))!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(CommandLimit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"The server's command '{arguments[0]}' ended with {process.ExitCode}.");
        }
    }

    /// <summary>Collects garbage in the server and returns what is left.</summary>
    public async Task<ServerFigures> CollectAsync(CancellationToken cancellation)
    {
        using var answer = await _http.PostAsync("/diagnostics/collect", null, cancellation);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<ServerFigures>(cancellation))!;
    }

    /// <summary>What the server has used, without collecting first.</summary>
    public async Task<ServerFigures> ReadAsync(CancellationToken cancellation) =>
        (await _http.GetFromJsonAsync<ServerFigures>("/diagnostics", cancellation))!;

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
        _http.Dispose();
    }

    private async Task WaitUntilReadyAsync(long since, CancellationToken cancellation)
    {
        while (Stopwatch.GetElapsedTime(since) < ReadyLimit && !_process.HasExited)
        {
            try
            {
                using var answer = await _http.GetAsync("/health/ready", cancellation);
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    ReadyAfter = Stopwatch.GetElapsedTime(since);
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(10, cancellation);
        }

        throw new InvalidOperationException(_process.HasExited
            ? $"The server ended with {_process.ExitCode} before it was ready."
            : $"The server was not ready in {ReadyLimit.TotalSeconds} s.");
    }

    private static ProcessStartInfo StartInfo(string server, string dataDirectory, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", server, .. arguments]) { WorkingDirectory = Path.GetDirectoryName(server) };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["Chat__DataDirectory"] = dataDirectory;
        start.Environment["Chat__TrustedProxies__0"] = "127.0.0.1";
        start.Environment["Diagnostics__Enabled"] = "true";
        foreach (var limited in Enum.GetNames<Limited>())
        {
            // What a server does at the most, not what a person may.
            start.Environment[$"Limits__{limited}__Burst"] = "1000000";
            start.Environment[$"Limits__{limited}__PerSecond"] = "1000000";
        }

        start.Environment["Logging__LogLevel__Default"] = "Warning";
        return start;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>The answer of the server's diagnostics endpoint.</summary>
internal sealed record ServerFigures(
    long HeapBytes, long CommittedBytes, long RssBytes, double CpuMilliseconds, long AllocatedBytes, int Threads, int Circuits);
