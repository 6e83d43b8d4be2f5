using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Moderation;

/// <summary>
/// What was reported, for those who review it. Nobody finds reports about themselves or about somebody of equal or higher rank; only
/// owners see those about other owners, because nobody else could.
/// </summary>
public sealed class ReportQueries(
    IDbContextFactory<ChatDbContext> contexts, PolicyGate gate, SessionRegistry sessions, PeopleDirectory people, MessageViews views)
{
    /// <summary>Messages of one page.</summary>
    public const int PageSize = 25;

    /// <summary>Lines around a reported message.</summary>
    public const int Around = 10;

    /// <summary>Most reports of the reader's own that one answer holds.</summary>
    public const int MaxOwn = 20;

    /// <summary>A page of what was reported, a message a row.</summary>
    /// <exception cref="RefusedException">Not theirs to review.</exception>
    public async Task<ReportPage> ListAsync(Actor actor, ReportFilter filter)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var role = await gate.RequireAsync(db, actor, Right.Review);
        var query = db.ReviewableBy(actor.UserId, role).AsNoTracking()
            .Where(r => r.State == filter.State && (!filter.IsMine || r.HandledById == actor.UserId))
            // The sum keeps the database from the index of states, by which it would read all that stand alike for each of them.
            .Where(r => !db.Reports.Any(o => o.MessageId == r.MessageId && (int)o.State + 0 == (int)r.State && o.Id < r.Id));
        query = filter.OldestFirst
            ? query.Where(r => filter.Past == null || r.Id > filter.Past).OrderBy(r => r.Id)
            : query.Where(r => filter.Past == null || r.Id < filter.Past).OrderByDescending(r => r.Id);
        var found = await query.Take(PageSize + 1).ToListAsync();
        return new ReportPage(await RowsAsync(db, [.. found.Take(PageSize)]), found.Count > PageSize);
    }

    /// <summary>How many messages wait for somebody to take them.</summary>
    /// <exception cref="RefusedException">Not theirs to review.</exception>
    public async Task<int> CountOpenAsync(Actor actor)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var role = await gate.RequireAsync(db, actor, Right.Review);
        return await db.ReviewableBy(actor.UserId, role).Where(r => r.State == ReportState.Open).Select(r => r.MessageId).Distinct().CountAsync();
    }

    /// <summary>
    /// A reported message in its context: what was said around it, also in a room that the reader is not in, because a member of it
    /// showed it to the moderators.
    /// </summary>
    /// <exception cref="RefusedException">Not theirs to review.</exception>
    public async Task<ReportCase> ContextAsync(Actor actor, long reportId)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var role = await gate.RequireAsync(db, actor, Right.Review);
        var report = await db.ReviewableBy(actor.UserId, role).AsNoTracking().SingleOrDefaultAsync(r => r.Id == reportId)
            ?? throw RefusedException.NotFound("This report");
        var row = (await RowsAsync(db, [report]))[0];
        var lines = await LinesAsync(db, report);
        var earlier = db.Reports.Where(r => r.SenderId == report.SenderId && r.MessageId != report.MessageId);
        var isReaders = report.HandledById == actor.UserId;
        var mayAct = Policy.Outranks(role, row.Sender.Role);
        var standing = mayAct ? await StandingAsync(db, actor, report.RoomId) : null;
        return new ReportCase(
            row,
            await db.Rooms.Where(r => r.Id == report.RoomId).Select(r => r.Kind).SingleOrDefaultAsync(),
            report.Text,
            lines.FirstOrDefault(m => m.Id == report.MessageId),
            lines,
            await VoicesAsync(db, report),
            await earlier.Select(r => r.MessageId).Distinct().CountAsync(),
            await earlier.Where(r => r.State == ReportState.Resolved).Select(r => r.MessageId).Distinct().CountAsync(),
            isReaders,
            row is { State: ReportState.Claimed, Handler: var holder }
                && (isReaders || holder is null || Policy.Outranks(role, holder.Role) || !Policy.Allows(holder.Role, Right.Review)),
            mayAct,
            standing is not null && RoomPolicy.May(standing, Right.MuteInRoom),
            standing is not null && RoomPolicy.CanRemove(standing) && await db.Memberships.AnyAsync(m => m.RoomId == report.RoomId && m.UserId == report.SenderId));
    }

    /// <summary>The actor's own reports, newest first: where they stand, and what came of them.</summary>
    /// <exception cref="RefusedException">Signed out.</exception>
    public async Task<IReadOnlyList<OwnReport>> MineAsync(Actor actor)
    {
        var only = await sessions.RequireInRoomsAsync(actor, Scope.Read);
        await using var db = await contexts.CreateDbContextAsync();
        var reports = await db.Reports.AsNoTracking().Where(r => r.ReporterId == actor.UserId && (only == null || r.RoomId == only))
            .OrderByDescending(r => r.Id).Take(MaxOwn).ToListAsync();
        var senders = await people.GetAsync([.. reports.Select(r => r.SenderId).Distinct()]);
        return [.. reports.Select(r => new OwnReport(
            r.Id, MessageText.Excerpt(r.Text), senders[r.SenderId], r.Reason, r.At, r.State,
            r.State is ReportState.Resolved or ReportState.Dismissed ? r.HandledAt : null, r.Outcome))];
    }

    private async Task<IReadOnlyList<ReportRow>> RowsAsync(ChatDbContext db, IReadOnlyList<Report> reports)
    {
        var roomIds = reports.Select(r => r.RoomId).Distinct().ToArray();
        var messageIds = reports.Select(r => r.MessageId).Distinct().ToArray();
        var rooms = await db.Rooms.Where(r => roomIds.Contains(r.Id)).ToDictionaryAsync(r => r.Id, r => r.Kind == RoomKind.Direct ? "" : r.Name);
        var counts = (await db.Reports.Where(r => messageIds.Contains(r.MessageId)).Select(r => new { r.MessageId, r.State }).ToListAsync())
            .CountBy(r => (r.MessageId, r.State)).ToDictionary();
        var known = await people.GetAsync([.. reports.SelectMany(r => (long[])[r.SenderId, r.HandledById ?? r.SenderId]).Distinct()]);
        return [.. reports.Select(r => new ReportRow(
            r.Id, r.MessageId, r.RoomId, rooms.GetValueOrDefault(r.RoomId, ""), known[r.SenderId], r.Reason, MessageText.Excerpt(r.Text),
            counts[(r.MessageId, r.State)], r.At, r.State, r.HandledById is { } handler ? known.GetValueOrDefault(handler) : null, r.HandledAt, r.Outcome))];
    }

    private async Task<IReadOnlyList<MessageView>> LinesAsync(ChatDbContext db, Report report)
    {
        if (await db.Messages.Where(m => m.Id == report.MessageId).Select(m => (long?)m.Seq).SingleOrDefaultAsync() is not { } seq)
        {
            return [];
        }

        var room = db.Messages.AsNoTracking().Where(m => m.RoomId == report.RoomId);
        var before = await room.Where(m => m.Seq < seq).OrderByDescending(m => m.Seq).Take(Around).ToListAsync();
        var after = await room.Where(m => m.Seq >= seq).OrderBy(m => m.Seq).Take(Around + 1).ToListAsync();

        // Half of them on each side; where one side has fewer, the other one has more.
        var takenAfter = Math.Min(after.Count - 1, Math.Max(Around / 2, Around - before.Count));
        var takenBefore = Math.Min(before.Count, Around - takenAfter);
        return await views.OfAsync(db, [.. before.Take(takenBefore).Reverse(), .. after.Take(takenAfter + 1)]);
    }

    private async Task<IReadOnlyList<ReportVoice>> VoicesAsync(ChatDbContext db, Report report)
    {
        var reports = await db.Reports.AsNoTracking().Where(r => r.MessageId == report.MessageId).OrderBy(r => r.Id).Take(50).ToListAsync();
        var reporters = await people.GetAsync([.. reports.Select(r => r.ReporterId).Distinct()]);
        return [.. reports.Select(r => new ReportVoice(reporters[r.ReporterId], r.Reason, r.Note, r.At, r.State))];
    }

    /// <summary>What the reader is to the room; <see langword="null"/> for a private one that they are not in.</summary>
    private static async Task<Standing?> StandingAsync(ChatDbContext db, Actor actor, long roomId)
    {
        try
        {
            return await db.StandingAsync(actor, roomId, Scope.All);
        }
        catch (RefusedException)
        {
            return null;
        }
    }
}

/// <summary>Who may review what.</summary>
internal static class ReportSight
{
    /// <summary>The reports that somebody with the right to review may see, decide and act on.</summary>
    public static IQueryable<Report> ReviewableBy(this ChatDbContext db, long userId, Role role) => db.Reports.Where(r =>
        r.SenderId != userId && (role == Role.Owner || !db.Users.Any(u => u.Id == r.SenderId && u.Role >= role)));
}
