using BlazorChat.Accounts;
using BlazorChat.Data;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Privacy;

/// <summary>
/// What is stored of a person besides their messages: each part a file of the export. Of others it has no more than the person sees
/// anyway: the names of those they talk to directly, and of those they block.
/// </summary>
public sealed class PersonalData(PeopleDirectory people, CommunityService community, TimeProvider time)
{
    internal async Task<IReadOnlyList<(string Name, object Content)>> OfAsync(ChatDbContext db, Actor actor, CancellationToken cancel)
    {
        var me = actor.UserId;
        return
        [
            ("profile", await ProfileAsync(db, me, cancel)),
            ("settings", await SettingsAsync(db, me, cancel)),
            ("sessions", await SessionsAsync(db, me, cancel)),
            ("rooms", await RoomsAsync(db, me, cancel)),
            ("blocks", await BlocksAsync(db, me, cancel)),
            ("removed-messages", await (
                from removed in db.RemovedMessages
                join message in db.Messages on removed.MessageId equals message.Id
                where message.SenderId == me
                orderby removed.MessageId
                select new { removed.MessageId, message.RoomId, removed.Text, removed.Reason, message.SentAt, RemovedAt = removed.At }).ToListAsync(cancel)),
            ("held-messages", await db.HeldMessages.AsNoTracking().Where(h => h.SenderId == me).OrderBy(h => h.Id)
                .Select(h => new { h.RoomId, h.Text, h.HeldAt, h.DecidedAt, h.IsApproved }).ToListAsync(cancel)),
            // Of a report what they wrote, and not the message of somebody else.
            ("reports", await db.Reports.AsNoTracking().Where(r => r.ReporterId == me).OrderBy(r => r.Id)
                .Select(r => new { r.MessageId, r.RoomId, r.Reason, r.Note, r.At, r.State }).ToListAsync(cancel)),
            ("bans-and-mutes", new
            {
                Bans = await db.Bans.AsNoTracking().Where(b => b.UserId == me).OrderBy(b => b.Id)
                    .Select(b => new { b.Reason, b.At, b.Until, b.LiftedAt, b.Appeal, b.AppealedAt, b.AppealAnswer, b.AnsweredAt }).ToListAsync(cancel),
                Mutes = await db.Mutes.AsNoTracking().Where(m => m.UserId == me).OrderBy(m => m.RoomId)
                    .Select(m => new { RoomId = m.RoomId == Mute.Everywhere ? (long?)null : m.RoomId, m.Reason, m.At, m.Until }).ToListAsync(cancel),
            }),
        ];
    }

    private async Task<object> ProfileAsync(ChatDbContext db, long me, CancellationToken cancel)
    {
        var user = await db.Users.AsNoTracking().SingleAsync(u => u.Id == me, cancel);
        return new
        {
            Community = community.Current.Name,
            ExportedAt = time.GetUtcNow(),
            user.Id,
            user.Name,
            user.Email,
            user.Role,
            user.CreatedAt,
            user.LastSeenAt,
            HasTwoFactor = user.TwoFactorEnabled,
            HasAvatar = user.Avatar is not null,
        };
    }

    private static async Task<object> SettingsAsync(ChatDbContext db, long me, CancellationToken cancel) => new
    {
        Notifications = await db.NotificationSettings.AsNoTracking().Where(s => s.UserId == me)
            .Select(s => new { s.DefaultLevel, s.QuietFrom, s.QuietUntil, s.TimeZone, s.ShowsText, s.EmailAfterMinutes, s.LastEmailAt }).SingleOrDefaultAsync(cancel),

        // Not where the push service is reached and by which keys: whoever has these can notify the device.
        NotifiedDevices = await db.PushSubscriptions.AsNoTracking().Where(s => s.UserId == me).OrderBy(s => s.Id)
            .Select(s => new { s.Device, s.CreatedAt, s.LastSuccessAt }).ToListAsync(cancel),
        DismissedAnnouncements = await db.AnnouncementDismissals.Where(d => d.UserId == me).Select(d => d.AnnouncementId).ToListAsync(cancel),
    };

    private static async Task<object> SessionsAsync(ChatDbContext db, long me, CancellationToken cancel) =>
        await db.Sessions.AsNoTracking().Where(s => s.UserId == me).OrderBy(s => s.CreatedAt)
            .Select(s => new { s.Kind, s.Device, s.Scopes, s.RoomId, s.CreatedAt, s.LastSeenAt, s.Address, s.ExpiresAt, s.EndedAt }).ToListAsync(cancel);

    private async Task<object> RoomsAsync(ChatDbContext db, long me, CancellationToken cancel)
    {
        var mine = await db.Memberships.AsNoTracking().Where(m => m.UserId == me).OrderBy(m => m.RoomId)
            .Select(m => new { m.RoomId, m.Room!.Name, m.Room.Kind, m.JoinedAt, m.IsManager, m.LastReadSeq, m.Level, m.MutedUntil })
            .ToListAsync(cancel);
        var direct = mine.Where(m => m.Kind == RoomKind.Direct).Select(m => m.RoomId).ToList();
        var with = await db.Memberships.AsNoTracking().Where(m => direct.Contains(m.RoomId) && m.UserId != me)
            .Select(m => new { m.RoomId, m.UserId }).ToListAsync(cancel);
        var names = await people.GetAsync([.. with.Select(w => w.UserId).Distinct()]);
        var others = with.ToLookup(w => w.RoomId, w => names[w.UserId].Name);
        return mine.Select(m => new
        {
            Id = m.RoomId, m.Name, m.Kind, With = others[m.RoomId].ToList(), m.JoinedAt, IsModerator = m.IsManager, m.LastReadSeq, NotifyLevel = m.Level, m.MutedUntil,
        }).ToList();
    }

    private async Task<object> BlocksAsync(ChatDbContext db, long me, CancellationToken cancel)
    {
        var blocks = await db.Blocks.AsNoTracking().Where(b => b.UserId == me).OrderBy(b => b.At).ToListAsync(cancel);
        var names = await people.GetAsync([.. blocks.Select(b => b.BlockedId)]);
        return blocks.Select(b => new { Id = b.BlockedId, Name = names.GetValueOrDefault(b.BlockedId)?.Name, b.At }).ToList();
    }
}
