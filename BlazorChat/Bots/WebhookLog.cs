using BlazorChat.Data;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Bots;

/// <summary>
/// Follows the log of messages and queues what bots are to be told of: messages that name them, and those of their direct
/// conversations. The cursor moves in the transaction that queues, so that a crash loses nothing and doubles nothing. Messages of
/// bots are passed over: two that answer each other would never end.
/// </summary>
public sealed class WebhookLog(
    IDbContextFactory<ChatDbContext> contexts, OutgoingWebhooks webhooks, WebhookSender sender, ChatService chat, TimeProvider time,
    ILogger<WebhookLog> logger) : BackgroundService
{
    /// <summary>Names the cursor.</summary>
    public const string CursorName = "webhooks";

    /// <summary>Messages that are looked through at once; a cursor that lies so far back is moved even where nothing was queued.</summary>
    private const int Step = 1_000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    // Ahead of the stored cursor while nothing was to be queued.
    private long _seen;

    private readonly Alarm _alarm = new(time);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var subscription = chat.Subscribe(_ =>
        {
            _alarm.Ring();
            return Task.CompletedTask;
        });
        webhooks.AnyChanged += Follow;
        try
        {
            await LookAsync(stoppingToken);
            Follow();
            while (true)
            {
                await AdvanceAsync(stoppingToken);
                await _alarm.WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        finally
        {
            webhooks.AnyChanged -= Follow;
        }

        // Without a webhook nothing wakes it: a busy server without bots pays nothing for them.
        void Follow()
        {
            if (webhooks.Any)
            {
                subscription.Follow(Topic.Log);
                _alarm.Ring();
            }
            else
            {
                subscription.Unfollow(Topic.Log);
            }
        }
    }

    private Task LookAsync(CancellationToken stopping) => UntilDoneAsync(async () =>
    {
        await webhooks.LookAsync();
        return false;
    }, stopping);

    private Task AdvanceAsync(CancellationToken stopping) => UntilDoneAsync(async () => webhooks.Any && await StepAsync(), stopping);

    /// <summary>Repeats a step while it says so; and, after a pause, when the database could not take it.</summary>
    private async Task UntilDoneAsync(Func<Task<bool>> step, CancellationToken stopping)
    {
        var more = true;
        while (more)
        {
            try
            {
                more = await step();
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                logger.LogWarning(exception, "Webhooks could not follow the log of messages; trying again.");
                await Task.Delay(Pause, time, stopping);
            }
        }
    }

    /// <summary>Looks through the next messages; returns whether there are more.</summary>
    private async Task<bool> StepAsync()
    {
        await using var db = await contexts.CreateDbContextAsync();
        var cursor = await db.LogCursors.SingleOrDefaultAsync(c => c.Name == CursorName);
        if (cursor is null)
        {
            return false;
        }

        var from = Math.Max(cursor.MessageId, _seen);
        var ids = db.Messages.Where(m => m.Id > from).OrderBy(m => m.Id).Select(m => m.Id).Take(Step);
        if (await ids.MaxAsync(id => (long?)id) is not { } to)
        {
            return false;
        }

        var isFull = await ids.CountAsync() == Step;
        var due = await DueAsync(db, from, to);
        if (due.Count == 0 && to - cursor.MessageId < Step)
        {
            // Not worth a write: after a crash these few messages are looked through again.
            _seen = to;
            return isFull;
        }

        var now = time.GetUtcNow();
        cursor.MessageId = to;
        db.WebhookDeliveries.AddRange(due.Select(d => new WebhookDelivery
        {
            WebhookId = d.WebhookId, MessageId = d.MessageId, CreatedAt = now, NextAttemptAt = now,
        }));
        await db.SaveChangesAsync();
        if (due.Count > 0)
        {
            sender.Wake();
        }

        return isFull;
    }

    /// <summary>Of some messages, those that are for a bot that is in their room and has a webhook since before them.</summary>
    private async Task<List<(long WebhookId, long MessageId)>> DueAsync(ChatDbContext db, long from, long to)
    {
        var now = time.GetUtcNow();
        var spoken =
            from message in db.Messages
            where message.Id > @from && message.Id <= to && message.DeletedAt == null
            join speaker in db.Users on message.SenderId equals speaker.Id
            where !speaker.IsBot
            join room in db.Rooms on message.RoomId equals room.Id
            from webhook in db.OutgoingWebhooks
            where webhook.CreatedAt <= message.SentAt
                && db.Memberships.Any(m => m.RoomId == message.RoomId && m.UserId == webhook.BotId)
                && db.Users.Any(u => u.Id == webhook.BotId && (u.BannedUntil == null || u.BannedUntil <= now))
                && (room.Kind == RoomKind.Direct || db.Mentions.Any(m => m.MessageId == message.Id && m.UserId == webhook.BotId))
            orderby message.Id
            select new { WebhookId = webhook.Id, MessageId = message.Id };
        return [.. (await spoken.AsNoTracking().ToListAsync()).Select(d => (d.WebhookId, d.MessageId))];
    }
}
