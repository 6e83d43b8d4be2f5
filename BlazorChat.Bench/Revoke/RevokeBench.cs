using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using BlazorChat.Bench.Server;

namespace BlazorChat.Bench.Revoke;

/// <summary>
/// How long the banned go on hearing: from the press of "Ban", which is the request to <c>POST /api/bans</c>, to the last frame that their
/// circuit and their hub connection get, and until their token is refused, while everybody talks.
/// </summary>
internal static class RevokeBench
{
    private const double Budget = 1_000;
    private const int MessagesARoom = 60;

    // Long enough that a frame which comes late is seen to come late.
    private static readonly TimeSpan Listening = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(RevokeOptions options, CancellationToken cancellation)
    {
        using var directory = new TemporaryDirectory();
        var binary = ServerFiles.Built(options.Server);

        // The first is the owner, who bans; behind them come as many who only talk.
        var seed = await Seed.RunAsync(binary, directory.Path, options.People + 1, options.Rooms, MessagesARoom * options.Rooms, cancellation);
        await using var server = await ServerProcess.StartAsync(binary, directory.Path, cancellation);
        using var owner = Client(server.Address, seed.Users[0]);
        List<Connected> people = [.. seed.Users.Skip(1).Select(user => new Connected(server.Address, user))];
        try
        {
            await Parallel.ForEachAsync(
                people, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellation }, async (person, stop) => await person.OpenAsync(stop));
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var talking = TalkAsync(server.Address, [.. people.Skip(options.Bans).Select(p => p.User)], options.Rate, over.Token);
            await Task.Delay(WarmUp, cancellation);
            var bans = await BanAsync(owner, [.. people.Take(options.Bans)], options.Pace, cancellation);
            await Task.Delay(Listening, cancellation);
            await over.CancelAsync();
            var said = await talking;
            return await PrintAsync(options, people, bans, said, cancellation);
        }
        finally
        {
            await Parallel.ForEachAsync(people, async (person, _) => await person.DisposeAsync());
        }
    }

    private static async Task<List<Revoked>> BanAsync(HttpClient owner, IReadOnlyList<Connected> banned, double pace, CancellationToken cancellation)
    {
        List<Task<Revoked>> bans = [];
        foreach (var person in banned)
        {
            bans.Add(BanAsync(owner, person, cancellation));
            await Task.Delay(TimeSpan.FromSeconds(1 / pace), cancellation);
        }

        return [.. await Task.WhenAll(bans)];
    }

    private static async Task<Revoked> BanAsync(HttpClient owner, Connected person, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        var pressed = Stopwatch.GetTimestamp();
        var refused = person.UseTokenAsync(limit.Token);
        using var answer = await owner.PostAsJsonAsync("/api/bans", new { userId = person.User.Id, reason = "Spam.", minutes = 60 }, cancellation);
        var answered = Stopwatch.GetTimestamp();
        await refused;
        return new Revoked(person, pressed, answered, answer.StatusCode == HttpStatusCode.Created);
    }

    private static async Task<int> PrintAsync(
        RevokeOptions options, List<Connected> people, IReadOnlyList<Revoked> bans, int said, CancellationToken cancellation)
    {
        var report = new Report($"revoke: {bans.Count} bans, {people.Count} circuits and {people.Count} hub connections open, {options.Rate:0} msg/s");
        report.Add("messages said meanwhile", said, "");
        Times(report, "press to the last frame of the circuit", bans, b => b.Person.CircuitFrameAt);
        Times(report, "press to the last frame of the hub connection", bans, b => b.Person.HubFrameAt);
        Times(report, "press to the close of the hub connection", bans, b => b.Person.HubClosedAt);
        Times(report, "press to the first refusal of the token", bans, b => b.Person.TokenRefusedAt);
        var answers = new Statistics(bans.Select(b => b.Answered - b.Pressed));
        report.Add("press to the answer, p50", answers.Median, "ms");
        report.Add("press to the answer, p99", answers.P99, "ms");

        report.MustBe("bans made", $"{bans.Count(b => b.Made)}", $"{options.Bans}");
        report.MustBe("banned whose hub connection is open still", $"{bans.Count(b => b.Person.HubClosedAt == 0)}", "0");
        report.MustBe("banned who sign in again", $"{await ComeBackAsync(bans, cancellation)}", "0");

        // Who is not banned hears on: otherwise the silence of the others would prove nothing.
        var quiet = people.Skip(options.Bans).Count(p => Stopwatch.GetElapsedTime(p.HubFrameAt) > Listening || Stopwatch.GetElapsedTime(p.CircuitFrameAt) > Listening);
        report.MustBe("others who heard nothing to the end", $"{quiet}", "0");
        report.MustBe("others whose hub connection was closed", $"{people.Skip(options.Bans).Count(p => p.HubClosedAt > 0)}", "0");
        return report.Print();
    }

    private static async Task<int> ComeBackAsync(IReadOnlyList<Revoked> bans, CancellationToken cancellation)
    {
        var back = 0;
        foreach (var ban in bans.Take(5))
        {
            back += await ban.Person.IsKeptOutAsync(cancellation) ? 0 : 1;
        }

        return back;
    }

    private static void Times(Report report, string name, IReadOnlyList<Revoked> bans, Func<Revoked, long> end)
    {
        // What came last before the press took no time to stop.
        var times = new Statistics(bans.Select(b => Math.Max(0, end(b) - b.Pressed)));
        report.Add($"{name}, p50", times.Median, "ms");
        report.AtMost($"{name}, p99", times.P99, Budget, "ms");
        report.Add($"{name}, worst", times.Max, "ms");
    }

    /// <summary>People say something in turn, each in their room; returns how much was said.</summary>
    private static async Task<int> TalkAsync(Uri server, IReadOnlyList<SeedUser> users, double rate, CancellationToken over)
    {
        HttpClient[] clients = [.. users.Take(16).Select(user => Client(server, user))];
        List<Task> posts = [];
        var since = Stopwatch.GetTimestamp();
        try
        {
            while (true)
            {
                while (posts.Count < Stopwatch.GetElapsedTime(since).TotalSeconds * rate)
                {
                    var i = posts.Count % clients.Length;
                    posts.Add(clients[i].PostAsJsonAsync($"/api/rooms/{users[i].RoomId}/messages", new { text = $"Something to say, the {posts.Count}th time." }, CancellationToken.None));
                }

                await Task.Delay(2, over);
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(posts);
            return posts.Count;
        }
        finally
        {
            Array.ForEach(clients, client => client.Dispose());
        }
    }

    private static HttpClient Client(Uri server, SeedUser user)
    {
        var client = new HttpClient { BaseAddress = server };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", user.RequiredToken);
        return client;
    }

    private sealed record Revoked(Connected Person, long Pressed, long Answered, bool Made);
}
