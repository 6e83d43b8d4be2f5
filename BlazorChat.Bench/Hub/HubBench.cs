using BlazorChat.Bench.Server;

namespace BlazorChat.Bench.Hub;

/// <summary>Token clients on the hub of a real server: how soon each message is everywhere, and what that costs.</summary>
internal static class HubBench
{
    private const double Kib = 1024;
    private const int MessagesARoom = 60;
    private const int FirstClients = 20;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    public static async Task<int> RunAsync(HubOptions options, CancellationToken cancellation)
    {
        var binary = ServerFiles.Built(options.Server);
        var met = true;
        foreach (var load in options.Loads)
        {
            var report = new Report($"hub: {load}, {options.Protocol}");
            await RunAsync(report, binary, load, options, cancellation);
            met &= report.Print() == 0;
        }

        return met ? 0 : 1;
    }

    private static async Task RunAsync(Report report, string binary, HubLoad load, HubOptions options, CancellationToken cancellation)
    {
        using var directory = new TemporaryDirectory();
        var seed = await Seed.RunAsync(binary, directory.Path, load.Clients, load.Rooms, MessagesARoom * load.Rooms, cancellation);
        await using var server = await ServerProcess.StartAsync(binary, directory.Path, cancellation);
        var wire = HubWire.Named(options.Protocol);

        // What is loaded and compiled once must not be counted as a connection's.
        using (var first = new HubClients(wire, cancellation))
        {
            first.Open(server.Address, [.. seed.Users.Take(FirstClients)]);
            first.SendSteadily(rate: 50, TimeSpan.FromSeconds(2));
        }

        await Task.Delay(Settling, cancellation);
        var before = await server.CollectAsync(cancellation);
        using var clients = new HubClients(wire, cancellation);
        var opening = Usage.Begin(server);
        clients.Open(server.Address, seed.Users);
        var opened = opening();
        clients.Listen(Settling);
        var open = await server.ReadAsync(cancellation);
        var collected = await server.CollectAsync(cancellation);

        AtMost(report, "RSS a connection", (open.RssBytes - before.RssBytes) / Kib / load.Clients, load.Budgets.RssAConnection, "KiB");
        report.Add("  after a collection", (collected.RssBytes - before.RssBytes) / Kib / load.Clients, "KiB");
        report.Add("  live heap", (collected.HeapBytes - before.HeapBytes) / Kib / load.Clients, "KiB");
        report.Add("CPU to open a connection", opened.Server.TotalMilliseconds / load.Clients, "ms");
        report.Add("opened in", opened.Elapsed.TotalSeconds, "s");
        switch (load.Mode)
        {
            case HubMode.Open:
                OpenLoop(report, server, clients, load, options);
                break;
            case HubMode.Closed:
                ClosedLoop(report, server, clients, load, options);
                break;
            default:
                Idle(report, server, clients, load.Seconds);
                break;
        }

        var after = await server.ReadAsync(cancellation);
        report.Add("RSS a connection after all that", (after.RssBytes - before.RssBytes) / Kib / load.Clients, "KiB");
        report.Add("RSS of the server at the end", after.RssBytes / Kib / Kib, "MiB");
        Verify(report, clients);
    }

    private static Usage Idle(Report report, ServerProcess server, HubClients clients, int seconds)
    {
        var idle = Usage.Begin(server);
        clients.Listen(TimeSpan.FromSeconds(seconds));
        var used = idle();
        report.Add("idle CPU", used.ServerShare * 100, "% of a core");
        return used;
    }

    private static void OpenLoop(Report report, ServerProcess server, HubClients clients, HubLoad load, HubOptions options)
    {
        // The JIT compiles hot methods again some time after they became hot: wait until it is quiet.
        clients.SendSteadily(load.Rate, TimeSpan.FromSeconds(options.WarmUp));
        clients.Listen(TimeSpan.FromSeconds(1));
        var idle = Idle(report, server, clients, options.Idle);

        var delivered = clients.Traffic.Deliveries;
        clients.Traffic.Record();
        var steady = Usage.Begin(server);
        clients.SendSteadily(load.Rate, TimeSpan.FromSeconds(load.Seconds));
        clients.Drain();
        var used = steady();
        var (acknowledgement, delivery) = clients.Traffic.Recorded();
        report.Add("messages", acknowledgement.Count, "");
        report.Add("deliveries", delivery.Count, "");
        AtMost(report, "CPU a delivery", used.ServerBeyond(idle).TotalMicroseconds / (clients.Traffic.Deliveries - delivered), load.Budgets.CpuADelivery, "µs");
        Latencies(report, acknowledgement, delivery, load.Budgets.DeliveryP99);
        Cores(report, used);
    }

    private static void ClosedLoop(Report report, ServerProcess server, HubClients clients, HubLoad load, HubOptions options)
    {
        var traffic = clients.Traffic;
        var window = TimeSpan.FromSeconds(load.Seconds);
        var (acknowledged, delivered, peak) = (0L, 0L, Usage.Begin(server));
        clients.SendInTurn(window + TimeSpan.FromSeconds(options.WarmUp), window, () =>
        {
            (acknowledged, delivered, peak) = (traffic.Answers, traffic.Deliveries, Usage.Begin(server));
            traffic.Record();
        });
        var used = peak();
        (acknowledged, delivered) = (traffic.Answers - acknowledged, traffic.Deliveries - delivered);
        var seconds = used.Elapsed.TotalSeconds;
        clients.Drain();
        var (acknowledgement, delivery) = traffic.Recorded();
        AtLeast(report, "acknowledgements a second", acknowledged / seconds, load.Budgets.Acknowledgements, "acks/s");
        AtLeast(report, "deliveries a second", delivered / seconds, load.Budgets.Deliveries, "/s");
        report.Add("CPU a delivery", used.Server.TotalMicroseconds / delivered, "µs");
        Latencies(report, acknowledgement, delivery, load.Budgets.DeliveryP99);
        Cores(report, used);
    }

    private static void Latencies(Report report, Statistics acknowledgement, Statistics delivery, double? budget)
    {
        report.Add("due to acknowledgement, median", acknowledgement.Median, "ms");
        report.Add("due to acknowledgement, p99", acknowledgement.P99, "ms");
        report.Add("due to acknowledgement, worst", acknowledgement.Max, "ms");
        report.Add("due to delivery, median", delivery.Median, "ms");
        AtMost(report, "due to delivery, p99", delivery.P99, budget, "ms");
        report.Add("due to delivery, worst", delivery.Max, "ms");
    }

    private static void Cores(Report report, Usage used)
    {
        report.Add("CPU of the server meanwhile", used.ServerShare * 100, "% of a core");
        report.Add("CPU of the clients meanwhile", used.ClientShare * 100, "% of a core");
    }

    private static void Verify(Report report, HubClients clients)
    {
        report.MustBe("missing deliveries", $"{clients.Missing}", "0");
        report.MustBe("doubled deliveries", $"{clients.Again}", "0");
        report.MustBe("deliveries out of order", $"{clients.OutOfOrder}", "0");
        report.MustBe("deliveries of another room", $"{clients.Traffic.Strays}", "0");
        report.MustBe("failed calls", $"{clients.Traffic.FailedCalls}", "0");
        report.MustBe("unanswered calls", $"{clients.Traffic.Calls - clients.Traffic.Answers}", "0");
        report.MustBe("lost connections", $"{clients.Traffic.LostClients}", "0");
        if (clients.Traffic.FirstError is { } error)
        {
            report.Add("the first failure", error);
        }
    }

    private static void AtMost(Report report, string name, double value, double? budget, string unit)
    {
        if (budget is { } most)
        {
            report.AtMost(name, value, most, unit);
        }
        else
        {
            report.Add(name, value, unit);
        }
    }

    private static void AtLeast(Report report, string name, double value, double? budget, string unit)
    {
        if (budget is { } least)
        {
            report.AtLeast(name, value, least, unit);
        }
        else
        {
            report.Add(name, value, unit);
        }
    }
}
