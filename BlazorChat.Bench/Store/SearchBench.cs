using System.Diagnostics;
using System.Globalization;
using BlazorChat.Accounts;
using BlazorChat.Bench.Server;
using BlazorChat.Messages;

namespace BlazorChat.Bench.Store;

/// <summary>How much to measure.</summary>
/// <param name="Messages">Messages in the database that is searched.</param>
/// <param name="Searches">Searches of each kind.</param>
/// <param name="Server">A directory with a built server, whose seed command is used.</param>
internal sealed record SearchOptions(int Messages, int Searches, string? Server);

/// <summary>Searches of a large database: everyday ones, and those that an index helps least with.</summary>
internal static class SearchBench
{
    private const int Searchers = 50;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(8);
    private const string Rare = "zebrafinch";

    public static async Task<int> RunAsync(SearchOptions options, CancellationToken cancellation)
    {
        var report = new Report("search");
        var directory = await LargeDatabase.GetAsync(ServerFiles.Built(options.Server), options.Messages, cancellation);
        var seed = await Seed.LoadAsync(Path.Combine(directory, "seed.json"), cancellation);
        await using var host = await StoreHost.StartAsync(directory, cancellation);

        // The rare word stands in one of the oldest messages, and its sender is in every room.
        var author = seed.Users[1];
        var inMany = await host.ActorAsync(author);
        await host.AskAsync(string.Create(CultureInfo.InvariantCulture, $"""
            INSERT OR IGNORE INTO Memberships (RoomId, UserId, IsManager, LastReadSeq, JoinedAt) SELECT Id, {author.Id}, 0, 0, 0 FROM Rooms
            """), cancellation);
        var old = long.Parse(await host.AskAsync(string.Create(CultureInfo.InvariantCulture, $"SELECT MIN(Id) FROM Messages WHERE SenderId = {author.Id}"), cancellation), CultureInfo.InvariantCulture);
        await host.Messages.EditAsync(inMany, old, $"The {Rare} sings the whole day");

        List<Actor> inFew = [];
        foreach (var user in seed.Users.Where(u => u.RoomId == author.RoomId && u != author).Concat(seed.Users.Skip(2)).Take(Searchers))
        {
            inFew.Add(await host.ActorAsync(user));
        }

        foreach (var (who, actors) in ((string, IReadOnlyList<Actor>)[])[("in 2 rooms", inFew), ($"in {seed.Rooms.Count} rooms", [inMany])])
        {
            await TimeAsync("a common word", "meeting");
            await TimeAsync("a common word, any page", "meeting", anyPage: true);
            await TimeAsync("a rare word", Rare);
            await TimeAsync("a common word and a rare one", $"whole {Rare}");
            await TimeAsync("none", "xylophone");
            await TimeAsync("none, of common parts", "meetingroomkey");
            await TimeAsync("two common words that never meet", "printer migration");
            await TimeAsync("a common word by somebody", $"meeting from:{author.Name}", hasBudget: actors.Count > 1);
            await TimeAsync("a common word before a day", "meeting before:" + TimeProvider.System.GetUtcNow().AddDays(-100).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            await TimeAsync("a link", "has:link");
            await TimeAsync("two letters", "me");

            async Task TimeAsync(string name, string query, bool anyPage = false, bool hasBudget = true)
            {
                var random = new Random(3);
                var ticks = new List<long>();
                var found = 0;
                var since = Stopwatch.GetTimestamp();
                for (var i = -options.Searches / 20; i < options.Searches && Stopwatch.GetElapsedTime(since) < Longest; i++)
                {
                    var actor = actors[random.Next(actors.Count)];
                    long? beforeId = anyPage ? random.Next(options.Messages / 10, options.Messages) : null;
                    var before = Stopwatch.GetTimestamp();
                    found = (await host.Search.SearchAsync(actor, query, beforeId: beforeId)).Messages.Count;
                    if (i >= 0)
                    {
                        ticks.Add(Stopwatch.GetTimestamp() - before);
                    }
                }

                var statistics = new Statistics(ticks);
                report.Add($"{name}, {who}: found, median", string.Create(CultureInfo.InvariantCulture, $"{found}, {statistics.Median:0.00} ms"));
                if (hasBudget)
                {
                    report.AtMost("  p99", statistics.P99, 10, "ms");
                }
                else
                {
                    report.Add("  p99", statistics.P99, "ms");
                }
            }
        }

        return report.Print();
    }
}
