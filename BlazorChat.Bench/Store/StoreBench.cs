using System.Diagnostics;
using BlazorChat.Accounts;
using BlazorChat.Bench.Server;
using BlazorChat.Messages;

namespace BlazorChat.Bench.Store;

/// <summary>How much to measure.</summary>
/// <param name="InFlight">Posts that wait for their commit at the same time, each of another person.</param>
/// <param name="Rooms">Rooms that they go to.</param>
/// <param name="Seconds">How long to post.</param>
/// <param name="Messages">Messages in the database that pages are read from.</param>
/// <param name="Reads">Pages read of each kind.</param>
/// <param name="Server">A directory with a built server, whose seed command is used.</param>
internal sealed record StoreOptions(int InFlight, int Rooms, int Seconds, int Messages, int Reads, string? Server);

/// <summary>The store alone: durable posts a second, and pages of history from a large database.</summary>
internal static class StoreBench
{
    private const int WarmUpSeconds = 2;
    private const int Readers = 50;

    public static async Task<int> RunAsync(StoreOptions options, CancellationToken cancellation)
    {
        var report = new Report("store");
        var binary = ServerFiles.Built(options.Server);
        await PostAsync(report, binary, options, cancellation);
        if (options.Messages > 0)
        {
            await ReadAsync(report, binary, options, cancellation);
        }

        return report.Print();
    }

    private static async Task PostAsync(Report report, string binary, StoreOptions options, CancellationToken cancellation)
    {
        using var directory = new TemporaryDirectory();
        var seed = await Seed.RunAsync(binary, directory.Path, options.InFlight, options.Rooms, messages: 1000, cancellation);
        await using var host = await StoreHost.StartAsync(directory.Path, cancellation);
        report.MustBe("PRAGMA synchronous (2 is FULL)", await host.AskAsync("PRAGMA synchronous", cancellation), "2");
        report.MustBe("PRAGMA journal_mode", await host.AskAsync("PRAGMA journal_mode", cancellation), "wal");
        var stored = long.Parse(await host.AskAsync("SELECT COUNT(*) FROM Messages", cancellation), null);

        var actors = new Actor[options.InFlight];
        for (var i = 0; i < actors.Length; i++)
        {
            actors[i] = await host.ActorAsync(seed.Users[i]);
        }

        var warm = await PostForAsync(host, seed, actors, TimeSpan.FromSeconds(WarmUpSeconds));
        var cpu = Environment.CpuUsage.TotalTime;
        var allocated = GC.GetTotalAllocatedBytes();
        var since = Stopwatch.GetTimestamp();
        var ticks = await PostForAsync(host, seed, actors, TimeSpan.FromSeconds(options.Seconds));
        var elapsed = Stopwatch.GetElapsedTime(since);
        var statistics = new Statistics(ticks);

        report.AtLeast($"durable posts, {options.InFlight} in flight", statistics.Count / elapsed.TotalSeconds, 10_000, "msg/s");
        report.Add("  until acknowledged, median", statistics.Median, "ms");
        report.Add("  until acknowledged, p99", statistics.P99, "ms");
        report.Add("  CPU a message", (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / statistics.Count, "µs");
        report.Add("  allocated a message", (GC.GetTotalAllocatedBytes() - allocated) / 1024.0 / statistics.Count, "KiB");
        report.MustBe("  acknowledged but not stored",
            $"{stored + warm.Count + ticks.Count - long.Parse(await host.AskAsync("SELECT COUNT(*) FROM Messages", cancellation), null)}", "0");
        report.MustBe("  rooms with a gap",
            await host.AskAsync("SELECT COUNT(*) FROM (SELECT 1 FROM Messages GROUP BY RoomId HAVING MAX(Seq) <> COUNT(*))", cancellation), "0");
    }

    /// <summary>Each actor posts one message after the other; returns the ticks that each took.</summary>
    private static async Task<List<long>> PostForAsync(StoreHost host, Seed seed, Actor[] actors, TimeSpan duration)
    {
        var texts = new SampleTexts(seed: 2);
        var since = Stopwatch.GetTimestamp();
        var all = await Task.WhenAll(actors.Select((actor, i) => Task.Run(async () =>
        {
            var ticks = new List<long>();
            while (Stopwatch.GetElapsedTime(since) < duration)
            {
                var before = Stopwatch.GetTimestamp();
                await host.Messages.PostAsync(actor, seed.Users[i].RoomId, texts.Next(), Guid.NewGuid().ToString("N"), replyToId: null);
                ticks.Add(Stopwatch.GetTimestamp() - before);
            }

            return ticks;
        })));
        return [.. all.SelectMany(t => t)];
    }

    private static async Task ReadAsync(Report report, string binary, StoreOptions options, CancellationToken cancellation)
    {
        var directory = await LargeDatabase.GetAsync(binary, options.Messages, cancellation);
        var seed = await Seed.LoadAsync(Path.Combine(directory, "seed.json"), cancellation);
        await using var host = await StoreHost.StartAsync(directory, cancellation);
        var random = new Random(3);
        var readers = new List<(Actor Actor, long Room, long LastSeq)>();
        foreach (var user in seed.Users.Take(Readers))
        {
            var actor = await host.ActorAsync(user);
            foreach (var room in new[] { seed.Rooms[0].Id, user.RoomId })
            {
                var newest = await host.Queries.NewestAsync(actor, room);
                if (newest.Messages is [.., { } last])
                {
                    readers.Add((actor, room, last.Seq));
                }
            }
        }

        await TimeAsync("newest", (r, _) => host.Queries.NewestAsync(r.Actor, r.Room));
        await TimeAsync("before a random message", (r, seq) => host.Queries.BeforeAsync(r.Actor, r.Room, seq));
        await TimeAsync("after a random message", (r, seq) => host.Queries.AfterAsync(r.Actor, r.Room, seq));

        async Task TimeAsync(string name, Func<(Actor Actor, long Room, long LastSeq), long, Task<MessagePage>> read)
        {
            var ticks = new List<long>();
            for (var i = -options.Reads / 5; i < options.Reads; i++)
            {
                var reader = readers[random.Next(readers.Count)];
                var seq = random.NextInt64(Math.Min(MessageQueries.PageSize, reader.LastSeq), reader.LastSeq);
                var before = Stopwatch.GetTimestamp();
                await read(reader, seq);
                if (i >= 0)
                {
                    ticks.Add(Stopwatch.GetTimestamp() - before);
                }
            }

            var statistics = new Statistics(ticks);
            report.AtMost($"page of {MessageQueries.PageSize} at {options.Messages:#,0} messages, {name}: median", statistics.Median, 1, "ms");
            report.AtMost("  p99", statistics.P99, 10, "ms");
        }
    }
}
