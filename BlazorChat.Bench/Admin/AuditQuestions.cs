using System.Diagnostics;
using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Moderation.History;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Bench.Admin;

/// <summary>What the audit log's page asks.</summary>
internal static class AuditQuestions
{
    public static async Task AskAsync(Questions questions, Report report, IServiceProvider services, Actor actor, AdminOptions options)
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
                await questions.AskAsync($"audit {name}, {page} page", () => audit.ListAsync(actor, filter, before));
            }
        }

        foreach (var (name, text) in new[] { ("in every address", "example"), ("in one in twenty", "anna"), ("one person", "005001"), ("one address", "005001@"), ("nobody", "zzzz") })
        {
            await questions.AskAsync($"audit: who, {name}", () => audit.PeopleAsync(actor, text));
        }

        await questions.AskAsync("audit: a room by name", () => audit.RoomAsync(actor, "General"));
        var since = Stopwatch.GetTimestamp();
        var lines = 0;
        await foreach (var line in await services.GetRequiredService<AuditExport>().ExportAsync(actor, AuditFilter.None))
        {
            lines++;
        }

        report.Add($"audit as CSV, {lines} lines", Stopwatch.GetElapsedTime(since).TotalSeconds, "s");
    }
}
