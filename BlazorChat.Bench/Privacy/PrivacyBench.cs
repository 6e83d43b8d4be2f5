using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using BlazorChat.Accounts;
using BlazorChat.Bench.Server;
using BlazorChat.Bench.Store;
using BlazorChat.Privacy;

namespace BlazorChat.Bench.Privacy;

/// <summary>How much to measure.</summary>
/// <param name="Messages">Messages of the community.</param>
/// <param name="Share">One of how many is by the person who leaves.</param>
/// <param name="Senders">People who post meanwhile.</param>
/// <param name="Rate">Messages a second that these post together.</param>
/// <param name="Seconds">How long they post while nothing else happens.</param>
/// <param name="Server">A directory with a built server, whose seed command is used.</param>
internal sealed record PrivacyOptions(int Messages, int Share, int Senders, double Rate, int Seconds, string? Server);

/// <summary>
/// Somebody who wrote a great deal takes their data along, and then deletes their account with all that they said: how long it takes,
/// how much memory, and what senders notice of it.
/// </summary>
internal static class PrivacyBench
{
    private static readonly Task Never = new TaskCompletionSource().Task;
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    public static async Task<int> RunAsync(PrivacyOptions options, CancellationToken cancellation)
    {
        var report = new Report("privacy");
        using var directory = new TemporaryDirectory();
        var seed = await CopyAsync(directory, options, cancellation);
        var author = seed.Users[^1];
        var count = await WriteMuchAsync(directory, author, options, cancellation);
        await MeasureAsync(report, directory, seed, author, count, options, cancellation);
        await CheckAsync(report, directory, author, cancellation);
        return report.Print();
    }

    private static async Task MeasureAsync(
        Report report, TemporaryDirectory directory, Seed seed, SeedUser author, long count, PrivacyOptions options, CancellationToken cancellation)
    {
        await using var host = await StoreHost.StartAsync(directory.Path, cancellation, services => services.AddPrivacy());
        List<Actor> actors = [];
        foreach (var user in seed.Users.Take(options.Senders))
        {
            actors.Add(await host.ActorAsync(user));
        }

        var posts = new SteadyPosts(host, seed, actors, options.Rate);
        await posts.SendAsync(TimeSpan.FromSeconds(3), Never);
        var quiet = await posts.SendAsync(TimeSpan.FromSeconds(options.Seconds), Never);
        report.Add($"a sender's acknowledgement at {options.Rate:0}/s, alone, median", quiet.Median, "ms");
        report.Add("  p99", quiet.P99, "ms");

        var actor = await host.ActorAsync(author);
        await ExportAsync(report, host, directory, actor, posts, count);
        await DeleteAsync(report, host, actor, author, posts, count, cancellation);
    }

    /// <summary>With nobody else there: checking the index takes the database for seconds.</summary>
    private static async Task CheckAsync(Report report, TemporaryDirectory directory, SeedUser author, CancellationToken cancellation)
    {
        await using var host = await StoreHost.StartAsync(directory.Path, cancellation);
        report.MustBe("messages of theirs that are left", await host.AskAsync(
            $"SELECT COUNT(*) FROM Messages WHERE SenderId = {author.Id} AND (DeletedAt IS NULL OR Text <> '')", cancellation), "0");
        await host.AskAsync("INSERT INTO MessageSearch(MessageSearch, rank) VALUES('integrity-check', 1)", cancellation);
        report.Add("search index", "agrees with the messages");
    }

    /// <summary>The large database, which others go on using, is not to lose anything.</summary>
    private static async Task<Seed> CopyAsync(TemporaryDirectory directory, PrivacyOptions options, CancellationToken cancellation)
    {
        var large = await LargeDatabase.GetAsync(ServerFiles.Built(options.Server), options.Messages, cancellation);
        foreach (var file in Directory.GetFiles(large))
        {
            File.Copy(file, directory.File(Path.GetFileName(file)));
        }

        return await Seed.LoadAsync(directory.File("seed.json"), cancellation);
    }

    /// <summary>Makes every so many messages one person's, and has them mentioned in every hundredth.</summary>
    private static async Task<long> WriteMuchAsync(TemporaryDirectory directory, SeedUser author, PrivacyOptions options, CancellationToken cancellation)
    {
        await using var host = await StoreHost.StartAsync(directory.Path, cancellation);
        await host.AskAsync($"UPDATE Messages SET SenderId = {author.Id} WHERE Id % {options.Share} = 0", cancellation);
        await host.AskAsync($"INSERT INTO Mentions(MessageId, UserId) SELECT Id, {author.Id} FROM Messages WHERE Id % 100 = 7", cancellation);
        await host.AskAsync("PRAGMA wal_checkpoint(TRUNCATE)", cancellation);
        return long.Parse(await host.AskAsync($"SELECT COUNT(*) FROM Messages WHERE SenderId = {author.Id}", cancellation), null);
    }

    private static async Task ExportAsync(Report report, StoreHost host, TemporaryDirectory directory, Actor actor, SteadyPosts posts, long count)
    {
        var path = directory.File("export.zip");
        var memory = new PeakMemory();
        var since = Stopwatch.GetTimestamp();
        var export = Task.Run(async () =>
        {
            await using var file = File.Create(path);
            await host.Get<DataExport>().WriteAsync(actor, file);
            return Stopwatch.GetElapsedTime(since);
        });
        var busy = await posts.SendAsync(Long, export);
        var elapsed = await export;
        report.Add("an export", elapsed.TotalSeconds, "s");
        report.Add("  messages", count / elapsed.TotalSeconds, "/s");
        report.AtMost("  resident memory, growth at its peak", await memory.GrowthAsync() / 1024.0 / 1024.0, 64, "MiB");
        Add(report, busy);
        await using var zip = await ZipFile.OpenReadAsync(path);
        await using var messages = await zip.GetEntry("messages.json")!.OpenAsync();
        report.MustBe("  messages in it", $"{await JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(messages).CountAsync()}", $"{count}");
    }

    private static async Task DeleteAsync(
        Report report, StoreHost host, Actor actor, SeedUser author, SteadyPosts posts, long count, CancellationToken cancellation)
    {
        var memory = new PeakMemory();
        var since = Stopwatch.GetTimestamp();
        var account = Task.Run(async () =>
        {
            await host.Get<AccountDeletion>().DeleteAsync(actor, new DeletionRequest(author.Name, author.Password, null, RemovesMessages: true));
            return Stopwatch.GetElapsedTime(since);
        }, cancellation);
        var brief = await posts.SendAsync(Long, account);
        report.Add("deleting the account", (await account).TotalMilliseconds, "ms");
        report.AtMost("  a sender's acknowledgement meanwhile, worst", brief.Max, 500, "ms");

        since = Stopwatch.GetTimestamp();
        var erasure = Task.Run(async () =>
        {
            while (await host.AskAsync("SELECT COUNT(*) FROM LogCursors WHERE Name LIKE 'erase:%'", cancellation) != "0")
            {
                await Task.Delay(50, cancellation);
            }

            return Stopwatch.GetElapsedTime(since);
        }, cancellation);
        var busy = await posts.SendAsync(Long, erasure);
        var elapsed = await erasure;
        report.Add("deleting all that they said", elapsed.TotalSeconds, "s");
        report.Add("  messages", count / elapsed.TotalSeconds, "/s");
        report.AtMost("  resident memory, growth at its peak", await memory.GrowthAsync() / 1024.0 / 1024.0, 64, "MiB");
        Add(report, busy);
    }

    private static void Add(Report report, Statistics busy)
    {
        report.Add("  a sender's acknowledgement meanwhile, median", busy.Median, "ms");
        report.AtMost("    p99", busy.P99, 50, "ms");
        report.Add("    worst", busy.Max, "ms");
        report.Add("    acknowledgements", busy.Count, "");
    }
}
