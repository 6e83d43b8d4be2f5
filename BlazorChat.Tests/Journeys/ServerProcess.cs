using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;

namespace BlazorChat.Tests.Journeys;

/// <summary>
/// The server as it was built, in a process of its own, on a data directory of its own: it can be killed and started again
/// on the same port. Its log is kept, so that a test can demand that nothing went wrong unseen.
/// </summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    private static readonly string[] Harmless =
    [
        // Kestrel's word for a client that left in the middle of a request's body, as a closing page's farewell to its circuit.
        "automatic draining of the request body failed because the body reader is in an invalid state",
    ];

    private readonly ConcurrentQueue<string> _log = new();
    private Process? _process;

    /// <summary>Where the solution is.</summary>
    public static string Root { get; } = FindRoot();

    public int Port { get; } = FreePort();

    public Uri Address => new($"http://localhost:{Port}");

    public string DataDirectory { get; } = Directory.CreateTempSubdirectory("blazorchat-journey-").FullName;

    public int ProcessId => _process!.Id;

    public bool IsRunning => _process is { HasExited: false };

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Everything that it has written since it was made, whatever the level.</summary>
    public IReadOnlyCollection<string> Log => _log;

    /// <summary>Starts, with settings such as <c>--Chat:BaseUrl=…</c>, and returns once requests are answered.</summary>
    public async Task StartAsync(params string[] settings)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = Launch(settings, line =>
        {
            if (line.Contains("Application started.", StringComparison.Ordinal))
            {
                started.TrySetResult();
            }
        });
        var exited = _process.WaitForExitAsync();
        if (await Task.WhenAny(started.Task, exited).WaitAsync(TimeSpan.FromSeconds(60)) == exited)
        {
            throw new InvalidOperationException("The server did not start:\n" + string.Join('\n', _log));
        }
    }

    /// <summary>Runs a command, such as <c>seed</c>, on the data directory.</summary>
    public async Task RunAsync(params string[] arguments)
    {
        using var process = Launch(arguments, _ => { });
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(process.ExitCode == 0, string.Join('\n', _log));
    }

    /// <summary>Ends the process as a power cut does: it is not asked.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks the process to end, and says how long it took.</summary>
    public async Task<TimeSpan> StopAsync()
    {
        var watch = Stopwatch.StartNew();
        using var signal = Process.Start("/bin/sh", ["-c", $"kill -TERM {ProcessId}"]);
        await _process!.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return watch.Elapsed;
    }

    /// <summary>Whatever the log says at the level of a warning or above.</summary>
    public IReadOnlyList<string> Problems()
    {
        var entries = new List<string>();
        foreach (var line in _log)
        {
            if (Level().IsMatch(line) || entries.Count == 0)
            {
                entries.Add(line);
            }
            else
            {
                entries[^1] += "\n" + line;
            }
        }

        return [.. entries.Where(e => (Problem().IsMatch(e) || e.Contains("Unhandled exception", StringComparison.Ordinal))
            && !Harmless.Any(h => e.Contains(h, StringComparison.Ordinal)) && !IsUnansweredNavigation(e))];
    }

    /// <summary>A single value from the database file.</summary>
    public async Task<T> QueryAsync<T>(string sql) => (T)Convert.ChangeType((await RowsAsync(sql))[0][0], typeof(T))!;

    /// <summary>Rows from the database file, past the server.</summary>
    public async Task<List<object[]>> RowsAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(DataDirectory, "chat.db")};Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<object[]>();
        while (await reader.ReadAsync())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }

        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        if (IsRunning)
        {
            await KillAsync();
        }

        _process?.Dispose();
        Directory.Delete(DataDirectory, recursive: true);
    }

    private Process Launch(string[] arguments, Action<string> onLine)
    {
        var info = new ProcessStartInfo("dotnet", [ServerAssembly(), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = DataDirectory,
        };
        info.Environment["ASPNETCORE_URLS"] = $"http://localhost:{Port}";
        info.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        info.Environment["Chat__DataDirectory"] = DataDirectory;
        var process = new Process { StartInfo = info };
        process.OutputDataReceived += (_, e) => Note(e.Data);
        process.ErrorDataReceived += (_, e) => Note(e.Data is { Length: > 0 } error ? "fail: (standard error) " + error : null);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;

        void Note(string? line)
        {
            if (line is not null)
            {
                _log.Enqueue(line);
                onLine(line);
            }
        }
    }

    private static string FindRoot()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root!.FullName, "BlazorChat.sln")))
        {
            root = root.Parent;
        }

        return root.FullName;
    }

    // The server's own output: only there do all of its static assets have their manifest beside them.
    private static string ServerAssembly() => Path.Combine(
        Root, "BlazorChat", Path.GetRelativePath(Path.Combine(Root, "BlazorChat.Tests"), AppContext.BaseDirectory), "BlazorChat.dll");

    // Blazor's word for a connection that was lost between a navigation and the browser's answer to it: a minute later it gives the
    // circuit up, and the tab opens a new one.
    private static bool IsUnansweredNavigation(string entry) =>
        entry.Contains("Circuits.RemoteNavigationManager", StringComparison.Ordinal) && entry.Contains("TaskCanceledException", StringComparison.Ordinal);

    [GeneratedRegex("^(trce|dbug|info|warn|fail|crit): ")]
    private static partial Regex Level();

    [GeneratedRegex("^(warn|fail|crit): ")]
    private static partial Regex Problem();
}
