using System.Text.Json;
using BlazorChat.Accounts;
using BlazorChat.Tests.Journeys;

namespace BlazorChat.Tests.Api;

/// <summary>The server in a process of its own, filled by its own <c>seed</c> command, whose tokens the clients use.</summary>
internal sealed class SeededServer : IAsyncDisposable
{
    public const string Password = "a long enough phrase";

    public ServerProcess Process { get; } = new();

    public IReadOnlyList<ApiClient> People { get; private set; } = [];

    /// <summary>The room that all of them are in.</summary>
    public long General { get; private set; }

    public static async Task<SeededServer> StartAsync(int people, params string[] settings)
    {
        var server = new SeededServer();
        var file = Path.Combine(server.Process.DataDirectory, "seed.json");
        await server.Process.RunAsync("seed", "--users", $"{people}", "--rooms", "2", "--messages", "100", "--out", file, "--password", Password);
        var seed = JsonDocument.Parse(await File.ReadAllTextAsync(file)).RootElement;
        server.General = seed.GetProperty("rooms")[0].GetProperty("id").GetInt64();
        server.People =
        [
            .. seed.GetProperty("users").EnumerateArray().Select(u => new ApiClient(
                server.Process.Address, u.GetProperty("token").GetString(), new Actor(u.GetProperty("id").GetInt64(), Guid.Empty), u.GetProperty("name").GetString()!)),
        ];
        await server.Process.StartAsync(settings);
        return server;
    }

    /// <summary>Settings under which nobody is too fast.</summary>
    public static string[] NoLimits => [.. ChatHost.NoLimits.Select(l => $"--{l.Key}={l.Value}")];

    public async ValueTask DisposeAsync()
    {
        foreach (var person in People)
        {
            person.Dispose();
        }

        await Process.DisposeAsync();
    }
}
