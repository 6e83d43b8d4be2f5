using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text;
using BlazorChat.Accounts;
using BlazorChat.Data;
using BlazorChat.Notifications.WebPush;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Notifications;

/// <summary>Makes one attempt to tell a browser: asks again whether it is to be told, hands it to the push service, and notes what came of it.</summary>
public sealed class PushDelivery(
    IDbContextFactory<ChatDbContext> contexts, PushAudience audience, IWebPushClient client, PushNotes notes, CommunityService community,
    TimeProvider time)
{
    // Push services ask for patience a browser, and another room's message is no reason to ask earlier.
    private readonly ConcurrentDictionary<long, DateTimeOffset> _resting = new();

    /// <summary>Attempts a job. Returns once what came of it needs no second attempt after a crash.</summary>
    /// <param name="job">What to tell whom.</param>
    /// <param name="restUntil">Until when the push service itself is left alone.</param>
    /// <param name="stopping">The process stops.</param>
    /// <returns>What the push service answered; null where it was not asked.</returns>
    internal async Task<PushResult?> AttemptAsync(PushJob job, DateTimeOffset restUntil, CancellationToken stopping)
    {
        var now = time.GetUtcNow();
        restUntil = _resting.TryGetValue(job.SubscriptionId, out var resting) && resting > restUntil ? resting : restUntil;
        if (restUntil > now)
        {
            await NoteAsync(new PushNote(job, now, RetryAt: restUntil + TimeSpan.FromSeconds(Random.Shared.NextDouble() * 5), IsSilent: true));
            return null;
        }

        PushOccasion? occasion;
        await using (var db = await contexts.CreateDbContextAsync(stopping))
        {
            occasion = await audience.AgainAsync(db, job);
        }

        if (occasion is null || now - occasion.Message.SentAt > PushBackoff.Lifetime)
        {
            Drop(job);
            return null;
        }

        var outcome = await SendAsync(occasion, now, stopping);
        await NoteAsync(job, outcome, now);
        return outcome.Result;
    }

    /// <summary>Tells a browser that telling it works.</summary>
    /// <returns>What went wrong; <see langword="null"/> when the push service took it.</returns>
    internal async Task<string?> SendTestAsync(PushSubscription subscription)
    {
        var content = new PushContent(
            (await community.GetAsync()).Name, "Notifications reach this device.", "/account/notifications", "test");
        var outcome = await client.SendAsync(TargetOf(subscription), RequestOf(content, TimeSpan.FromMinutes(1), PushUrgency.High), CancellationToken.None);
        var job = new PushJob(subscription.Id, PushJob.HostOf(subscription.Endpoint), RoomId: 0, MessageId: 0);
        var note = new PushNote(job, time.GetUtcNow(), outcome.Error, IsGone: outcome.Result == PushResult.Gone);
        notes.Add(note);
        await note.Stored;
        return outcome.Error;
    }

    private async Task<PushOutcome> SendAsync(PushOccasion occasion, DateTimeOffset now, CancellationToken stopping)
    {
        var message = occasion.Message;
        var content = PushContent.Of(
            (await community.GetAsync()).Name, occasion.Kind, occasion.Room, occasion.Sender, message.RoomId, message.Id, message.Text, occasion.Badge, occasion.ShowsText);
        var urgency = occasion.Concerns ? PushUrgency.High : PushUrgency.Normal;
        var timeToLive = PushBackoff.Lifetime - (now - message.SentAt);
        var target = TargetOf(occasion.Subscription);
        var outcome = await client.SendAsync(target, RequestOf(content, timeToLive, urgency), stopping);
        return outcome.Result == PushResult.TooLarge
            ? await client.SendAsync(target, RequestOf(content with { Body = "" }, timeToLive, urgency), stopping)
            : outcome;
    }

    private Task NoteAsync(PushJob job, PushOutcome outcome, DateTimeOffset now)
    {
        var attempts = Math.Max(job.Attempts, notes.RetryOf(job.Slot)?.Attempts ?? 0) + 1;
        switch (outcome.Result)
        {
            case PushResult.TryLater:
                var retryAt = now + PushBackoff.After(attempts, outcome.RetryAfter, Random.Shared.NextDouble());
                _resting[job.SubscriptionId] = retryAt;
                return NoteAsync(new PushNote(job with { Attempts = attempts }, now, outcome.Error, retryAt));
            case PushResult.Gone:
                _resting.TryRemove(job.SubscriptionId, out _);
                notes.Add(new PushNote(job, now, IsGone: true));
                return Task.CompletedTask;
            default:
                _resting.TryRemove(job.SubscriptionId, out _);
                notes.Add(new PushNote(job, now, outcome.Error));
                return Task.CompletedTask;
        }
    }

    private void Drop(PushJob job)
    {
        if (notes.RetryOf(job.Slot)?.MessageId == job.MessageId)
        {
            notes.Add(new PushNote(job, time.GetUtcNow(), IsSilent: true));
        }
    }

    private Task NoteAsync(PushNote note)
    {
        notes.Add(note);
        return note.Stored;
    }

    private static PushTarget TargetOf(PushSubscription subscription) => new(subscription.Endpoint, subscription.P256dh, subscription.Auth);

    private static PushRequest RequestOf(PushContent content, TimeSpan timeToLive, PushUrgency urgency) => new(
        content.ToBytes(), timeToLive, urgency, Base64Url.EncodeToString(Encoding.UTF8.GetBytes(content.Tag)));
}
