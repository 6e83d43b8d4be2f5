using System.Diagnostics;
using BlazorChat.Bench.Server;

namespace BlazorChat.Bench.Circuits;

/// <summary>Many open room pages against a real server: what one costs in memory, and what one delivery costs in time.</summary>
internal static class CircuitsBench
{
    private const double Kib = 1024;
    private const int MessagesARoom = 60;

    // What a page does once shortly after it opened is done by then.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(CircuitsOptions options, CancellationToken cancellation)
    {
        using var directory = new TemporaryDirectory();
        var binary = ServerFiles.Built(options.Server);
        // Rooms of the seed are General and the others; everyone opens the other one that is theirs.
        var seed = await Seed.RunAsync(binary, directory.Path, options.Circuits, options.Rooms,
            MessagesARoom * (options.Rooms + 1), cancellation);
        await using var server = await ServerProcess.StartAsync(binary, directory.Path, cancellation);
        await using var tabs = new RoomTabs(server.Address, seed, options);

        var report = new Report($"circuits: {options.Circuits} in {options.Rooms} rooms, compression {(options.Compress ? "on" : "off")}");
        await tabs.SignInAsync(cancellation);
        await tabs.WarmUpAsync(cancellation);
        await UntilNoCircuitAsync(server, cancellation);

        var before = await server.CollectAsync(cancellation);
        var opening = Stopwatch.GetTimestamp();
        await tabs.OpenAsync(cancellation);
        var opened = Stopwatch.GetElapsedTime(opening);
        await Task.Delay(Settling, cancellation);
        var open = await server.CollectAsync(cancellation);

        report.AtMost("live heap a circuit", (open.HeapBytes - before.HeapBytes) / Kib / options.Circuits, 100, "KiB", alarm: 150);
        report.Add("RSS a circuit", (open.RssBytes - before.RssBytes) / Kib / options.Circuits, "KiB");
        report.Add("CPU to open a circuit", (open.CpuMilliseconds - before.CpuMilliseconds) / options.Circuits, "ms");
        report.Add("opened in", opened.TotalSeconds, "s");

        // The JIT compiles hot methods again some time after they became hot: wait until it is quiet.
        await tabs.SendSteadilyAsync(options.WarmUp, cancellation);
        await Task.Delay(TimeSpan.FromSeconds(1), cancellation);
        var idle = await MeasureAsync(server, () => Task.Delay(TimeSpan.FromSeconds(options.Idle), cancellation), cancellation);
        report.Add($"idle CPU, {options.Circuits} circuits", idle.CpuShare * 100, "% of a core");

        await SteadyAsync(report, server, tabs, options, idle, cancellation);
        await BurstAsync(report, server, tabs, options, idle, cancellation);

        var after = await server.CollectAsync(cancellation);
        report.Add("live heap a circuit after all that", (after.HeapBytes - before.HeapBytes) / Kib / options.Circuits, "KiB");
        report.Add("RSS of the server at the end", after.RssBytes / Kib / Kib, "MiB");
        report.MustBe("circuits that failed", $"{tabs.Failed}", "0");
        if (tabs.FirstError is { } error)
        {
            report.Add("the first failure", error);
        }

        return report.Print();
    }

    private static async Task SteadyAsync(Report report, ServerProcess server, RoomTabs tabs, CircuitsOptions options,
        Usage idle, CancellationToken cancellation)
    {
        var first = tabs.Deliveries.Count;
        var acknowledged = Array.Empty<long>();
        var used = await MeasureAsync(server, async () =>
        {
            acknowledged = await tabs.SendSteadilyAsync(options.Seconds, cancellation);
            await tabs.UntilAllSeenAsync(first, cancellation);
        }, cancellation);
        var outcome = tabs.Deliveries.Since(first, options.Rooms);
        var acknowledgement = new Statistics(acknowledged);
        report.Add($"steady: {options.Rate:0} msg/s for {options.Seconds} s, deliveries", outcome.Latency.Count, "");
        report.AtMost("  CPU a delivery", used.CpuBeyond(idle) * 1000 / outcome.Latency.Count, 60, "µs");
        report.Add("  allocated a delivery", used.AllocatedBytes / Kib / outcome.Latency.Count, "KiB");
        report.Add("  send to render batch, median", outcome.Latency.Median, "ms");
        report.Add("  send to render batch, p99", outcome.Latency.P99, "ms");
        report.Add("  send to render batch, worst", outcome.Latency.Max, "ms");
        report.Add("  send to acknowledgement, median", acknowledgement.Median, "ms");
        report.Add("  send to acknowledgement, p99", acknowledgement.P99, "ms");
        report.Add("  batches a delivery", (double)tabs.TakeBatches() / outcome.Latency.Count, "");
        report.MustBe("  missing deliveries", $"{outcome.Missing}", "0");
        report.MustBe("  doubled deliveries", $"{outcome.Again}", "0");
    }

    private static async Task BurstAsync(Report report, ServerProcess server, RoomTabs tabs, CircuitsOptions options,
        Usage idle, CancellationToken cancellation)
    {
        var first = tabs.Deliveries.Count;
        var doubledBefore = tabs.Deliveries.Since(first, options.Rooms).Again;
        var used = await MeasureAsync(server, async () =>
        {
            await tabs.SendAtOnceAsync(options.Burst, cancellation);
            await tabs.UntilAllSeenAsync(first, cancellation);
        }, cancellation);
        var outcome = tabs.Deliveries.Since(first, options.Rooms);
        report.Add($"burst: {options.Burst} msg to each room at once, deliveries", outcome.Latency.Count, "");
        report.AtMost("  CPU a delivery", used.CpuBeyond(idle) * 1000 / outcome.Latency.Count, 25, "µs");
        report.Add("  send to render batch, p99", outcome.Latency.P99, "ms");
        report.Add("  batches a delivery", (double)tabs.TakeBatches() / outcome.Latency.Count, "");
        report.MustBe("  missing deliveries", $"{outcome.Missing}", "0");
        report.MustBe("  doubled deliveries", $"{outcome.Again - doubledBefore}", "0");
    }

    private static async Task<Usage> MeasureAsync(ServerProcess server, Func<Task> action, CancellationToken cancellation)
    {
        var before = await server.ReadAsync(cancellation);
        var since = Stopwatch.GetTimestamp();
        await action();
        var elapsed = Stopwatch.GetElapsedTime(since);
        var after = await server.ReadAsync(cancellation);
        return new Usage(after.CpuMilliseconds - before.CpuMilliseconds, after.AllocatedBytes - before.AllocatedBytes, elapsed);
    }

    /// <summary>The warm-up's circuits must be gone before the baseline; a server that keeps some says so here.</summary>
    private static async Task UntilNoCircuitAsync(ServerProcess server, CancellationToken cancellation)
    {
        for (var i = 0; i < 100; i++)
        {
            if ((await server.ReadAsync(cancellation)).Circuits == 0)
            {
                return;
            }

            await Task.Delay(100, cancellation);
        }

        Console.WriteLine("Some warm-up circuits are still open: the heap a circuit will read slightly low.");
    }

    private readonly record struct Usage(double CpuMilliseconds, long AllocatedBytes, TimeSpan Elapsed)
    {
        public double CpuShare => CpuMilliseconds / Elapsed.TotalMilliseconds;

        /// <summary>Milliseconds of processor time beyond what the same time costs when nothing happens.</summary>
        public double CpuBeyond(Usage idle) => CpuMilliseconds - idle.CpuShare * Elapsed.TotalMilliseconds;
    }
}
