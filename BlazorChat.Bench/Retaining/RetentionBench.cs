using System.Diagnostics;
using BlazorChat.Accounts;
using BlazorChat.Bench.Server;
using BlazorChat.Bench.Store;
using BlazorChat.Messages;

namespace BlazorChat.Bench.Retaining;

/// <summary>How much to measure.</summary>
/// <param name="Messages">Messages that are too old.</param>
/// <param name="Rooms">Rooms that they are in.</param>
/// <param name="Senders">People who post meanwhile.</param>
/// <param name="Rate">Messages a second that these post together.</param>
/// <param name="Seconds">How long they post without retention, and how long at the most with.</param>
/// <param name="Server">A directory with a built server, whose seed command is used.</param>
internal sealed record RetentionOptions(int Messages, int Rooms, int Senders, double Rate, int Seconds, string? Server);

/// <summary>Deletion of old messages: how long a batch takes the one writer, and what senders notice of it.</summary>
internal static class RetentionBench
{
    private const int Batches = 100;

    public static async Task<int> RunAsync(RetentionOptions options, CancellationToken cancellation)
    {
        var report = new Report("retention");
        using var directory = new TemporaryDirectory();
        var seed = await Seed.RunAsync(ServerFiles.Built(options.Server), directory.Path, options.Senders, options.Rooms, options.Messages, cancellation);
        await using var host = await StoreHost.StartAsync(directory.Path, cancellation);
        var yearAgo = TimeProvider.System.GetUtcNow().AddYears(-1).ToUnixTimeMilliseconds();
        await host.AskAsync($"UPDATE Messages SET SentAt = {yearAgo} + Id", cancellation);
        await host.AskAsync("UPDATE Rooms SET RetentionDays = 30", cancellation);
        await host.AskAsync("PRAGMA wal_checkpoint(TRUNCATE)", cancellation);
        List<Actor> actors = [];
        foreach (var user in seed.Users.Take(options.Senders))
        {
            actors.Add(await host.ActorAsync(user));
        }

        await BatchesAsync(report, host, seed);
        await SendAsync(report, host, seed, actors, options, cancellation);
        report.MustBe("rooms with a gap", await host.AskAsync(
            "SELECT COUNT(*) FROM (SELECT 1 FROM Messages GROUP BY RoomId HAVING MAX(Seq) - MIN(Seq) + 1 <> COUNT(*))", cancellation), "0");
        report.MustBe("what hangs on messages that are gone", await host.AskAsync("SELECT COUNT(*) FROM pragma_foreign_key_check", cancellation), "0");
        await host.AskAsync("INSERT INTO MessageSearch(MessageSearch, rank) VALUES('integrity-check', 1)", cancellation);
        report.Add("search index", "agrees with the messages");
        return report.Print();
    }

    /// <summary>Batch after batch, with nobody else at the writer.</summary>
    private static async Task BatchesAsync(Report report, StoreHost host, Seed seed)
    {
        List<long> ticks = [];
        for (var i = -5; i < Batches; i++)
        {
            var before = Stopwatch.GetTimestamp();
            var expiry = new PendingExpiry(seed.Rooms[(i + 5) % seed.Rooms.Count].Id, MessageRetention.BatchSize);
            await host.Get<MessageWriter>().WriteAsync(expiry);
            if (i >= 0 && expiry.Expired is not null)
            {
                ticks.Add(Stopwatch.GetTimestamp() - before);
            }
        }

        var statistics = new Statistics(ticks);
        report.AtMost($"a batch of {MessageRetention.BatchSize}, median", statistics.Median, 20, "ms");
        report.Add("  p99", statistics.P99, "ms");
        report.Add("  batches", statistics.Count, "");
    }

    private static async Task SendAsync(
        Report report, StoreHost host, Seed seed, IReadOnlyList<Actor> actors, RetentionOptions options, CancellationToken cancellation)
    {
        var time = TimeSpan.FromSeconds(options.Seconds);
        var posts = new SteadyPosts(host, seed, actors, options.Rate);
        await posts.SendAsync(TimeSpan.FromSeconds(2), Task.Delay(Timeout.Infinite, cancellation));
        var quiet = await posts.SendAsync(time, Task.Delay(Timeout.Infinite, cancellation));
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var old = long.Parse(await host.AskAsync("SELECT COUNT(*) FROM Messages", cancellation), null);
        var since = Stopwatch.GetTimestamp();
        var round = Task.Run(() => host.Get<MessageRetention>().RoundAsync(enough.Token), cancellation);
        var busy = await posts.SendAsync(time, round);
        var elapsed = Stopwatch.GetElapsedTime(since);
        await enough.CancelAsync();
        await Task.WhenAny(round);
        var left = long.Parse(await host.AskAsync("SELECT COUNT(*) FROM Messages", cancellation), null);

        report.Add($"a sender's acknowledgement at {options.Rate:0}/s, without retention, median", quiet.Median, "ms");
        report.Add("  p99", quiet.P99, "ms");
        report.Add("  with retention, median", busy.Median, "ms");
        report.AtMost("  p99", busy.P99, 50, "ms");
        report.Add("  worst", busy.Max, "ms");
        report.Add("  acknowledgements of each", $"{quiet.Count:#,0} and {busy.Count:#,0}");
        report.Add("messages deleted meanwhile", (old + busy.Count - left) / elapsed.TotalSeconds, "/s");
    }
}
