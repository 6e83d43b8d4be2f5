using BlazorChat.Accounts;
using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Messages;

/// <summary>
/// Deletes a room's oldest messages inside the writer's transaction, and with them what hangs on them: their words in the search index,
/// mentions, pins, removed texts, deliveries and digests, the last ones by the database's own rule.
/// </summary>
public sealed class ExpiryChanges(CommunityService community, TimeProvider time)
{
    internal async Task ExpireAsync(ChatDbContext db, PendingExpiry expiry)
    {
        // Asked at this moment: who turns it off while it goes on stops it.
        var room = await db.Rooms.Where(r => r.Id == expiry.RoomId).Select(r => new { r.RetentionDays }).SingleOrDefaultAsync();
        if (room is null || MessageRetention.Before(room.RetentionDays, await community.GetAsync(), time) is not { } before)
        {
            return;
        }

        var oldest = await db.Messages.Where(m => m.RoomId == expiry.RoomId).OrderBy(m => m.Seq).Take(expiry.Count)
            .Select(m => new Message { Id = m.Id, RoomId = m.RoomId, Seq = m.Seq, Text = m.Text, SentAt = m.SentAt, DeletedAt = m.DeletedAt })
            .AsNoTracking().ToListAsync();

        // From the first on without a gap, whatever the clock did meanwhile: what is left of a room's log stays contiguous.
        var old = oldest.TakeWhile(m => m.SentAt < before).ToList();
        if (old.Count == 0)
        {
            return;
        }

        using (var index = new SearchIndex(db))
        {
            index.Remove(old.Where(m => m.DeletedAt is null));
        }

        long[] ids = [.. old.Select(m => m.Id)];
        expiry.Unpinned.AddRange(await StoredText.UnpinAsync(db, ids));
        var last = old[^1].Seq;
        await db.Messages.Where(m => m.RoomId == expiry.RoomId && m.Seq <= last).ExecuteDeleteAsync();
        expiry.Expired = new MessagesExpired(expiry.RoomId, last, ids);
    }
}
