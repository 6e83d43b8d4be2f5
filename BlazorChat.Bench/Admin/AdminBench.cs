using System.Diagnostics;
using System.Globalization;
using BlazorChat.Accounts;
using BlazorChat.Bench.Server;
using BlazorChat.Components.Admin;
using BlazorChat.Data;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Bench.Admin;

/// <summary>How much to measure.</summary>
/// <param name="People">People in the community.</param>
/// <param name="Entries">Entries of the audit log.</param>
/// <param name="Times">Times that each is asked.</param>
/// <param name="Server">A directory with a built server.</param>
internal sealed record AdminOptions(int People, int Entries, int Times, string? Server);

/// <summary>
/// The pages of the administration in a large community: what each asks its services, whatever it is sorted and narrowed by, and its
/// first answer by HTTP.
/// </summary>
internal static class AdminBench
{
    /// <summary>Those of the navigation, so that none is forgotten, and those that are one thing of a list.</summary>
    private static IEnumerable<string> Pages => AdminPages.All.Select(page => page.Path).Append("/admin/people/50001").Append("/admin/reports?report=5001");

    public static async Task<int> RunAsync(AdminOptions options, CancellationToken cancellation)
    {
        var binary = ServerFiles.Built(options.Server);
        using var directory = new TemporaryDirectory();
        var since = Stopwatch.GetTimestamp();
        var (owner, moderator) = await LargeCommunity.FillAsync(binary, directory.Path, options, cancellation);
        var report = new Report(string.Create(CultureInfo.InvariantCulture, $"admin: {options.People:N0} people, {options.Entries:N0} audit entries"));
        report.Add("filled in", Stopwatch.GetElapsedTime(since).TotalSeconds, "s");
        var questions = new Questions(report, options.Times);
        await using (var app = Program.Build([$"--Chat:DataDirectory={directory.Path}", "--environment=Production", "--applicationName=BlazorChat", "--Logging:LogLevel:Default=Warning"]))
        {
            await app.Services.PrepareDataAsync();
            var sessions = app.Services.GetRequiredService<SessionRegistry>();
            var actor = new Actor(owner.Id, await sessions.StartAsync(owner.Id, "bench"));
            await PeopleQuestions.AskAsync(questions, app.Services, actor, options);
            await AuditQuestions.AskAsync(questions, report, app.Services, actor, options);
            await ModerationQuestions.AskAsync(questions, app.Services, actor, new Actor(moderator.Id, await sessions.StartAsync(moderator.Id, "bench")));
            await CommunityQuestions.AskAsync(questions, app.Services, actor, options);
        }

        await using var server = await ServerProcess.StartAsync(binary, directory.Path, cancellation);
        using var visitor = new Visitor(server.Address);
        await visitor.SignInAsync(owner.Email, owner.Password, cancellation);
        foreach (var page in Pages)
        {
            await questions.AskAsync($"GET {page}", () => visitor.GetPageAsync(page, cancellation));
        }

        questions.Sum();
        return report.Print();
    }
}
