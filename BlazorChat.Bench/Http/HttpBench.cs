using BlazorChat.Bench.Server;
using BlazorChat.Bench.Store;

namespace BlazorChat.Bench.Http;

/// <summary>How much to measure.</summary>
/// <param name="Clients">Kept-alive connections, each of another person, with one request under way each.</param>
/// <param name="Seconds">How long to post.</param>
/// <param name="WarmUp">Seconds of the same before anything counts.</param>
/// <param name="Messages">Messages in the database that is read and searched; 0 leaves that out.</param>
/// <param name="ReadSeconds">How long to read each kind of page.</param>
/// <param name="Server">A directory with a built server, instead of the one beside this program.</param>
internal sealed record HttpOptions(int Clients, int Seconds, int WarmUp, int Messages, int ReadSeconds, string? Server);

/// <summary>The REST interface of a real server: durable posts, pages of history and search.</summary>
internal static class HttpBench
{
    private const int Created = 201;

    public static async Task<int> RunAsync(HttpOptions options, CancellationToken cancellation)
    {
        var binary = ServerFiles.Built(options.Server);
        var posts = new Report($"http: posts of {options.Clients} clients");
        await PostAsync(posts, binary, options, cancellation);
        var met = posts.Print() == 0;
        if (options.Messages > 0)
        {
            var reads = new Report($"http: reading at {options.Messages:#,0} messages");
            await HttpReads.RunAsync(reads, binary, options, cancellation);
            met &= reads.Print() == 0;
        }

        return met ? 0 : 1;
    }

    private static async Task PostAsync(Report report, string binary, HttpOptions options, CancellationToken cancellation)
    {
        using var directory = new TemporaryDirectory();
        var seed = await Seed.RunAsync(binary, directory.Path, options.Clients, rooms: options.Clients, messages: 1000, cancellation);
        var acknowledged = new List<AcknowledgedMessage>();
        await using (var server = await ServerProcess.StartAsync(binary, directory.Path, cancellation))
        {
            var times = new RequestTimes(Created);
            var texts = new SampleTexts(seed: 4);
            var used = RequestLoad.Run(server,
                [.. seed.Users.Select(u => new PostingConnection(server.Address, u.RequiredToken, u.RoomId, texts, times, acknowledged))],
                times, options.WarmUp, options.Seconds, cancellation);
            var statistics = times.Statistics;
            report.AtLeast("acknowledged posts", statistics.Count / used.Elapsed.TotalSeconds, 4_000, "/s");
            report.Add("  until acknowledged, median", statistics.Median, "ms");
            report.Add("  until acknowledged, p99", statistics.P99, "ms");
            report.Add("  until acknowledged, worst", statistics.Max, "ms");
            report.Add("  CPU of the server a post", used.Server.TotalMicroseconds / statistics.Count, "µs");
            report.Add("  CPU of the clients a post", used.Client.TotalMicroseconds / statistics.Count, "µs");
            report.Add("  CPU of the server meanwhile", used.ServerShare * 100, "% of a core");
            report.MustBe("  answers other than 201", times.Unexpected, "");
            if (times.FirstError is { } error)
            {
                report.Add("  the first of those", error);
            }
        }

        // It was killed, not asked to stop: what it has acknowledged must be there nevertheless.
        using var stored = new StoredMessages(directory.Path);
        report.Add("acknowledged messages", acknowledged.Count, "");
        report.MustBe("  not stored exactly once", $"{stored.NotOnce(acknowledged)}", "0");
        report.MustBe("  not in the search index", $"{stored.NotInIndex(acknowledged)}", "0");
        report.MustBe("  the search index and the messages, each once", stored.IndexIntegrity(), "ok");
    }
}
