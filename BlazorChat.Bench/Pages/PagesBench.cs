using BlazorChat.Bench.Circuits;
using BlazorChat.Bench.Server;

namespace BlazorChat.Bench.Pages;

/// <summary>How much to measure.</summary>
/// <param name="Requests">Times that each page is fetched for its time to first byte.</param>
/// <param name="Starts">Times that the server is started on the same data.</param>
/// <param name="List">Whether to list each address with its bytes.</param>
/// <param name="Server">A directory with a published server, instead of publishing one.</param>
internal sealed record PagesOptions(int Requests, int Starts, bool List, string? Server);

/// <summary>What a first visit costs its visitor, and how soon a started server answers.</summary>
internal static class PagesBench
{
    private const double Kilobyte = 1000;
    private const string SignIn = "/account/login";

    public static async Task<int> RunAsync(PagesOptions options, CancellationToken cancellation)
    {
        var binary = options.Server is null ? await ServerFiles.PublishAsync(cancellation) : ServerFiles.Built(options.Server);
        using var directory = new TemporaryDirectory();
        var seed = await Seed.RunAsync(binary, directory.Path, users: 20, rooms: 4, messages: 1000, cancellation);
        var report = new Report("pages: first visit, sign-in and room page");

        var starts = new List<TimeSpan>();
        for (var i = 1; i < options.Starts; i++)
        {
            await using var once = await ServerProcess.StartAsync(binary, directory.Path, cancellation);
            starts.Add(once.ReadyAfter);
        }

        await using var server = await ServerProcess.StartAsync(binary, directory.Path, cancellation);
        starts.Add(server.ReadyAfter);
        starts.Sort();
        report.AtMost("process start to ready, median", starts[starts.Count / 2].TotalSeconds, 2, "s");
        report.Add("process start to ready, worst", starts[^1].TotalSeconds, "s");

        using var visitor = new Visitor(server.Address);
        var crawler = new AssetCrawler(visitor);
        var user = seed.Users[0];
        var room = $"/rooms/{user.RoomId}";
        var total = await VisitAsync(report, "sign-in page", visitor, crawler, SignIn, options, cancellation);
        await visitor.SignInAsync(user.Email, user.Password, cancellation);
        total += await VisitAsync(report, "room page", visitor, crawler, room, options, cancellation);
        await using (var page = await RoomPage.OpenAsync(visitor, user.RoomId, static _ => { }, compress: false, cancellation))
        {
            // Modules that come later than the composer's are part of the first visit too.
            await Task.Delay(1000, cancellation);
            var modules = await crawler.FetchModulesAsync(page.Imports, cancellation);
            report.Add($"modules that the room page imports, {page.Imports.Count}", modules / Kilobyte, "kB");
            total += modules;
        }

        report.AtMost("transferred on a first visit, compressed", total / Kilobyte, 300, "kB");
        var status = report.Print();
        if (options.List)
        {
            foreach (var (path, bytes) in crawler.Fetched.OrderByDescending(f => f.Value))
            {
                Console.WriteLine($"{bytes,10:#,0}  {path}");
            }
        }

        return status;
    }

    private static async Task<long> VisitAsync(Report report, string name, Visitor visitor, AssetCrawler crawler, string path,
        PagesOptions options, CancellationToken cancellation)
    {
        var first = await Transfer.OfAsync(visitor, path, cancellation);
        var times = new List<long>();
        for (var i = 0; i < options.Requests; i++)
        {
            times.Add((await Transfer.OfAsync(visitor, path, cancellation)).FirstByte);
        }

        var assets = await crawler.FetchForAsync(first.Text, path, cancellation);
        var statistics = new Statistics(times);
        report.Add($"{name}: first byte, first request", new Statistics([first.FirstByte]).Max, "ms");
        report.Add($"{name}: first byte, median of {times.Count}", statistics.Median, "ms");
        report.Add($"{name}: first byte, p99", statistics.P99, "ms");
        report.Add($"{name}: document ({(first.Encoding is "" ? "not compressed" : first.Encoding)})", first.Bytes / Kilobyte, "kB");
        report.Add($"{name}: assets not fetched before", assets / Kilobyte, "kB");
        return first.Bytes + assets;
    }
}
