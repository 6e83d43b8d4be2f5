using System.Collections.Concurrent;
using System.Threading.Channels;
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
    /// <summary>Longer than it takes to notice that nobody is at the other end of a connection.</summary>
    private static readonly TimeSpan DeadTab = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan StoreInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TidyInterval = TimeSpan.FromHours(1);

    private readonly Channel<bool> _woken = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ConcurrentDictionary<string, PushLane> _lanes = new();
    private readonly Dictionary<PushSlot, (PushCandidate Candidate, DateTimeOffset AskAt)> _looking = [];
    private readonly PushProgress _progress = new();
    private long _stored;
    private long _read;
    private bool _hasMore;
    private DateTimeOffset _tidyAt;
    private DateTimeOffset _storeAt;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var subscription = chat.Subscribe(_ =>
        {
            Wake();
            return Task.CompletedTask;
        });
        subscriptions.Added += Start;
        try
        {
            await UntilDoneAsync(async () =>
            {
                await subscriptions.TidyAsync();
                await notes.LoadAsync();
                _tidyAt = time.GetUtcNow() + TidyInterval;
                return true;
            }, stoppingToken);
            if (subscriptions.Any)
            {
                Start();
            }

            while (true)
            {
                await WaitAsync(stoppingToken);
                await UntilDoneAsync(() => BeatAsync(stoppingToken), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        finally
        {
            subscriptions.Added -= Start;
            await TryStoreCursorAsync();
        }

        // Until somebody wants to be told nothing wakes it: a server without them pays nothing.
        void Start()
        {
            subscription.Follow(Topic.Log);
            Wake();
        }
    }

    private void Wake() => _woken.Writer.TryWrite(true);

    /// <summary>Until the next look: a beat while something is under way or waits for its grace, else when the log grows.</summary>
    private async Task WaitAsync(CancellationToken stopping)
    {
        if (!subscriptions.Any || (!_hasMore && _progress.UnderWay == 0 && _progress.Mark == _stored && !notes.HasRetries && _looking.Count == 0))
        {
            await _woken.Reader.ReadAsync(stopping);
        }

        await Task.Delay(Beat, time, stopping);
    }

    private async Task<bool> BeatAsync(CancellationToken stopping)
    {
        if (time.GetUtcNow() >= _tidyAt)
        {
            await subscriptions.TidyAsync();
            _tidyAt = time.GetUtcNow() + TidyInterval;
        }

        AskThoseWhoLooked(stopping);
        foreach (var retry in notes.Due())
        {
            await RetryAsync(retry, stopping);
        }

        while (subscriptions.Any && _progress.UnderWay < MaxUnderWay && await StepAsync(stopping))
        {
        }

        await StoreCursorAsync();
        return true;
    }

    /// <summary>Looks at the next messages that are old enough; returns whether there may be more of them.</summary>
    private async Task<bool> StepAsync(CancellationToken stopping)
    {
        await using var db = await contexts.CreateDbContextAsync(stopping);
        if (_read == 0 && !await FindCursorAsync(db))
        {
            return false;
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
                _looking.Remove(candidate.Job.Slot, out var before);
                if (candidate.IsLooking)
                {
                    _looking[candidate.Job.Slot] = (candidate, before.Candidate is null ? now + DeadTab : before.AskAt);
                }
                else
                {
                    Put(candidate.Job, stopping);
                }
            }
        }

        _read = last;
        _progress.ReadTo(last);
        return due.Count == Step;
    }

    /// <summary>
    /// Whoever had a room before their eyes is asked about once more. A lid that was closed looks like a visible tab until the
    /// connection's time is over, and the last messages before it would be told to nobody.
    /// </summary>
    private void AskThoseWhoLooked(CancellationToken stopping)
    {
        var now = time.GetUtcNow();
        foreach (var (candidate, _) in _looking.Values.Where(l => l.AskAt <= now).ToList())
        {
            _looking.Remove(candidate.Job.Slot);
            if (!chat.IsLookingAt(candidate.UserId, candidate.Job.RoomId))
            {
                Put(candidate.Job, stopping);
            }
        }
    }

    private void Put(PushJob job, CancellationToken stopping)
    {
        _progress.Begin(job);
        _lanes.GetOrAdd(job.Host, _ => new PushLane(delivery, _progress, time, logger, stopping)).Put(job);
    }

    private async Task RetryAsync(PushRetry retry, CancellationToken stopping)
    {
        await using var db = await contexts.CreateDbContextAsync(stopping);
        var endpoint = await db.PushSubscriptions.Where(s => s.Id == retry.SubscriptionId).Select(s => s.Endpoint).SingleOrDefaultAsync(stopping);
        if (endpoint is null)
        {
            notes.Forget(new PushSlot(retry.SubscriptionId, retry.RoomId));
        }
        else
        {
            notes.Lease(retry);
            Put(new PushJob(retry.SubscriptionId, PushJob.HostOf(endpoint), retry.RoomId, retry.MessageId, retry.Attempts, IsRetry: true), stopping);
        }
    }

    private async Task<bool> FindCursorAsync(ChatDbContext db)
    {
        if (await db.LogCursors.AsNoTracking().SingleOrDefaultAsync(c => c.Name == CursorName) is not { } cursor)
        {
            return false;
        }

        _read = _stored = cursor.MessageId;
        _progress.ReadTo(_read);
        return true;
    }

    private async Task StoreCursorAsync(bool atOnce = false)
    {
        var (mark, now) = (_progress.Mark, time.GetUtcNow());
        if (mark > _stored && (now >= _storeAt || atOnce))
        {
            await using var db = await contexts.CreateDbContextAsync();
            await db.LogCursors.Where(c => c.Name == CursorName).ExecuteUpdateAsync(set => set.SetProperty(c => c.MessageId, mark));
            _stored = mark;
            _storeAt = now + StoreInterval;
        }
    }

    private async Task TryStoreCursorAsync()
    {
        try
        {
            await StoreCursorAsync(atOnce: true);
        }
        catch (Exception exception)
        {
            logger.LogWarning(exception, "The cursor of notifications could not be stored; a few will be repeated.");
        }
    }

    /// <summary>Repeats a step, after a pause, while the database cannot take it.</summary>
    private async Task UntilDoneAsync(Func<Task<bool>> step, CancellationToken stopping)
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
