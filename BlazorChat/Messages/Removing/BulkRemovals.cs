using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Messages;

/// <summary>
/// Removes many messages of one person and brings them back, a few at a time through the one writer and with a pause after each, so that
/// whoever talks meanwhile waits for a batch at the most, and who writes anything else finds the database free. Each batch is stored by
/// itself: after a crash the same call goes on where it stopped, and once it has come to its end, which the audit log knows, calling it
/// again changes nothing.
/// </summary>
public sealed class BulkRemovals(IDbContextFactory<ChatDbContext> contexts, MessageWriter writer, RemovedTexts texts, AuditLog audit, TimeProvider time) : IDisposable
{
    /// <summary>Messages of one batch: a few milliseconds of the writer's time.</summary>
    public const int BatchSize = 50;

    /// <summary>How many times as long as a batch took the others then have: SQLite lets nobody in who only waits for a gap between commits.</summary>
    private const int Pause = 2;

    // A removal and a restoral of the same messages would chase each other.
    private readonly SemaphoreSlim _one = new(1);

    internal Task<int> RemoveAsync(Actor actor, long userId, DateTimeOffset since, long banId, string reason) => OneAtATimeAsync(async () =>
    {
        await using var db = await contexts.CreateDbContextAsync();
        if (await db.AuditEntries.AnyAsync(e => e.Act == AuditAct.MessagesRemoved && e.SubjectId == banId && e.Subject == AuditSubject.Ban))
        {
            return 0;
        }

        await EmptyAsync(db, actor, userId, since, banId, reason);
        var count = await db.RemovedMessages.CountAsync(r => r.BanId == banId);
        var person = await db.Users.AsNoTracking().SingleAsync(u => u.Id == userId);
        await audit.AddAsync(
            db, actor, AuditAct.MessagesRemoved, new AuditMatter(AuditSubject.Ban, banId, person.Name, userId), before: Counted(count), reason: reason);
        await db.SaveChangesAsync();
        return count;
    });

    internal Task<int> RestoreAsync(Actor actor, long banId) => OneAtATimeAsync(async () =>
    {
        await using var db = await contexts.CreateDbContextAsync();
        var oldest = texts.OldestKept;
        var ids = await db.RemovedMessages.Where(r => r.BanId == banId && r.Text != null && r.At > oldest)
            .OrderBy(r => r.MessageId).Select(r => r.MessageId).ToListAsync();
        var count = 0;
        foreach (var batch in ids.Chunk(BatchSize))
        {
            count += await WriteAsync(new PendingBulkRestoral(actor, banId, await texts.RenderAsync(db, batch)), CancellationToken.None);
        }

        if (count > 0)
        {
            var senderId = await db.Messages.Where(m => m.Id == ids[0]).Select(m => m.SenderId).SingleAsync();
            var person = await db.Users.AsNoTracking().SingleAsync(u => u.Id == senderId);
            await audit.AddAsync(db, actor, AuditAct.MessagesRestored, new AuditMatter(AuditSubject.Ban, banId, person.Name, senderId), after: Counted(count));
            await db.SaveChangesAsync();
        }

        return count;
    });

    /// <summary>Deletes everything that somebody said, as if message by message by themselves: nothing of it is kept.</summary>
    internal Task<int> DeleteAllAsync(Actor author, CancellationToken stopping) => OneAtATimeAsync(async () =>
    {
        await using var db = await contexts.CreateDbContextAsync();
        var count = await EmptyAsync(db, author, author.UserId, DateTimeOffset.UnixEpoch, banId: null, RemovalReason.None, stopping);
        await db.RemovedMessages.Where(r => db.Messages.Any(m => m.Id == r.MessageId && m.SenderId == author.UserId)).ExecuteDeleteAsync();
        return count;
    });

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private async Task<int> EmptyAsync(
        ChatDbContext db, Actor actor, long userId, DateTimeOffset since, long? banId, string reason, CancellationToken stopping = default)
    {
        // Looked for outside the writer, which only changes what it is told of; and again, for what was said meanwhile.
        var count = 0;
        while (true)
        {
            var ids = await db.Messages.Where(m => m.SenderId == userId && m.DeletedAt == null && m.SentAt >= since)
                .OrderByDescending(m => m.Id).Select(m => m.Id).ToListAsync(stopping);
            if (ids.Count == 0)
            {
                return count;
            }

            foreach (var batch in ids.Chunk(BatchSize))
            {
                count += await WriteAsync(new PendingBulkRemoval(actor, userId, batch, banId, reason), stopping);
            }
        }
    }

    private async Task<int> WriteAsync(PendingAlteration batch, CancellationToken stopping)
    {
        var started = time.GetTimestamp();
        await writer.WriteAsync(batch);
        await Task.Delay(time.GetElapsedTime(started) * Pause, time, stopping);
        return batch.Changed.Count;
    }

    private async Task<int> OneAtATimeAsync(Func<Task<int>> action)
    {
        await _one.WaitAsync();
        try
        {
            return await action();
        }
        finally
        {
            _one.Release();
        }
    }

    private static string Counted(int count) => count == 1 ? "1 message" : $"{count} messages";
}
