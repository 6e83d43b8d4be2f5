using System.Text.Json;
using System.Text.Json.Serialization;

namespace BlazorChat.Bench.Server;

/// <summary>What the seed command made, as it says in its output file.</summary>
internal sealed record Seed(IReadOnlyList<SeedUser> Users, IReadOnlyList<SeedRoom> Rooms)
{
    /// <summary>Fills the empty database of a data directory with the server's own command.</summary>
    public static async Task<Seed> RunAsync(
        string server, string dataDirectory, int users, int rooms, int messages, CancellationToken cancellation)
    {
        var file = Path.Combine(dataDirectory, "seed.json");
        await ServerProcess.RunCommandAsync(server, dataDirectory, cancellation,
            "seed", "--users", $"{users}", "--rooms", $"{rooms}", "--messages", $"{messages}",
            "--out", file, "--password", "Bench-password-2026");
        return await LoadAsync(file, cancellation);
    }

    /// <summary>Reads what an earlier run made.</summary>
    public static async Task<Seed> LoadAsync(string file, CancellationToken cancellation)
    {
        await using var stream = File.OpenRead(file);
        return await JsonSerializer.DeserializeAsync<Seed>(stream, JsonSerializerOptions.Web, cancellation)
            ?? throw new InvalidDataException("The seed command wrote an empty file.");
    }
}

internal sealed record SeedUser(long Id, string Name, string Email, string Password, string? Token, long RoomId)
{
    /// <summary>Its token, which seeds of earlier versions did not have.</summary>
    [JsonIgnore]
    public string RequiredToken => Token ?? throw new InvalidDataException("The seed has no tokens.");
}

internal sealed record SeedRoom(long Id, string Name);
