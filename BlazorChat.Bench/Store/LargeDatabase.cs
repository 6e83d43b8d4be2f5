using BlazorChat.Bench.Server;
using BlazorChat.Live;

namespace BlazorChat.Bench.Store;

/// <summary>
/// A database with very many messages. Seeding takes a minute, so it is kept in the temporary folder for the next run of the same
/// build; one of another build is removed.
/// </summary>
internal static class LargeDatabase
{
    private const int Users = 1000;
    private const int Rooms = 200;
    private const string Prefix = "blazorchat-bench-large-";

    /// <summary>The data directory.</summary>
    public static async Task<string> GetAsync(string binary, int messages, CancellationToken cancellation)
    {
        var build = typeof(ChatService).Assembly.ManifestModule.ModuleVersionId.ToString("N")[..8];
        var directory = Path.Combine(Path.GetTempPath(), $"{Prefix}{messages}-{build}");
        foreach (var old in Directory.GetDirectories(Path.GetTempPath(), Prefix + "*").Where(d => d != directory))
        {
            Directory.Delete(old, recursive: true);
        }

        // The seed's file is written last: without it the seeding was interrupted.
        if (!File.Exists(Path.Combine(directory, "seed.json")))
        {
            if (Directory.Exists(directory))
            {
                Directory.Delete(directory, recursive: true);
            }

            Directory.CreateDirectory(directory);
            await Seed.RunAsync(binary, directory, Users, Rooms, messages, cancellation);
        }

        return directory;
    }
}
