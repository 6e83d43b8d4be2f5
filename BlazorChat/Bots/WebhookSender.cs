using System.Collections.Concurrent;
using BlazorChat.Data;
using BlazorChat.Live;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Bots;

/// <summary>
/// Sends what is due. Each webhook has a lane of its own, in which deliveries go out one after the other, so that a receiver that
/// is slow or dead delays its own alone. All that matters is in the database: a restart goes on where this one ended.
/// </summary>
public sealed class WebhookSender(
    IDbContextFactory<ChatDbContext> contexts, WebhookDispatch dispatch, TimeProvider time, ILogger<WebhookSender> logger) : BackgroundService
{
    /// <summary>Webhooks that are sent to at once.</summary>
    public const int MaxLanes = 16;

    /// <summary>How long the log of deliveries goes back.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private static readonly TimeSpan PruneInterval = TimeSpan.FromHours(1);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Alarm _alarm = new(time);
    private readonly ConcurrentDictionary<long, Task> _lanes = new();

    /// <summary>Says that something may be due.</summary>
    internal void Wake() => _alarm.Ring();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pruneAt = time.GetUtcNow();
        try
        {
            while (true)
            {
                var wakeAt = time.GetUtcNow() + Pause;
                try
                {
                    if (time.GetUtcNow() >= pruneAt)
                    {
                        await PruneAsync();
                        pruneAt = time.GetUtcNow() + PruneInterval;
                    }

                    var dueAt = await StartLanesAsync(stoppingToken);
                    wakeAt = dueAt < pruneAt ? dueAt.Value : pruneAt;
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    logger.LogWarning(exception, "Due webhook deliveries could not be looked up; trying again.");
                }

                await _alarm.WaitAsync(wakeAt, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }

        await Task.WhenAll(_lanes.Values);
    }

    /// <summary>Starts a lane for each webhook with something due; returns when the next is.</summary>
    private async Task<DateTimeOffset?> StartLanesAsync(CancellationToken stopping)
    {
        await using var db = await contexts.CreateDbContextAsync(stopping);
        var now = time.GetUtcNow();
        long[] busy = [.. _lanes.Keys];
        var waiting = db.WebhookDeliveries.Where(d => d.State == DeliveryState.Waiting && !busy.Contains(d.WebhookId));
        var due = await waiting.Where(d => d.NextAttemptAt <= now).GroupBy(d => d.WebhookId)
            .OrderBy(g => g.Min(d => d.NextAttemptAt)).Select(g => g.Key).Take(MaxLanes - busy.Length).ToListAsync(stopping);
        foreach (var webhookId in due)
        {
            // The lane must be known before it can end.
            var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _lanes[webhookId] = RunAsync(webhookId, start.Task, stopping);
            start.SetResult();
        }

        return await waiting.Where(d => d.NextAttemptAt > now).MinAsync(d => (DateTimeOffset?)d.NextAttemptAt, stopping);
    }

    private async Task RunAsync(long webhookId, Task start, CancellationToken stopping)
    {
        await start;
        try
        {
            while (!stopping.IsCancellationRequested && await NextAsync(webhookId) is { } deliveryId)
            {
                await dispatch.AttemptAsync(deliveryId, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Not noted as an attempt: the next process makes it again, with the same delivery id.
        }
        catch (Exception exception)
        {
            logger.LogError(exception, "Sending to webhook {WebhookId} failed; trying again.", webhookId);
            await Task.Delay(Pause, time, stopping).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
        finally
        {
            _lanes.TryRemove(webhookId, out _);
            Wake();
        }
    }

    private async Task<long?> NextAsync(long webhookId)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var now = time.GetUtcNow();
        return await db.WebhookDeliveries
            .Where(d => d.WebhookId == webhookId && d.State == DeliveryState.Waiting && d.NextAttemptAt <= now)
            .OrderBy(d => d.Id).Select(d => (long?)d.Id).FirstOrDefaultAsync();
    }

    private async Task PruneAsync()
    {
        await using var db = await contexts.CreateDbContextAsync();
        var before = time.GetUtcNow() - Kept;
        await db.WebhookDeliveries.Where(d => d.State != DeliveryState.Waiting && d.CreatedAt < before).ExecuteDeleteAsync();
    }
}
