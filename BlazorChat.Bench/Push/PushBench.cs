using System.Diagnostics;
using BlazorChat.Bench.Server;
using BlazorChat.Tests.Notifications;

namespace BlazorChat.Bench.Push;

/// <summary>How much to measure.</summary>
/// <param name="Devices">Browsers that are notified, each of another person.</param>
/// <param name="Rooms">Rooms that all of them are in.</param>
/// <param name="Senders">People who post in rooms of their own meanwhile.</param>
/// <param name="Rate">Messages a second that these post together.</param>
/// <param name="Seconds">How long they post without notifications, and how long at least with.</param>
/// <param name="Server">A directory with a built server, instead of the one beside this program.</param>
internal sealed record PushBenchOptions(int Devices, int Rooms, int Senders, double Rate, int Seconds, string? Server);

/// <summary>
/// Notifications from a real server to a push service in this process, by plain HTTP/1.1 on the same machine: encrypted and signed
/// for each browser, and decrypted afterwards.
/// </summary>
internal static class PushBench
{
    private const double Mebibyte = 1024 * 1024;

    public static async Task<int> RunAsync(PushBenchOptions options, CancellationToken cancellation)
    {
        var binary = ServerFiles.Built(options.Server);
        using var directory = new TemporaryDirectory();
        var seed = await Seed.RunAsync(binary, directory.Path, options.Devices + options.Senders + 1, rooms: 1, messages: 1, cancellation);
        await using var push = await PushService.StartAsync();
        push.ReadsLater = true;
        await using var server = await ServerProcess.StartAsync(
            binary, directory.Path, cancellation, ("Push:AllowedHosts", push.Host), ("Push:GraceSeconds", "0"));
        using var http = new HttpClient { BaseAddress = server.Address };

        var speaker = seed.Users[0];
        SeedUser[] listeners = [.. seed.Users.Skip(1).Take(options.Devices)];
        var since = Stopwatch.GetTimestamp();
        var audience = await PushListeners.GatherAsync(http, push, listeners, speaker, options.Rooms, cancellation);
        var report = new Report($"push: {options.Devices:#,0} browsers, {options.Rooms} rooms");
        report.Add("rooms and browsers registered after", Stopwatch.GetElapsedTime(since).TotalSeconds, "s");

        // The first ones pay for compiling.
        await audience.RoundAsync(cancellation);
        await PushAsync(report, server, audience, options, cancellation);
        await SendAsync(report, server, audience, await SendersAsync(http, server, seed, options, cancellation), options, cancellation);

        var (missing, doubled) = audience.Count();
        report.Add("notifications in all", audience.Expected, "");
        report.MustBe("  not delivered", $"{missing}", "0");
        report.MustBe("  delivered twice", $"{doubled}", "0");
        return report.Print();
    }

    /// <summary>One round with nothing else going on: what it takes.</summary>
    private static async Task PushAsync(Report report, ServerProcess server, PushListeners audience, PushBenchOptions options, CancellationToken cancellation)
    {
        var before = await server.CollectAsync(cancellation);
        var idling = Usage.Begin(server);
        await Task.Delay(TimeSpan.FromSeconds(3), cancellation);
        var idle = idling();
        before = before with { AllocatedBytes = (await server.ReadAsync(cancellation)).AllocatedBytes };

        var round = Usage.Begin(server);
        await audience.RoundAsync(cancellation);
        var used = round();
        var during = await server.ReadAsync(cancellation);
        var after = await server.CollectAsync(cancellation);
        double count = options.Devices * options.Rooms;
        report.Add("notifications of a round", count, "");
        report.Add("  rate", count / used.Elapsed.TotalSeconds, "/s");
        report.Add("  CPU of the server a notification", used.ServerBeyond(idle).TotalMicroseconds / count, "µs");
        report.Add("  CPU of the push service a notification", used.Client.TotalMicroseconds / count, "µs");
        report.Add("  allocated a notification", (during.AllocatedBytes - before.AllocatedBytes) / count / 1024, "KiB");
        report.Add("  resident before", before.RssBytes / Mebibyte, "MiB");
        report.Add("  resident at its end", during.RssBytes / Mebibyte, "MiB");
        report.Add("  resident afterwards", after.RssBytes / Mebibyte, "MiB");
        report.AtMost("  resident more than before", Math.Max(0, after.RssBytes - before.RssBytes) / Mebibyte, 16, "MiB");
        report.AtMost("  live heap more than before", Math.Max(0, after.HeapBytes - before.HeapBytes) / Mebibyte, 4, "MiB");
    }

    /// <summary>What senders notice: their acknowledgements without notifications, and with one round after the other.</summary>
    private static async Task SendAsync(
        Report report, ServerProcess server, PushListeners audience, SteadySenders senders, PushBenchOptions options, CancellationToken cancellation)
    {
        var time = TimeSpan.FromSeconds(options.Seconds);
        await senders.RunAsync(TimeSpan.FromSeconds(3), () => Task.CompletedTask, cancellation);
        var quiet = await senders.RunAsync(time, () => Task.CompletedTask, cancellation);
        var unexpected = senders.Unexpected;
        var (rounds, since) = (0, Stopwatch.GetTimestamp());
        var usage = Usage.Begin(server);
        var busy = await senders.RunAsync(TimeSpan.Zero, async () =>
        {
            do
            {
                await audience.RoundAsync(cancellation);
                rounds++;
            }
            while (Stopwatch.GetElapsedTime(since) < time);
        }, cancellation);
        var used = usage();
        report.Add("a steady sender's acknowledgement, without notifications, median", quiet.Median, "ms");
        report.Add("  p99", quiet.P99, "ms");
        report.Add("  with notifications, median", busy.Median, "ms");
        report.AtMost("  p99", busy.P99, 50, "ms");
        report.Add("  worst", busy.Max, "ms");
        report.Add("  acknowledgements of each", $"{quiet.Count:#,0} and {busy.Count:#,0}");
        report.Add("  notifications meanwhile", rounds * options.Devices * options.Rooms / used.Elapsed.TotalSeconds, "/s");
        report.Add("  CPU of the server meanwhile", used.ServerShare * 100, "% of a core");
        report.Add("  p99 with, in those without", busy.P99 / quiet.P99, "×");
        report.MustBe("  answers other than 201", unexpected + senders.Unexpected, "");
    }

    /// <summary>They are alone in their rooms, so that nobody is notified of what they say.</summary>
    private static async Task<SteadySenders> SendersAsync(
        HttpClient http, ServerProcess server, Seed seed, PushBenchOptions options, CancellationToken cancellation)
    {
        List<(string Token, long RoomId)> people = [];
        foreach (var user in seed.Users.Skip(1 + options.Devices))
        {
            var room = await PushListeners.PostAsync(http, user, "/api/rooms", new { name = $"Desk of {user.Name}", kind = "private" }, cancellation);
            people.Add((user.RequiredToken, room.GetProperty("id").GetInt64()));
        }

        return new SteadySenders(server.Address, people, options.Rate);
    }
}
