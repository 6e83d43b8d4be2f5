using System.Globalization;
using BlazorChat.Bench.Server;
using BlazorChat.Bench.Store;

namespace BlazorChat.Bench.Http;

/// <summary>Pages of history and search in a large database.</summary>
internal static class HttpReads
{
    private const int Ok = 200;
    private const int PageSize = 50;
    private const double PageBudget = 5;
    private const double SearchBudget = 10;
    private const int RarePosters = 5;

    // Of the seed's texts one in three has the one, and none the others.
    private const string CommonWord = "the";
    private const string RareWord = "xylograph";
    private const string UnknownWord = "quizzaciously";

    public static async Task RunAsync(Report report, string binary, HttpOptions options, CancellationToken cancellation)
    {
        var directory = await LargeDatabase.GetAsync(binary, options.Messages, cancellation);
        var seed = await Seed.LoadAsync(Path.Combine(directory, "seed.json"), cancellation);
        var lastSeq = options.Messages / (seed.Rooms.Count - 1);
        await using var server = await ServerProcess.StartAsync(binary, directory, cancellation);
        await PostRareWordAsync(server, seed, cancellation);

        var random = new Random(5);
        Measure("page before a random message", PageBudget,
            u => $"/api/rooms/{u.RoomId}/messages?before={random.Next(Math.Min(PageSize, lastSeq), lastSeq) + 1}&limit={PageSize}");
        Measure("search for a common word", SearchBudget, _ => Search(CommonWord));
        Measure("search for two words", SearchBudget, _ => Search("release Thursday"));
        Measure("search for a rare word", SearchBudget, _ => Search(RareWord));
        Measure("search for a word of nobody", SearchBudget, _ => Search(UnknownWord));
        Measure("search for two letters", SearchBudget, _ => Search("zz"));

        void Measure(string name, double budget, Func<SeedUser, string> path)
        {
            foreach (var clients in new[] { 1, options.Clients })
            {
                var times = new RequestTimes(Ok);
                var used = RequestLoad.Run(server,
                    [.. seed.Users.Take(clients).Select(u => new ReadingConnection(server.Address, u.RequiredToken, () => path(u), times))],
                    times, warmUp: 1, options.ReadSeconds, cancellation);
                var statistics = times.Statistics;
                report.Add(string.Create(CultureInfo.InvariantCulture, $"{name}, {clients} at once"), statistics.Count / used.Elapsed.TotalSeconds, "/s");
                report.Add("  median", statistics.Median, "ms");
                // One at a time the client's view is the server's; several wait for each other, and for the client.
                if (clients == 1)
                {
                    report.AtMost("  p99", statistics.P99, budget, "ms");
                }
                else
                {
                    report.Add("  p99", statistics.P99, "ms");
                }

                report.Add("  CPU of the server a request", used.Server.TotalMicroseconds / Math.Max(1, statistics.Count), "µs");
                report.Add("  bytes an answer", times.BodyBytes / (double)Math.Max(1, statistics.Count), "");
                report.MustBe("  answers other than 200", times.Unexpected, "");
                if (times.FirstError is { } error)
                {
                    report.Add("  the first of those", error);
                }
            }
        }
    }

    private static string Search(string words) => $"/api/search?q={Uri.EscapeDataString(words)}";

    /// <summary>A word that a few people have said. The database is kept for the next run, where they are told that they have.</summary>
    private static async Task PostRareWordAsync(ServerProcess server, Seed seed, CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        foreach (var user in seed.Users.Take(RarePosters))
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"/api/rooms/{user.RoomId}/messages", UriKind.Relative));
            request.Headers.Authorization = new("Bearer", user.RequiredToken);
            request.Content = System.Net.Http.Json.JsonContent.Create(new { text = $"An old {RareWord}", clientMessageId = $"bench-{RareWord}" });
            using var answer = await http.SendAsync(request, cancellation);
            answer.EnsureSuccessStatusCode();
        }
    }
}
