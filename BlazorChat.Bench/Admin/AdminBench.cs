using System.Diagnostics;
using System.Globalization;
using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Bench.Server;
using BlazorChat.Data;
using BlazorChat.Moderation;
using BlazorChat.Moderation.History;
using BlazorChat.Moderation.Overview;
using BlazorChat.Rooms;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Bench.Admin;

/// <summary>How much to measure.</summary>
/// <param name="People">People in the community.</param>
/// <param name="Entries">Entries of the audit log.</param>
/// <param name="Times">Times that each is asked.</param>
/// <param name="Server">A directory with a built server.</param>
internal sealed record AdminOptions(int People, int Entries, int Times, string? Server);

/// <summary>The pages of the administration in a large community: what each asks its service, and its first answer by HTTP.</summary>
internal static class AdminBench
{
    /// <summary>What every page is to answer within, in milliseconds.</summary>
    private const double Budget = 200;

    private static readonly string[] Pages =
        ["/admin", "/admin/people", "/admin/people/50001", "/admin/rooms", "/admin/invites", "/admin/bots", "/admin/audit", "/admin/roles", "/admin/settings"];

    public static async Task<int> RunAsync(AdminOptions options, CancellationToken cancellation)
    {
        var binary = ServerFiles.Built(options.Server);
        using var directory = new TemporaryDirectory();
        var since = Stopwatch.GetTimestamp();
        var owner = await LargeCommunity.FillAsync(binary, directory.Path, options, cancellation);
        var report = new Report(string.Create(CultureInfo.InvariantCulture, $"admin: {options.People:N0} people, {options.Entries:N0} audit entries"));
        report.Add("filled in", Stopwatch.GetElapsedTime(since).TotalSeconds, "s");
        await using (var app = Program.Build([$"--Chat:DataDirectory={directory.Path}", "--environment=Production", "--applicationName=BlazorChat", "--Logging:LogLevel:Default=Warning"]))
        {
            await app.Services.PrepareDataAsync();
            var actor = new Actor(owner.Id, await app.Services.GetRequiredService<SessionRegistry>().StartAsync(owner.Id, "bench"));
            await ServicesAsync(report, app.Services, actor, options);
        }

        await using var server = await ServerProcess.StartAsync(binary, directory.Path, cancellation);
        using var visitor = new Visitor(server.Address);
        await visitor.SignInAsync(owner.Email, owner.Password, cancellation);
        foreach (var page in Pages)
        {
            await TimeAsync(report, $"GET {page}", options.Times, () => visitor.GetPageAsync(page, cancellation));
        }

        return report.Print();
    }

    private static async Task ServicesAsync(Report report, IServiceProvider services, Actor actor, AdminOptions options)
    {
        var people = services.GetRequiredService<PeopleList>();
        foreach (var order in Enum.GetValues<PeopleOrder>())
        {
            foreach (var descending in new[] { false, true })
            {
                foreach (var (name, page) in new[] { ("first", 0), ("middle", options.People / 100), ("last", options.People / 50 - 1) })
                {
                    await PeopleAsync($"by {order}{(descending ? " down" : "")}, {name} page", new PeopleQuery(Order: order, Descending: descending, Page: page));
                }
            }
        }

        foreach (var (name, text) in new[] { ("in every address", "example"), ("in one in nine", "a.0"), ("in one in twenty", "anna"), ("in one in a hundred", ".01"), ("one person", "005001"), ("nobody", "zzzz") })
        {
            await PeopleAsync($"search {name}", new PeopleQuery(text));
            await PeopleAsync($"search {name}, by last seen", new PeopleQuery(text, Order: PeopleOrder.LastSeen, Descending: true));
            await PeopleAsync($"search {name}, last page", new PeopleQuery(text, Page: 99));
        }

        foreach (var status in Enum.GetValues<PersonStatus>())
        {
            await PeopleAsync($"{status}", new PeopleQuery(Status: status));
            await PeopleAsync($"{status}, by joined", new PeopleQuery(Status: status, Order: PeopleOrder.Created));
        }

        await PeopleAsync("moderators by name", new PeopleQuery(Role: Role.Moderator));
        await PeopleAsync("members by name, last page", new PeopleQuery(Role: Role.Member, Page: 99));
        await PeopleAsync("members who are banned and called anna", new PeopleQuery("anna", Role.Member, PersonStatus.Banned));
        await TimeAsync(report, "person", options.Times, () => people.FindAsync(actor, 50_001));
        await TimeAsync(report, "person: sessions", options.Times, () => services.GetRequiredService<PersonSessions>().ListAsync(actor, 50_001));
        await TimeAsync(report, "person: rooms", options.Times, () => services.GetRequiredService<RoomDirectory>().OfAsync(actor, 50_001));
        await TimeAsync(report, "roles", options.Times, () => people.CountAsync(actor));
        await AuditAsync(report, services, actor, options);

        var rooms = services.GetRequiredService<RoomDirectory>();
        foreach (var order in Enum.GetValues<RoomOrder>())
        {
            await TimeAsync(report, $"rooms by {order}", options.Times, () => rooms.ListAsync(actor, new RoomQuery(Order: order, Descending: true)));
        }

        await TimeAsync(report, "rooms, searched", options.Times, () => rooms.ListAsync(actor, new RoomQuery("1")));
        await TimeAsync(report, "invites, last page", options.Times, () => services.GetRequiredService<InviteService>().ListAsync(actor, 39));
        await TimeAsync(report, "overview", options.Times, () => services.GetRequiredService<OverviewService>().GetAsync(actor));
        await TimeAsync(report, "retention asked for", options.Times, () => services.GetRequiredService<OverviewService>().OlderThanAsync(actor, 30));

        Task PeopleAsync(string name, PeopleQuery query) => TimeAsync(report, $"people {name}", options.Times, () => people.ListAsync(actor, query));
    }

    private static async Task AuditAsync(Report report, IServiceProvider services, Actor actor, AdminOptions options)
    {
        var audit = services.GetRequiredService<AuditQueries>();
        var (start, span) = (DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000), TimeSpan.FromMinutes(options.Entries));
        foreach (var (name, filter) in new (string, AuditFilter)[]
        {
            ("everything", AuditFilter.None),
            ("by who did most", new(ActorId: 1)),
            ("by who did little", new(ActorId: 1005)),
            ("about somebody", new(PersonId: 50_001)),
            ("an act", new(Act: AuditAct.Banned)),
            ("in a room", new(RoomId: 7)),
            ("of a year", new(From: start + span / 4, Until: start + span / 2)),
            ("by somebody, an act", new(ActorId: 1, Act: AuditAct.Muted)),
            ("by somebody, an act that is not theirs", new(ActorId: 1, Act: AuditAct.Banned)),
            ("by somebody about somebody, an act, in a room, of a year", new(1, 50_001, AuditAct.Muted, 7, start + span / 4, start + span / 2)),
        })
        {
            foreach (var (page, before) in new (string, long?)[] { ("first", null), ("middle", options.Entries / 2), ("last", 60) })
            {
                await TimeAsync(report, $"audit {name}, {page} page", options.Times, () => audit.ListAsync(actor, filter, before));
            }
        }

        var since = Stopwatch.GetTimestamp();
        var lines = 0;
        await foreach (var line in await services.GetRequiredService<AuditExport>().ExportAsync(actor, AuditFilter.None))
        {
            lines++;
        }

        report.Add($"audit as CSV, {lines} lines", Stopwatch.GetElapsedTime(since).TotalSeconds, "s");
    }

    private static async Task TimeAsync(Report report, string name, int times, Func<Task> ask)
    {
        await ask();
        var ticks = new List<long>(times);
        for (var i = 0; i < times; i++)
        {
            var before = Stopwatch.GetTimestamp();
            await ask();
            ticks.Add(Stopwatch.GetTimestamp() - before);
        }

        var statistics = new Statistics(ticks);
        report.AtMost(string.Create(CultureInfo.InvariantCulture, $"{name} (p50 {statistics.Median:0.0} ms): p99"), statistics.P99, Budget, "ms");
    }
}
