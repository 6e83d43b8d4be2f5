using System.Threading.Channels;
using BlazorChat.Accounts;
using BlazorChat.Data;
using BlazorChat.Live;
using BlazorChat.Mail;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Notifications.Digests;

/// <summary>
/// Follows the log of messages and notes who is to get which by e-mail unless they read it before: whom it names, answers or calls
/// with <c>@all</c>, and who is in a direct conversation. The cursor moves in the transaction that notes it, so that a crash loses
/// nothing and doubles nothing. Most of it is read long before its time; <see cref="DigestSender"/> asks again.
/// </summary>
public sealed class DigestLog(
    IDbContextFactory<ChatDbContext> contexts, EmailLinks links, ChatService chat, TimeProvider time, ILogger<DigestLog> logger) : BackgroundService
{
    /// <summary>Names the cursor.</summary>
    public const string CursorName = "digest";

    /// <summary>Messages that are looked through at once; a cursor that lies so far back is moved even where nothing was noted.</summary>
    private const int Step = 1_000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Channel<bool> _woken = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    // Ahead of the stored cursor while nothing was to be noted.
    private long _seen;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var subscription = chat.Subscribe(_ =>
        {
            _woken.Writer.TryWrite(true);
            return Task.CompletedTask;
        });
        try
        {
            await UntilDoneAsync(BeginAsync, stoppingToken);
            if (!links.AreOn)
            {
                return;
            }

            subscription.Follow(Topic.Log);
            while (true)
            {
                await UntilDoneAsync(StepAsync, stoppingToken);
                await _woken.Reader.ReadAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>Repeats a step while it says so; and, after a pause, when the database could not take it.</summary>
    private async Task UntilDoneAsync(Func<CancellationToken, Task<bool>> step, CancellationToken stopping)
    {
        var more = true;
        while (more)
        {
            try
            {
                more = await step(stopping);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                logger.LogWarning(exception, "E-mail could not follow the log of messages; trying again.");
                await Task.Delay(Pause, time, stopping);
            }
        }
    }

    /// <summary>Starts at the end of the log where e-mail was just turned on: nobody wants last year's. Off, it remembers nothing.</summary>
    private async Task<bool> BeginAsync(CancellationToken stopping)
    {
        await using var db = await contexts.CreateDbContextAsync(stopping);
        if (!links.AreOn)
        {
            await db.DigestItems.ExecuteDeleteAsync(stopping);
            await db.LogCursors.Where(c => c.Name == CursorName).ExecuteDeleteAsync(stopping);
        }
        else if (!await db.LogCursors.AnyAsync(c => c.Name == CursorName, stopping))
        {
            db.LogCursors.Add(new LogCursor { Name = CursorName, MessageId = await db.Messages.MaxAsync(m => (long?)m.Id, stopping) ?? 0 });
            await db.SaveChangesAsync(stopping);
        }

        return false;
    }

    /// <summary>Looks through the next messages; returns whether there are more.</summary>
    private async Task<bool> StepAsync(CancellationToken stopping)
    {
        await using var db = await contexts.CreateDbContextAsync(stopping);
        var cursor = await db.LogCursors.AsTracking().SingleAsync(c => c.Name == CursorName, stopping);
        var from = Math.Max(cursor.MessageId, _seen);
        var ids = db.Messages.Where(m => m.Id > from).OrderBy(m => m.Id).Select(m => m.Id).Take(Step);
        if (await ids.MaxAsync(id => (long?)id, stopping) is not { } to)
        {
            return false;
        }

        var isFull = await ids.CountAsync(stopping) == Step;
        var items = await ItemsAsync(db, from, to, stopping);
        if (items.Count == 0 && to - cursor.MessageId < Step)
        {
            // Not worth a write: after a crash these few messages are looked through again.
            _seen = to;
            return isFull;
        }

        cursor.MessageId = to;
        db.DigestItems.AddRange(items);
        await db.SaveChangesAsync(stopping);
        return isFull;
    }

    /// <summary>
    /// Whom some messages are for. One query a reason, because each has an index to go by; all in one would look at every member
    /// of a room for every message.
    /// </summary>
    private async Task<List<DigestItem>> ItemsAsync(ChatDbContext db, long from, long to, CancellationToken stopping)
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
        HashSet<(long UserId, long MessageId)> items =
        [
            .. await WantedAsync(db, named, NotifyLevel.Mentions, stopping),
            .. await WantedAsync(db, answered, NotifyLevel.Mentions, stopping),
            .. await WantedAsync(db, called, NotifyLevel.Mentions, stopping),
            .. await WantedAsync(db, direct, NotifyLevel.Everything, stopping),
        ];
        return [.. items.Order().Select(i => new DigestItem { UserId = i.UserId, MessageId = i.MessageId })];
    }

    /// <summary>Those who are in the room still, have not read it, and want so much of it at least; cf. <see cref="WhoIsTold"/>.</summary>
    private async Task<IEnumerable<(long UserId, long MessageId)>> WantedAsync(
        ChatDbContext db, IQueryable<Concern> concerns, NotifyLevel least, CancellationToken stopping)
    {
        var now = time.GetUtcNow();
        var wanted =
            from concern in concerns
            where concern.UserId != concern.SenderId
            join mine in db.Memberships on new { concern.RoomId, concern.UserId } equals new { mine.RoomId, mine.UserId }
            where mine.LastReadSeq < concern.Seq && (mine.MutedUntil == null || mine.MutedUntil <= now)
            join user in db.Users.WhereActive() on concern.UserId equals user.Id
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
