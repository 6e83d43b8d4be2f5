using System.Collections.Concurrent;
using System.Threading.Channels;
using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Notifications;

/// <summary>What came of telling a browser, to be stored.</summary>
/// <param name="Job">What was tried.</param>
/// <param name="At">When.</param>
/// <param name="Error">Why it failed; <see langword="null"/> where the push service took it.</param>
/// <param name="RetryAt">When to try again; <see langword="null"/> for not at all.</param>
/// <param name="IsGone">Whether the browser is not there any more.</param>
/// <param name="IsSilent">Whether the push service was not asked: nothing is known about the browser.</param>
internal sealed record PushNote(
    PushJob Job, DateTimeOffset At, string? Error = null, DateTimeOffset? RetryAt = null, bool IsGone = false, bool IsSilent = false)
{
    private readonly TaskCompletionSource _stored = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes once it is on disk.</summary>
    public Task Stored => _stored.Task;

    internal void Complete() => _stored.TrySetResult();
}

/// <summary>
/// Stores what came of notifications, many in one transaction: a row written for each would take the database away from those
/// who are talking.
/// </summary>
public sealed class PushNotes(IDbContextFactory<ChatDbContext> contexts, TimeProvider time, ILogger<PushNotes> logger) : BackgroundService
{
    private const int GroupSize = 500;

    private static readonly TimeSpan LongestAttempt = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly Channel<PushNote> _notes = Channel.CreateUnbounded<PushNote>(new UnboundedChannelOptions { SingleReader = true });

    // The rows of the table, to know without asking what is due, and what a newer notification takes the place of.
    private readonly ConcurrentDictionary<PushSlot, PushRetry> _retries = new();

    /// <summary>Takes a note; it is stored soon, or tried again until it can be.</summary>
    internal void Add(PushNote note)
    {
        Health.Count(note);
        _notes.Writer.TryWrite(note);
    }

    /// <summary>How telling browsers goes.</summary>
    public PushHealth Health { get; } = new();

    /// <summary>How many notifications are to be tried again.</summary>
    public int Retries => _retries.Count;

    /// <summary>What is stored for a slot to be tried again, if anything.</summary>
    internal PushRetry? RetryOf(PushSlot slot) => _retries.GetValueOrDefault(slot);

    /// <summary>What is to be tried again by now.</summary>
    internal IReadOnlyList<PushRetry> Due() => [.. _retries.Values.Where(r => r.NextAttemptAt <= time.GetUtcNow())];

    /// <summary>Reads what an earlier process left to be tried again.</summary>
    internal async Task LoadAsync()
    {
        await using var db = await contexts.CreateDbContextAsync();
        await foreach (var retry in db.PushRetries.AsNoTracking().AsAsyncEnumerable())
        {
            _retries.TryAdd(new PushSlot(retry.SubscriptionId, retry.RoomId), retry);
        }
    }

    /// <summary>Whether anything is to be tried again.</summary>
    internal bool HasRetries => !_retries.IsEmpty;

    /// <summary>Takes a retry up: it is not due again while it is attempted.</summary>
    internal void Lease(PushRetry retry) => _retries[new PushSlot(retry.SubscriptionId, retry.RoomId)] = new PushRetry
    {
        SubscriptionId = retry.SubscriptionId, RoomId = retry.RoomId, MessageId = retry.MessageId, Attempts = retry.Attempts,
        NextAttemptAt = time.GetUtcNow() + LongestAttempt,
    };

    /// <summary>Forgets what a removed browser was to be told.</summary>
    internal void Forget(PushSlot slot) => _retries.TryRemove(slot, out _);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // What is noted while the process stops is stored still.
        var group = new List<PushNote>(GroupSize);
        while (!stoppingToken.IsCancellationRequested || _notes.Reader.TryPeek(out _))
        {
            try
            {
                await _notes.Reader.WaitToReadAsync(stoppingToken);
                await Task.Delay(Pause, time, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                // Stopping: what there is, at once.
            }

            while (group.Count < GroupSize && _notes.Reader.TryRead(out var note))
            {
                group.Add(note);
            }

            if (await TryStoreAsync(group) || stoppingToken.IsCancellationRequested)
            {
                group.ForEach(note => note.Complete());
                group.Clear();
            }
        }
    }

    private async Task<bool> TryStoreAsync(List<PushNote> group)
    {
        try
        {
            await using var db = await contexts.CreateDbContextAsync();
            await using var transaction = await db.Database.BeginTransactionAsync();
            await StoreBrowsersAsync(db, group);
            foreach (var slot in group.Where(n => !n.IsGone).GroupBy(n => n.Job.Slot))
            {
                await StoreRetryAsync(db, slot.Key, [.. slot]);
            }

            await transaction.CommitAsync();
            return true;
        }
        catch (Exception exception)
        {
            logger.LogWarning(exception, "What came of {Count} notifications could not be stored; trying again.", group.Count);
            return false;
        }
    }

    private static async Task StoreBrowsersAsync(ChatDbContext db, List<PushNote> group)
    {
        long[] gone = [.. group.Where(n => n.IsGone).Select(n => n.Job.SubscriptionId).Distinct()];
        if (gone.Length > 0)
        {
            await db.PushSubscriptions.Where(s => gone.Contains(s.Id)).ExecuteDeleteAsync();
        }

        var asked = group.Where(n => n is { IsGone: false, IsSilent: false }).ToLookup(n => n.Error is null);
        if (asked[true].MaxBy(n => n.At) is { At: var success })
        {
            long[] taken = [.. asked[true].Select(n => n.Job.SubscriptionId).Distinct()];
            await db.PushSubscriptions.Where(s => taken.Contains(s.Id)).ExecuteUpdateAsync(set => set.SetProperty(s => s.LastSuccessAt, success));
        }

        foreach (var browser in asked[false].GroupBy(n => n.Job.SubscriptionId))
        {
            var (failure, error) = browser.Select(n => (n.At, n.Error!)).MaxBy(n => n.At);
            var text = error.Length > PushSubscription.MaxErrorLength ? error[..PushSubscription.MaxErrorLength] : error;
            await db.PushSubscriptions.Where(s => s.Id == browser.Key)
                .ExecuteUpdateAsync(set => set.SetProperty(s => s.LastErrorAt, failure).SetProperty(s => s.LastError, text));
        }
    }

    /// <summary>One retry a slot, for its newest message; what was taken, or is not to be told any more, needs none.</summary>
    private async Task StoreRetryAsync(ChatDbContext db, PushSlot slot, PushNote[] notes)
    {
        var newest = notes.MaxBy(n => n.Job.MessageId)!;
        var (job, known) = (newest.Job, _retries.GetValueOrDefault(slot));
        if (newest.RetryAt is { } at)
        {
            // Nothing where the browser or the message was removed meanwhile.
            var messageId = Math.Max(job.MessageId, known?.MessageId ?? 0);
            var attempts = Math.Max(job.Attempts, known?.Attempts ?? 0);
            await db.Database.ExecuteSqlAsync($"""
                INSERT INTO "PushRetries" ("SubscriptionId", "RoomId", "MessageId", "Attempts", "NextAttemptAt")
                SELECT s."Id", {job.RoomId}, m."Id", {attempts}, {at.ToUnixTimeMilliseconds()}
                FROM "PushSubscriptions" s, "Messages" m WHERE s."Id" = {job.SubscriptionId} AND m."Id" = {messageId}
                ON CONFLICT ("SubscriptionId", "RoomId") DO UPDATE SET
                    "MessageId" = excluded."MessageId", "Attempts" = excluded."Attempts", "NextAttemptAt" = excluded."NextAttemptAt"
                """);
            _retries[slot] = new PushRetry
            {
                SubscriptionId = slot.SubscriptionId, RoomId = slot.RoomId, MessageId = messageId, Attempts = attempts, NextAttemptAt = at,
            };
        }
        else if (known is not null && (newest.IsSilent ? known.MessageId == job.MessageId : known.MessageId <= job.MessageId))
        {
            await db.PushRetries.Where(r => r.SubscriptionId == slot.SubscriptionId && r.RoomId == slot.RoomId).ExecuteDeleteAsync();
            _retries.TryRemove(slot, out _);
        }
    }
}
