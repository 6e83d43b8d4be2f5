using BlazorChat.Accounts;
using BlazorChat.Data;
using BlazorChat.Live;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Privacy;

/// <summary>What ended with an account, to be told after the commit.</summary>
internal sealed record Departure(IReadOnlyList<(Guid Id, long UserId)> Sessions, IReadOnlyList<long> RoomIds);

/// <summary>Takes away what is stored of a person beside their account and their messages. A new table with a person in it belongs in here.</summary>
public sealed class PersonalTraces(SessionRegistry sessions, ChatService chat)
{
    /// <summary>Takes it away within the caller's transaction, who then calls <see cref="Tell"/>.</summary>
    internal async Task<Departure> RemoveAsync(ChatDbContext db, long userId)
    {
        // Before its row goes, so that what it has open can be cut off.
        var ended = await sessions.EndAsync(db, userId, _ => true);
        await db.PushRetries.Where(r => db.PushSubscriptions.Any(s => s.Id == r.SubscriptionId && s.UserId == userId)).ExecuteDeleteAsync();
        await db.PushSubscriptions.Where(s => s.UserId == userId).ExecuteDeleteAsync();
        await db.ApiTokens.Where(t => t.Session!.UserId == userId).ExecuteDeleteAsync();
        await db.Sessions.Where(s => s.UserId == userId).ExecuteDeleteAsync();

        await db.UserTokens.Where(t => t.UserId == userId).ExecuteDeleteAsync();
        await db.UserClaims.Where(c => c.UserId == userId).ExecuteDeleteAsync();
        await db.UserLogins.Where(l => l.UserId == userId).ExecuteDeleteAsync();
        await db.UserPasskeys.Where(p => p.UserId == userId).ExecuteDeleteAsync();
        await db.PasswordResetRequests.Where(r => r.UserId == userId).ExecuteDeleteAsync();

        await db.NotificationSettings.Where(s => s.UserId == userId).ExecuteDeleteAsync();
        await db.DigestItems.Where(i => i.UserId == userId).ExecuteDeleteAsync();
        await db.Mentions.Where(m => m.UserId == userId).ExecuteDeleteAsync();
        await db.AnnouncementDismissals.Where(d => d.UserId == userId).ExecuteDeleteAsync();

        // That others block them stays: their messages may, too.
        await db.Blocks.Where(b => b.UserId == userId).ExecuteDeleteAsync();
        await db.Mutes.Where(m => m.UserId == userId).ExecuteDeleteAsync();
        await db.SlowTurns.Where(t => t.UserId == userId).ExecuteDeleteAsync();
        await db.HeldMessages.Where(h => h.SenderId == userId).ExecuteDeleteAsync();
        return new Departure(ended, await LeaveAsync(db, userId));
    }

    /// <summary>Ends what is open, and tells those who look.</summary>
    internal void Tell(long userId, Departure departure)
    {
        sessions.Cut(departure.Sessions);
        foreach (var roomId in departure.RoomIds)
        {
            chat.EndWatch(roomId, userId);
            chat.Raise(new MemberRemoved(roomId, userId));
            chat.Raise(new MembersChanged(roomId));
        }
    }

    /// <summary>Leaves every room, direct conversations included: those stay with the others. A room without a moderator gets who has been in it longest.</summary>
    private static async Task<List<long>> LeaveAsync(ChatDbContext db, long userId)
    {
        var rooms = await db.Memberships.Where(m => m.UserId == userId).Select(m => m.RoomId).ToListAsync();
        var moderated = await db.Memberships.Where(m => m.UserId == userId && m.IsManager).Select(m => m.RoomId).ToListAsync();
        await db.Memberships.Where(m => m.UserId == userId).ExecuteDeleteAsync();
        foreach (var roomId in moderated)
        {
            if (!await db.Memberships.AnyAsync(m => m.RoomId == roomId && m.IsManager))
            {
                var heir = await db.Memberships.Where(m => m.RoomId == roomId).OrderBy(m => m.JoinedAt).ThenBy(m => m.UserId)
                    .Select(m => (long?)m.UserId).FirstOrDefaultAsync();
                await db.Memberships.Where(m => m.RoomId == roomId && m.UserId == heir).ExecuteUpdateAsync(set => set.SetProperty(m => m.IsManager, true));
            }
        }

        return rooms;
    }
}
