using System.Globalization;
using BlazorChat.Accounts;
using BlazorChat.Data;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Notifications.Digests;

/// <summary>
/// Asks, at the moment of sending, what somebody is still to get: nothing that was read or deleted meanwhile, of rooms that they
/// left or muted, or that they want no e-mail of. Quiet hours hold nothing back: an e-mail makes no sound.
/// </summary>
public sealed class DigestReader(PeopleDirectory people, ReadPointers pointers, TimeProvider time)
{
    private const int ExcerptLength = 300;

    /// <summary>What somebody is to get now, and which of the noted messages are settled without.</summary>
    internal async Task<(Digest? Digest, long[] Told, long[] Settled)> OfAsync(ChatDbContext db, long userId)
    {
        var items = await ItemsAsync(db, userId);
        var settings = await NotificationService.OfAsync(db, userId);
        var now = time.GetUtcNow();
        var user = await db.Users.WhereActive(now).Where(u => u.Id == userId && !u.IsBot && u.Email != null)
            .Select(u => new { u.UserName, u.Email }).SingleOrDefaultAsync();
        if (user is null || settings.EmailAfterMinutes is not { } minutes)
        {
            return (null, [], [.. items.Select(i => i.Id)]);
        }

        var told = items.Where(i => IsTold(i, userId, settings, now)).ToList();
        long[] settled = [.. items.Except(told).Select(i => i.Id)];
        if (told.Count == 0 || told[0].SentAt.AddMinutes(minutes) > now)
        {
            // What made it due has been read, and the rest is not old enough.
            return (null, [], settled);
        }

        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(settings.TimeZone, out var found) ? found : TimeZoneInfo.Utc;
        var digest = new Digest(userId, user.UserName!, user.Email!, zone, settings.ShowsText, await RoomsAsync(db, userId, told, settings.ShowsText));
        return (digest, [.. told.Select(i => i.Id)], settled);
    }

    private static Task<List<Item>> ItemsAsync(ChatDbContext db, long userId) => (
        from item in db.DigestItems
        where item.UserId == userId
        join message in db.Messages on item.MessageId equals message.Id
        join room in db.Rooms on message.RoomId equals room.Id
        from mine in db.Memberships.Where(m => m.RoomId == room.Id && m.UserId == userId).DefaultIfEmpty()
        orderby message.Id
        select new Item
        {
            Id = message.Id, Seq = message.Seq, SenderId = message.SenderId, SentAt = message.SentAt, Callout = message.Callout, IsDeleted = message.DeletedAt != null,
            IsBlocked = db.Blocks.Any(b => b.UserId == userId && b.BlockedId == message.SenderId),
            IsNamed = db.Mentions.Any(m => m.MessageId == message.Id && m.UserId == userId),
            RepliesTo = db.Messages.Where(o => o.Id == message.ReplyToId).Select(o => (long?)o.SenderId).FirstOrDefault(),
            RoomId = room.Id, Kind = room.Kind, RoomName = room.Name, DirectKey = room.DirectKey, Mine = mine,
        }).AsNoTracking().ToListAsync();

    private bool IsTold(Item item, long userId, NotificationSettings settings, DateTimeOffset now)
    {
        var said = new Saying(
            item.SenderId, item.Seq, item.Kind == RoomKind.Direct, item.IsNamed ? [userId] : [], item.RepliesTo, item.Callout, item.IsDeleted);
        var listener = new Listener(
            userId, IsMember: item.Mine is not null, IsActive: true, item.Mine?.Level, settings.DefaultLevel, item.Mine?.MutedUntil, Quiet: null,
            item.Mine is null ? 0 : pointers.Current(userId, item.RoomId, item.Mine.LastReadSeq), IsLooking: false, IsHere: false,
            item.IsBlocked ? new HashSet<long> { item.SenderId } : null);
        return WhoIsTold.Ask(said, listener, now) == Verdict.Tell && WhoIsTold.Concerns(said, userId, isHere: false);
    }

    private async Task<IReadOnlyList<DigestRoom>> RoomsAsync(ChatDbContext db, long userId, List<Item> told, bool showsText)
    {
        long[] shownIds = showsText ? [.. told.TakeLast(Digest.MaxShown).Select(i => i.Id)] : [];
        var shown = await db.Messages.AsNoTracking().Where(m => shownIds.Contains(m.Id))
            .Select(m => new { m.Id, m.RoomId, m.SenderId, m.AliasName, m.SentAt, m.Text }).OrderBy(m => m.Id).ToListAsync();
        var names = await people.GetAsync([.. shown.Select(m => m.SenderId).Concat(told.SelectMany(i => OthersIn(i.DirectKey, userId))).Distinct()]);
        return [.. told.GroupBy(i => i.RoomId).Select(room =>
        {
            var any = room.First();
            var with = OthersIn(any.DirectKey, userId).Where(names.ContainsKey).Select(id => names[id].Name).Order(StringComparer.CurrentCultureIgnoreCase);
            return new DigestRoom(
                room.Key, any.Kind, any.DirectKey is null ? any.RoomName : string.Join(", ", with), room.Count(), any.Id, room.Last().Id,
                [.. shown.Where(m => m.RoomId == room.Key).Select(m => new DigestMessage(
                    m.AliasName ?? names[m.SenderId].Name, m.SentAt, MessageText.Excerpt(m.Text, ExcerptLength)))]);
        })];
    }

    private static IEnumerable<long> OthersIn(string? directKey, long userId) =>
        directKey is null ? [] : directKey.Split(',').Select(id => long.Parse(id, CultureInfo.InvariantCulture)).Where(id => id != userId);

    /// <summary>A noted message, without its text: there may be many, and few are shown.</summary>
    private sealed class Item
    {
        public long Id { get; init; }

        public long Seq { get; init; }

        public long SenderId { get; init; }

        public DateTimeOffset SentAt { get; init; }

        public Callout Callout { get; init; }

        public bool IsDeleted { get; init; }

        public bool IsBlocked { get; init; }

        public bool IsNamed { get; init; }

        public long? RepliesTo { get; init; }

        public long RoomId { get; init; }

        public RoomKind Kind { get; init; }

        public string RoomName { get; init; } = "";

        public string? DirectKey { get; init; }

        public Membership? Mine { get; init; }
    }
}
