using BlazorChat.Notifications.WebPush;

namespace BlazorChat.Notifications;

/// <summary>
/// What waits for one push service. A few go out at once, in the order of each slot, and a newer message takes the place of one
/// that still waits. A service that does not answer is left alone for a while, so that it holds up nobody, itself included.
/// </summary>
internal sealed class PushLane(PushDelivery delivery, PushProgress progress, TimeProvider time, ILogger logger, CancellationToken stopping)
{
    /// <summary>Notifications that are handed to one push service at once.</summary>
    public const int MaxAtOnce = 32;

    /// <summary>Failures in a row after which it rests.</summary>
    private const int MaxFailures = 16;

    /// <summary>
    /// Where the work between two waits is done: on half of the processors, and each piece behind what came meanwhile. To encrypt for a
    /// thousand browsers takes a while, in which somebody's message is to be acknowledged at once.
    /// </summary>
    private static readonly TaskScheduler Behind = new ConcurrentExclusiveSchedulerPair(
        TaskScheduler.Default, maxConcurrencyLevel: Math.Max(1, Environment.ProcessorCount / 2), maxItemsPerTask: 1).ConcurrentScheduler;

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<PushSlot, PushJob> _waiting = [];
    private readonly HashSet<PushSlot> _sending = [];
    private readonly Queue<PushSlot> _order = new();
    private int _running;
    private int _failures;
    private int _rests;
    private DateTimeOffset _restUntil;

    /// <summary>Takes a job, whose message the progress holds as begun until it is dealt with.</summary>
    public void Put(PushJob job)
    {
        PushJob? superseded;
        lock (_lock)
        {
            superseded = _waiting.GetValueOrDefault(job.Slot);
            if (superseded?.MessageId >= job.MessageId)
            {
                superseded = job;
            }
            else
            {
                _waiting[job.Slot] = job;
                if (superseded is null && !_sending.Contains(job.Slot))
                {
                    _order.Enqueue(job.Slot);
                }
            }

            if (_running < MaxAtOnce && _order.Count > 0)
            {
                _running++;
                _ = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.None, Behind);
            }
        }

        if (superseded is not null)
        {
            progress.End(superseded);
        }
    }

    private async Task RunAsync()
    {
        while (Take() is { } job)
        {
            try
            {
                Count(await delivery.AttemptAsync(job, RestUntil(), stopping));
                progress.End(job);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                // Not ended: the next process asks again.
            }
            catch (Exception exception)
            {
                logger.LogWarning(exception, "A notification could not be attempted; trying again.");
                await Task.Delay(Pause, time, stopping).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                Release(job.Slot);
                Put(job);
                continue;
            }

            Release(job.Slot);
        }
    }

    private PushJob? Take()
    {
        lock (_lock)
        {
            if (stopping.IsCancellationRequested || !_order.TryDequeue(out var slot))
            {
                _running--;
                return null;
            }

            _sending.Add(slot);
            _waiting.Remove(slot, out var job);
            return job;
        }
    }

    private void Release(PushSlot slot)
    {
        lock (_lock)
        {
            _sending.Remove(slot);
            if (_waiting.ContainsKey(slot))
            {
                _order.Enqueue(slot);
            }
        }
    }

    private DateTimeOffset RestUntil()
    {
        lock (_lock)
        {
            return _restUntil;
        }
    }

    private void Count(PushResult? result)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (result == PushResult.TryLater && ++_failures >= MaxFailures && _restUntil <= now)
            {
                // Longer the longer it lasts: up to eight minutes.
                _restUntil = now + Rest * (1 << _rests);
                _rests = Math.Min(_rests + 1, 5);
                _failures = 0;
            }
            else if (result is not (null or PushResult.TryLater))
            {
                _failures = _rests = 0;
            }
        }
    }
}
