using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Notifications;

/// <summary>Whom pushes are for: asks the database and the switchboard what <see cref="WhoIsTold"/> decides on.</summary>
public sealed class PushAudience(SessionRegistry sessions, ReadPointers pointers, ChatService chat, TimeProvider time)
{
    /// <summary>Once for each notification: built anew each time it would cost as much as encrypting.</summary>
    private static readonly Func<ChatDbContext, long, long, DateTimeOffset, Task<Found?>> Find = EF.CompileAsyncQuery(
        (ChatDbContext db, long subscriptionId, long messageId, DateTimeOffset now) => (
            from subscription in db.PushSubscriptions
            where subscription.Id == subscriptionId
            from message in db.Messages
            where message.Id == messageId
            join mine in db.Memberships on new { subscription.UserId, message.RoomId } equals new { mine.UserId, mine.RoomId }
            join room in db.Rooms on message.RoomId equals room.Id
            join sender in db.Users on message.SenderId equals sender.Id
            from settings in db.NotificationSettings.Where(s => s.UserId == subscription.UserId).DefaultIfEmpty()
            select new Found
            {
                Subscription = subscription,
                Message = message,
                Mine = mine,
                Settings = settings,
                Room = room.Name,
                Kind = room.Kind,
                Sender = message.AliasName ?? sender.UserName!,
                IsMentioned = db.Mentions.Any(m => m.MessageId == message.Id && m.UserId == subscription.UserId),
                IsBlocked = db.Blocks.Any(b => b.UserId == subscription.UserId && b.BlockedId == message.SenderId),
                RepliesTo = db.Messages.Where(m => m.Id == message.ReplyToId).Select(m => (long?)m.SenderId).FirstOrDefault(),
                Badge = db.Memberships
                    .Where(m => m.UserId == subscription.UserId && m.Level != NotifyLevel.Nothing && (m.MutedUntil == null || m.MutedUntil <= now) && m.Room!.LastSeq > m.LastReadSeq)
                    .Sum(m => m.Room!.LastSeq - m.LastReadSeq),
            }).AsNoTracking().SingleOrDefault());

    /// <summary>
    /// What of some messages of one room goes to which browser: the newest that its owner is told of, or would be if they had not
    /// the room before their eyes.
    /// </summary>
    /// <param name="db">The database.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="said">Its messages, oldest first, by id.</param>
    internal async Task<IReadOnlyList<PushCandidate>> OfAsync(ChatDbContext db, long roomId, IReadOnlyList<(long Id, DateTimeOffset SentAt, Saying Said)> said)
    {
        var browsers = await (
            from subscription in db.PushSubscriptions
            join mine in db.Memberships on subscription.UserId equals mine.UserId
            where mine.RoomId == roomId
            from settings in db.NotificationSettings.Where(s => s.UserId == subscription.UserId).DefaultIfEmpty()
            select new { subscription.Id, subscription.Endpoint, subscription.SessionId, subscription.CreatedAt, mine, settings })
            .AsNoTracking().ToListAsync();
        var blocked = await BlockedAsync(db, roomId, [.. said.Select(s => s.Said.SenderId).Distinct()]);
        List<PushCandidate> candidates = [];
        var now = time.GetUtcNow();
        foreach (var browser in browsers)
        {
            var isActive = await sessions.IsAllowedAsync(new Actor(browser.mine.UserId, browser.SessionId), Scope.Read, roomId);
            var listener = Listener(browser.mine, browser.settings, isActive, blocked.GetValueOrDefault(browser.mine.UserId));

            // What was said before somebody allowed a browser is not for it.
            if (said.LastOrDefault(s => s.SentAt >= browser.CreatedAt && WhoIsTold.Ask(s.Said, listener, now) is Verdict.Tell or Verdict.Looking) is { Id: > 0 } told)
            {
                candidates.Add(new PushCandidate(
                    new PushJob(browser.Id, PushJob.HostOf(browser.Endpoint), roomId, told.Id), browser.mine.UserId, listener.IsLooking));
            }
        }

        return candidates;
    }

    /// <summary>The same question for one message and one browser, at the moment of sending; null for no.</summary>
    internal async Task<PushOccasion?> AgainAsync(ChatDbContext db, PushJob job)
    {
        var now = time.GetUtcNow();
        var found = await Find(db, job.SubscriptionId, job.MessageId, now);
        if (found is null)
        {
            return null;
        }

        var said = new Saying(
            found.Message.SenderId, found.Message.Seq, found.Kind == RoomKind.Direct, found.IsMentioned ? [found.Subscription.UserId] : [],
            found.RepliesTo, found.Message.Callout, found.Message.DeletedAt is not null);
        var isActive = await sessions.IsAllowedAsync(new Actor(found.Subscription.UserId, found.Subscription.SessionId), Scope.Read, job.RoomId);
        var listener = Listener(found.Mine, found.Settings, isActive, found.IsBlocked ? new HashSet<long> { found.Message.SenderId } : null);
        return WhoIsTold.Ask(said, listener, now) != Verdict.Tell ? null : new PushOccasion(
            found.Subscription, found.Message, found.Kind, found.Room, found.Sender, found.Badge, found.Settings?.ShowsText ?? true,
            WhoIsTold.Concerns(said, listener.UserId, listener.IsHere));
    }

    /// <summary>Of the people of a room those who blocked a sender, and whom.</summary>
    private static async Task<IReadOnlyDictionary<long, HashSet<long>>> BlockedAsync(ChatDbContext db, long roomId, long[] senders)
    {
        var blocks = await db.Blocks.AsNoTracking()
            .Where(b => senders.Contains(b.BlockedId) && db.Memberships.Any(m => m.RoomId == roomId && m.UserId == b.UserId)).ToListAsync();
        return blocks.GroupBy(b => b.UserId, b => b.BlockedId).ToDictionary(b => b.Key, b => b.ToHashSet());
    }

    private Listener Listener(Membership mine, NotificationSettings? settings, bool isActive, IReadOnlySet<long>? blocked)
    {
        settings ??= new NotificationSettings();
        return new Listener(
            mine.UserId, IsMember: true, isActive, mine.Level, settings.DefaultLevel, mine.MutedUntil, NotificationChoices.Of(settings).Quiet,
            pointers.Current(mine.UserId, mine.RoomId, mine.LastReadSeq), chat.IsLookingAt(mine.UserId, mine.RoomId),
            chat.PresenceOf(mine.UserId) != PresenceState.Offline, blocked);
    }

    private sealed class Found
    {
        public required PushSubscription Subscription { get; init; }

        public required Message Message { get; init; }

        public required Membership Mine { get; init; }

        public required NotificationSettings? Settings { get; init; }

        public required string Room { get; init; }

        public required RoomKind Kind { get; init; }

        public required string Sender { get; init; }

        public required bool IsMentioned { get; init; }

        public required bool IsBlocked { get; init; }

        public required long? RepliesTo { get; init; }

        public required long Badge { get; init; }
    }
}

/// <summary>A browser that may be told of a message.</summary>
/// <param name="Job">What of.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="IsLooking">Whether they have the room before their eyes, so that it is not told now.</param>
internal sealed record PushCandidate(PushJob Job, long UserId, bool IsLooking);

/// <summary>All that it takes to tell a browser of a message.</summary>
/// <param name="Subscription">The browser.</param>
/// <param name="Message">The message.</param>
/// <param name="Kind">What kind of room it is in.</param>
/// <param name="Room">The room's name.</param>
/// <param name="Sender">Who said it, as it is shown.</param>
/// <param name="Badge">How much is unread in all.</param>
/// <param name="ShowsText">Whether the browser's owner wants to see what was said.</param>
/// <param name="Concerns">Whether it is meant for its owner in particular.</param>
internal sealed record PushOccasion(
    PushSubscription Subscription, Message Message, RoomKind Kind, string Room, string Sender, long Badge, bool ShowsText, bool Concerns);
