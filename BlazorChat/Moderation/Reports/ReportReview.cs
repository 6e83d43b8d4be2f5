using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Data;
using BlazorChat.Live;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Moderation;

/// <summary>
/// Moderators work through what was reported. All that waits of one message is one case: who takes or decides one report takes or
/// decides the others of that message with it. Each change is one statement in a transaction that nobody else writes beside, so of
/// two moderators one is first, and the other is told who.
/// </summary>
public sealed class ReportReview(IDbContextFactory<ChatDbContext> contexts, PolicyGate gate, AuditLog audit, ChatService chat, TimeProvider time)
{
    /// <summary>Takes a report on, so that nobody else works on it too. Taking it twice changes nothing.</summary>
    /// <exception cref="RefusedException">Not theirs to review, taken by somebody else, or decided.</exception>
    public Task ClaimAsync(Actor actor, long reportId) => ChangeAsync(actor, reportId, AuditAct.ReportClaimed, async (db, report, _) =>
    {
        if (report.State == ReportState.Claimed && report.HandledById == actor.UserId)
        {
            return false;
        }

        if (report.State != ReportState.Open)
        {
            throw await TakenAsync(db, report);
        }

        var now = time.GetUtcNow();
        return await db.Reports.Where(r => r.MessageId == report.MessageId && r.State == ReportState.Open).ExecuteUpdateAsync(set => set
            .SetProperty(r => r.State, ReportState.Claimed).SetProperty(r => r.HandledById, actor.UserId).SetProperty(r => r.HandledAt, now)) > 0;
    });

    /// <summary>
    /// Gives a report back for others to take. Whoever took it may, and for them those who outrank them, and anybody once they are
    /// no moderator any more.
    /// </summary>
    /// <exception cref="RefusedException">Not theirs to review, taken by somebody else, or decided.</exception>
    public Task ReleaseAsync(Actor actor, long reportId) => ChangeAsync(actor, reportId, AuditAct.ReportReleased, async (db, report, role) =>
    {
        if (report.State == ReportState.Open)
        {
            return false;
        }

        if (report.State != ReportState.Claimed || !await MayReleaseAsync(db, actor, role, report))
        {
            throw await TakenAsync(db, report);
        }

        return await db.Reports.Where(r => r.MessageId == report.MessageId && r.State == ReportState.Claimed).ExecuteUpdateAsync(set => set
            .SetProperty(r => r.State, ReportState.Open).SetProperty(r => r.HandledById, (long?)null).SetProperty(r => r.HandledAt, (DateTimeOffset?)null)) > 0;
    });

    /// <summary>Closes a report, and the others that wait of the same message, because something was done.</summary>
    /// <param name="actor">Who decides.</param>
    /// <param name="reportId">The report.</param>
    /// <param name="outcome">What was done; who reported it reads it too.</param>
    /// <exception cref="RefusedException">Not theirs to review, taken by somebody else, decided already, or without a word of what was done.</exception>
    public Task ResolveAsync(Actor actor, long reportId, string? outcome)
    {
        var said = ParseOutcome(outcome);
        return said.Length == 0
            ? throw RefusedException.Invalid("Say in a few words what was done.", InputField.Text)
            : DecideAsync(actor, reportId, ReportState.Resolved, AuditAct.ReportResolved, said);
    }

    /// <summary>Closes a report, and the others that wait of the same message, because nothing had to be done.</summary>
    /// <exception cref="RefusedException">As <see cref="ResolveAsync"/>; words are not needed.</exception>
    public Task DismissAsync(Actor actor, long reportId, string? outcome = null) =>
        DecideAsync(actor, reportId, ReportState.Dismissed, AuditAct.ReportDismissed, ParseOutcome(outcome));

    private Task DecideAsync(Actor actor, long reportId, ReportState state, AuditAct act, string outcome) =>
        ChangeAsync(actor, reportId, act, async (db, report, _) =>
        {
            if (report.State != ReportState.Open && (report.State != ReportState.Claimed || report.HandledById != actor.UserId))
            {
                throw await TakenAsync(db, report);
            }

            var now = time.GetUtcNow();
            return await db.Reports.Where(r => r.MessageId == report.MessageId && (r.State == ReportState.Open || r.State == ReportState.Claimed))
                .ExecuteUpdateAsync(set => set
                    .SetProperty(r => r.State, state).SetProperty(r => r.HandledById, actor.UserId)
                    .SetProperty(r => r.HandledAt, now).SetProperty(r => r.Outcome, outcome)) > 0;
        }, outcome);

    private async Task ChangeAsync(Actor actor, long reportId, AuditAct act, Func<ChatDbContext, Report, Role, Task<bool>> change, string? reason = null)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var role = await gate.RequireAsync(db, actor, Right.Review);
        var report = await db.ReviewableBy(actor.UserId, role).AsNoTracking().SingleOrDefaultAsync(r => r.Id == reportId)
            ?? throw RefusedException.NotFound("This report");
        if (!await change(db, report, role))
        {
            return;
        }

        var about = await db.Users.Where(u => u.Id == report.SenderId).Select(u => u.UserName).SingleOrDefaultAsync();
        await audit.AddAsync(
            db, actor, act, new AuditMatter(AuditSubject.Report, report.Id, about, report.SenderId, report.RoomId), report.State.ToString(), reason: reason);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        chat.Raise(new ModerationChanged(ModerationList.Reports));
    }

    private static async Task<bool> MayReleaseAsync(ChatDbContext db, Actor actor, Role role, Report report)
    {
        if (report.HandledById == actor.UserId)
        {
            return true;
        }

        var holder = await db.Users.Where(u => u.Id == report.HandledById).Select(u => (Role?)u.Role).SingleOrDefaultAsync();
        return holder is not { } other || Policy.Outranks(role, other) || !Policy.Allows(other, Right.Review);
    }

    private static async Task<RefusedException> TakenAsync(ChatDbContext db, Report report)
    {
        var name = await db.Users.Where(u => u.Id == report.HandledById).Select(u => u.UserName).SingleOrDefaultAsync() ?? "Somebody";
        return new RefusedException(Refusal.Conflict, report.State switch
        {
            ReportState.Claimed => $"{name} has taken this.",
            ReportState.Dismissed => $"{name} has dismissed this already.",
            ReportState.Resolved => $"{name} has resolved this already.",
            _ => "Nobody has taken this.",
        });
    }

    private static string ParseOutcome(string? outcome)
    {
        var parsed = (outcome ?? "").Trim();
        return parsed.Length <= Report.MaxNoteLength ? parsed
            : throw RefusedException.Invalid($"What was done is said in at most {Report.MaxNoteLength:N0} characters.", InputField.Text);
    }
}
