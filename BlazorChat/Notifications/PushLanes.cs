using System.Collections.Concurrent;
using BlazorChat.Data;
using BlazorChat.Live;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Notifications;

/// <summary>What is on its way to browsers: a lane for each push service, what is to be tried again, and who is asked about once more.</summary>
internal sealed class PushLanes(
    IDbContextFactory<ChatDbContext> contexts, PushDelivery delivery, PushNotes notes, ChatService chat, TimeProvider time, ILogger logger,
    CancellationToken stopping)
{
    /// <summary>Longer than it takes to notice that nobody is at the other end of a connection.</summary>
    private static readonly TimeSpan DeadTab = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, PushLane> _lanes = new();
    private readonly Dictionary<PushSlot, (PushCandidate Candidate, DateTimeOffset AskAt)> _looking = [];

    /// <summary>How far the log is dealt with.</summary>
    public PushProgress Progress { get; } = new();

    /// <summary>Whether nothing is on its way, and nothing waits for its time.</summary>
    public bool AreIdle => Progress.UnderWay == 0 && !notes.HasRetries && _looking.Count == 0;

    /// <summary>Has a browser told; or, where its owner has the room before their eyes, asks again later.</summary>
    public void Put(PushCandidate candidate)
    {
        _looking.Remove(candidate.Job.Slot, out var before);
        if (candidate.IsLooking)
        {
            _looking[candidate.Job.Slot] = (candidate, before.Candidate is null ? time.GetUtcNow() + DeadTab : before.AskAt);
        }
        else
        {
            Put(candidate.Job);
        }
    }

    /// <summary>
    /// Takes up whose time has come: retries, and whoever had a room before their eyes. A lid that was closed looks like a visible
    /// tab until the connection's time is over, and the last messages before it would be told to nobody.
    /// </summary>
    public async Task PutDueAsync()
    {
        var now = time.GetUtcNow();
        foreach (var (candidate, _) in _looking.Values.Where(l => l.AskAt <= now).ToList())
        {
            _looking.Remove(candidate.Job.Slot);
            if (!chat.IsLookingAt(candidate.UserId, candidate.Job.RoomId))
            {
                Put(candidate.Job);
            }
        }

        foreach (var retry in notes.Due())
        {
            await PutAsync(retry);
        }
    }

    private async Task PutAsync(PushRetry retry)
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
            Put(new PushJob(retry.SubscriptionId, PushJob.HostOf(endpoint), retry.RoomId, retry.MessageId, retry.Attempts, IsRetry: true));
        }
    }

    private void Put(PushJob job)
    {
        Progress.Begin(job);
        _lanes.GetOrAdd(job.Host, _ => new PushLane(delivery, Progress, time, logger, stopping)).Put(job);
    }
}
