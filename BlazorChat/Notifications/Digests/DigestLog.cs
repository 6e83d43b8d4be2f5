using BlazorChat.Accounts;
using BlazorChat.Data;
using BlazorChat.Mail;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Notifications.Digests;

/// <summary>
/// Follows the log of messages and notes who is to get which by e-mail unless they read it before: whom it names, answers or calls
/// with <c>@all</c>, and who is in a direct conversation. The cursor moves in the transaction that notes it, so that a crash loses
/// nothing and doubles nothing. Much of it is read before its time; <see cref="DigestReader"/> asks again.
/// </summary>
public sealed class DigestLog(IDbContextFactory<ChatDbContext> contexts, EmailLinks links, TimeProvider time)
{
    /// <summary>Names the cursor.</summary>
    public const string CursorName = "digest";

    /// <summary>Messages that are looked through at once.</summary>
    private const int Step = 250;

    /// <summary>Looks through what was said since the last time. Where e-mail is off, it remembers nothing instead.</summary>
    internal async Task AdvanceAsync(CancellationToken stopping)
    {
        await using var db = await contexts.CreateDbContextAsync(stopping);
        var cursor = await db.LogCursors.Where(c => c.Name == CursorName).Select(c => (long?)c.MessageId).SingleOrDefaultAsync(stopping);
        if (!links.AreOn)
        {
            await db.DigestItems.ExecuteDeleteAsync(stopping);
            await db.LogCursors.Where(c => c.Name == CursorName).ExecuteDeleteAsync(stopping);
        }
        else if (cursor is null)
        {
            // E-mail was just turned on, and nobody wants last year's.
            db.LogCursors.Add(new LogCursor { Name = CursorName, MessageId = await db.Messages.MaxAsync(m => (long?)m.Id, stopping) ?? 0 });
            await db.SaveChangesAsync(stopping);
        }
        else
        {
            while (cursor is { } from)
            {
                cursor = await StepAsync(db, from, stopping);
            }
        }
    }

    /// <summary>Looks through the next messages; returns where to go on if there are more.</summary>
    private async Task<long?> StepAsync(ChatDbContext db, long from, CancellationToken stopping)
    {
        var ids = await db.Messages.Where(m => m.Id > from).OrderBy(m => m.Id).Select(m => m.Id).Take(Step).ToListAsync(stopping);
        if (ids.Count == 0)
        {
            return null;
        }

        var (to, items) = (ids[^1], await ItemsAsync(db, from, ids[^1], stopping));
        await using var transaction = await db.Database.BeginTransactionAsync(stopping);
        await DigestRows.StoreAsync(db, items);
        await db.LogCursors.Where(c => c.Name == CursorName).ExecuteUpdateAsync(set => set.SetProperty(c => c.MessageId, to), stopping);
        await transaction.CommitAsync(stopping);
        return ids.Count == Step ? to : null;
    }

    /// <summary>
    /// Whom some messages are for. One query a reason, because each has an index to go by; all in one would look at every member
    /// of a room for every message.
    /// </summary>
    private async Task<IReadOnlyCollection<(long UserId, long MessageId)>> ItemsAsync(ChatDbContext db, long from, long to, CancellationToken stopping)
    {
        var said = db.Messages.Where(m => m.Id > from && m.Id <= to && m.DeletedAt == null);
        var named =
            from message in said
            join mention in db.Mentions on message.Id equals mention.MessageId
            select new Concern { MessageId = message.Id, RoomId = message.RoomId, Seq = message.Seq, SenderId = message.SenderId, UserId = mention.UserId };
        var answered =
            from message in said
            join answer in db.Messages on message.ReplyToId equals (long?)answer.Id
            select new Concern { MessageId = message.Id, RoomId = message.RoomId, Seq = message.Seq, SenderId = message.SenderId, UserId = answer.SenderId };
        var called =
            from message in said
            where message.Callout == Callout.All
            join mine in db.Memberships on message.RoomId equals mine.RoomId
            select new Concern { MessageId = message.Id, RoomId = message.RoomId, Seq = message.Seq, SenderId = message.SenderId, UserId = mine.UserId };
        var direct =
            from message in said
            join room in db.Rooms on message.RoomId equals room.Id
            where room.Kind == RoomKind.Direct
            join mine in db.Memberships on room.Id equals mine.RoomId
            select new Concern { MessageId = message.Id, RoomId = message.RoomId, Seq = message.Seq, SenderId = message.SenderId, UserId = mine.UserId };
        return new HashSet<(long UserId, long MessageId)>(
        [
            .. await WantedAsync(db, named, NotifyLevel.Mentions, stopping),
            .. await WantedAsync(db, answered, NotifyLevel.Mentions, stopping),
            .. await WantedAsync(db, called, NotifyLevel.Mentions, stopping),
            .. await WantedAsync(db, direct, NotifyLevel.Everything, stopping),
        ]);
    }

    /// <summary>Those who are in the room still, have not read it, and want so much of it at least; cf. <see cref="WhoIsTold"/>.</summary>
    private async Task<IEnumerable<(long UserId, long MessageId)>> WantedAsync(
        ChatDbContext db, IQueryable<Concern> concerns, NotifyLevel least, CancellationToken stopping)
    {
        var now = time.GetUtcNow();
        var wanted =
            from concern in concerns
            where concern.UserId != concern.SenderId && !db.Blocks.Any(b => b.UserId == concern.UserId && b.BlockedId == concern.SenderId)
            join mine in db.Memberships on new { concern.RoomId, concern.UserId } equals new { mine.RoomId, mine.UserId }
            where mine.LastReadSeq < concern.Seq && (mine.MutedUntil == null || mine.MutedUntil <= now)
            join user in db.Users.WhereActive(now) on concern.UserId equals user.Id
            where !user.IsBot && user.Email != null
            join room in db.Rooms on concern.RoomId equals room.Id
            from settings in db.NotificationSettings.Where(s => s.UserId == concern.UserId).DefaultIfEmpty()
            where settings == null || settings.EmailAfterMinutes != null
            where (mine.Level ?? (room.Kind == RoomKind.Direct || settings == null ? NotifyLevel.Everything : settings.DefaultLevel)) >= least
            select new { concern.UserId, concern.MessageId };
        return (await wanted.ToListAsync(stopping)).Select(w => (w.UserId, w.MessageId));
    }

    private sealed class Concern
    {
        public long MessageId { get; init; }

        public long RoomId { get; init; }

        public long Seq { get; init; }

        public long SenderId { get; init; }

        public long UserId { get; init; }
    }
}
