using BlazorChat.Accounts;
using BlazorChat.Data;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Messages;

/// <summary>
/// Deletes for good what is older than its room keeps: the oldest first, a batch at a time through the one writer and with a pause after
/// each, so that whoever talks meanwhile waits for a batch at the most. Everything is looked up anew each time: a crash costs nothing,
/// and the next round goes on.
/// </summary>
public sealed class MessageRetention(
    IDbContextFactory<ChatDbContext> contexts, MessageWriter writer, ReadPointers pointers, CommunityService community, TimeProvider time)
{
    /// <summary>Messages of one batch: some milliseconds of the writer's time.</summary>
    public const int BatchSize = 100;

    /// <summary>Rows of other tables that are cleared by one statement.</summary>
    private const int GroupSize = 500;

    /// <summary>Between two batches, several times as long as one takes.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>What a room keeps messages since; <see langword="null"/> for ever.</summary>
    internal static DateTimeOffset? Before(int? roomDays, CommunityView community, TimeProvider time) =>
        (roomDays ?? community.RetentionDays) is { } days and > 0 ? time.GetUtcNow().AddDays(-days) : null;

    /// <summary>Deletes what is due in every room, and what else is kept for a time only.</summary>
    /// <returns>How many messages went.</returns>
    internal async Task<int> RoundAsync(CancellationToken stopping)
    {
        var settings = await community.GetAsync();
        var byDefault = settings.RetentionDays ?? 0;
        await using var db = await contexts.CreateDbContextAsync(stopping);
        var rooms = await db.Rooms.Where(r => (r.RetentionDays ?? byDefault) > 0).OrderBy(r => r.Id)
            .Select(r => new { r.Id, r.RetentionDays, r.LastSeq }).ToListAsync(stopping);
        var count = 0;
        foreach (var room in rooms)
        {
            if (Before(room.RetentionDays, settings, time) is { } before)
            {
                count += await ExpireAsync(db, room.Id, room.LastSeq, before, stopping);

                // Looked for first: deleting nothing would still wait for the database to be free of writers.
                var held = db.HeldMessages.Where(h => h.RoomId == room.Id && h.HeldAt < before);
                if (await held.AnyAsync(stopping))
                {
                    await held.ExecuteDeleteAsync(stopping);
                }
            }
        }

        await ForgetTextsAsync(db, stopping);
        return count;
    }

    private async Task<int> ExpireAsync(ChatDbContext db, long roomId, long lastSeq, DateTimeOffset before, CancellationToken stopping)
    {
        if (await LastOldAsync(db, roomId, lastSeq, before, stopping) is not { } through)
        {
            return 0;
        }

        // First, so that a crash in between leaves nobody with messages unread that are not there.
        await pointers.SkipAsync(roomId, through);
        var count = 0;
        while (true)
        {
            var expiry = new PendingExpiry(roomId, BatchSize);
            await writer.WriteAsync(expiry);
            count += expiry.Expired?.MessageIds.Count ?? 0;
            if (expiry.Expired is null || expiry.Expired.ThroughSeq >= through)
            {
                return count;
            }

            await Task.Delay(Pause, time, stopping);
        }
    }

    /// <summary>The last of a room's messages from before a moment: they are numbered in the order of their times, and without gaps.</summary>
    private static async Task<long?> LastOldAsync(ChatDbContext db, long roomId, long lastSeq, DateTimeOffset before, CancellationToken stopping)
    {
        var first = await db.Messages.Where(m => m.RoomId == roomId).OrderBy(m => m.Seq).Select(m => new { m.Seq, m.SentAt }).FirstOrDefaultAsync(stopping);
        if (first is null || first.SentAt >= before)
        {
            return null;
        }

        var (low, high) = (first.Seq, lastSeq);
        while (low < high)
        {
            var middle = high - ((high - low) / 2);
            var isOld = await db.Messages.AnyAsync(m => m.RoomId == roomId && m.Seq == middle && m.SentAt < before, stopping);
            (low, high) = isOld ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    /// <summary>Wipes the texts of messages that were removed too long ago to be restored.</summary>
    private async Task ForgetTextsAsync(ChatDbContext db, CancellationToken stopping)
    {
        var before = time.GetUtcNow().AddDays(-RemovedMessage.KeptDays);
        while (true)
        {
            var ids = await db.RemovedMessages.Where(r => r.At <= before && r.Text != null).OrderBy(r => r.At).Select(r => r.MessageId).Take(GroupSize)
                .ToArrayAsync(stopping);
            if (ids.Length == 0)
            {
                return;
            }

            await db.RemovedMessages.Where(r => ids.Contains(r.MessageId)).ExecuteUpdateAsync(set => set.SetProperty(r => r.Text, (string?)null), stopping);
            if (ids.Length < GroupSize)
            {
                return;
            }

            await Task.Delay(Pause, time, stopping);
        }
    }
}
