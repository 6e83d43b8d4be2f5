using BlazorChat.Data;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Notifications.WebPush;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace BlazorChat.Notifications;

/// <summary>
/// Follows the log of messages and has browsers told. A message waits for the grace, in which it may be read or deleted; then it
/// goes to the lanes of the push services. The cursor stays behind what is on its way: a crash repeats a few seconds, which a
/// notification's tag makes invisible, and skips nothing.
/// </summary>
public sealed class PushLog(
    IDbContextFactory<ChatDbContext> contexts, PushSubscriptions subscriptions, PushAudience audience, PushDelivery delivery, PushNotes notes,
    ChatService chat, IOptions<PushOptions> options, TimeProvider time, ILogger<PushLog> logger) : BackgroundService
{
    /// <summary>Names the cursor.</summary>
    public const string CursorName = "push";

    /// <summary>Messages that are looked at together.</summary>
    private const int Step = 500;

    /// <summary>Notifications on their way, above which the log waits: it is on disk, and memory is not.</summary>
    private const int MaxUnderWay = 20_000;

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TidyInterval = TimeSpan.FromHours(1);

    private readonly Alarm _alarm = new(time);
    private readonly PushCursor _cursor = new(contexts, time);
    private long _read;
    private bool _hasMore;
    private DateTimeOffset _tidyAt;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var subscription = chat.Subscribe(_ =>
        {
            _alarm.Ring();
            return Task.CompletedTask;
        });
        var lanes = new PushLanes(contexts, delivery, notes, chat, time, logger, stoppingToken);
        subscriptions.Added += Start;
        try
        {
            await UntilDoneAsync(async () =>
            {
                await notes.LoadAsync();
                await TidyAsync();
            }, stoppingToken);
            if (subscriptions.Any)
            {
                Start();
            }

            while (true)
            {
                await WaitAsync(lanes, stoppingToken);
                await UntilDoneAsync(() => BeatAsync(lanes, stoppingToken), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        finally
        {
            subscriptions.Added -= Start;
            await TryStoreAsync(lanes.Progress.Mark);
        }

        // Until somebody wants to be told nothing wakes it: a server without them pays nothing.
        void Start()
        {
            subscription.Follow(Topic.Log);
            _alarm.Ring();
        }
    }

    /// <summary>Until the next look: a beat while something is under way or waits for its grace, else when the log grows.</summary>
    private async Task WaitAsync(PushLanes lanes, CancellationToken stopping)
    {
        if (!subscriptions.Any || (!_hasMore && lanes.AreIdle && lanes.Progress.Mark == _cursor.Stored))
        {
            await _alarm.WaitAsync(stopping);
        }

        await Task.Delay(Beat, time, stopping);
    }

    private async Task BeatAsync(PushLanes lanes, CancellationToken stopping)
    {
        await TidyAsync();
        await lanes.PutDueAsync();
        while (subscriptions.Any && lanes.Progress.UnderWay < MaxUnderWay && await StepAsync(lanes, stopping))
        {
        }

        await _cursor.StoreAsync(lanes.Progress.Mark);
    }

    /// <summary>Forgets browsers of ended sessions, now and then.</summary>
    private async Task TidyAsync()
    {
        if (time.GetUtcNow() >= _tidyAt)
        {
            await subscriptions.TidyAsync();
            _tidyAt = time.GetUtcNow() + TidyInterval;
        }
    }

    /// <summary>Looks at the next messages that are old enough; returns whether there may be more of them.</summary>
    private async Task<bool> StepAsync(PushLanes lanes, CancellationToken stopping)
    {
        await using var db = await contexts.CreateDbContextAsync(stopping);
        if (_read == 0)
        {
            if (!await _cursor.FindAsync(db))
            {
                return false;
            }

            _read = _cursor.Stored;
            lanes.Progress.ReadTo(_read);
        }

        var next = await db.Messages.AsNoTracking().Where(m => m.Id > _read).OrderBy(m => m.Id).Take(Step)
            .Select(m => new
            {
                m.Id, m.RoomId, m.Seq, m.SenderId, m.SentAt, m.Callout, m.DeletedAt,
                RepliesTo = db.Messages.Where(o => o.Id == m.ReplyToId).Select(o => (long?)o.SenderId).FirstOrDefault(),
            })
            .ToListAsync(stopping);
        var now = time.GetUtcNow();
        var due = next.TakeWhile(m => m.SentAt.AddSeconds(options.Value.GraceSeconds) <= now).ToList();
        _hasMore = next.Count > due.Count || next.Count == Step;
        if (due.Count == 0)
        {
            return false;
        }

        var (first, last) = (due[0].Id, due[^1].Id);
        var mentions = (await db.Mentions.AsNoTracking().Where(m => m.MessageId >= first && m.MessageId <= last).ToListAsync(stopping))
            .ToLookup(m => m.MessageId, m => m.UserId);
        foreach (var room in due.Where(m => now - m.SentAt < PushBackoff.Lifetime).GroupBy(m => m.RoomId))
        {
            var isDirect = await db.Rooms.AnyAsync(r => r.Id == room.Key && r.Kind == RoomKind.Direct, stopping);
            var candidates = await audience.OfAsync(db, room.Key, [.. room.Select(m => (m.Id, m.SentAt, new Saying(
                m.SenderId, m.Seq, isDirect, [.. mentions[m.Id]], m.RepliesTo, m.Callout, m.DeletedAt is not null)))]);
            foreach (var candidate in candidates)
            {
                lanes.Put(candidate);
            }
        }

        _read = last;
        lanes.Progress.ReadTo(last);
        return due.Count == Step;
    }

    private async Task TryStoreAsync(long mark)
    {
        try
        {
            await _cursor.StoreAsync(mark, atOnce: true);
        }
        catch (Exception exception)
        {
            logger.LogWarning(exception, "The cursor of notifications could not be stored; a few will be repeated.");
        }
    }

    /// <summary>Repeats a step, after a pause, while the database cannot take it.</summary>
    private async Task UntilDoneAsync(Func<Task> step, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                await step();
                return;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                logger.LogWarning(exception, "Notifications could not follow the log of messages; trying again.");
                await Task.Delay(Pause, time, stopping);
            }
        }
    }
}
