using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Notifications;

/// <summary>How far pushes have come in the log of messages, on disk; stored once a second at the most.</summary>
internal sealed class PushCursor(IDbContextFactory<ChatDbContext> contexts, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private DateTimeOffset _storeAt;

    /// <summary>The last message that is dealt with, as it is stored.</summary>
    public long Stored { get; private set; }

    /// <summary>Reads it; <see langword="false"/> while nobody has ever allowed a browser.</summary>
    public async Task<bool> FindAsync(ChatDbContext db)
    {
        var cursor = await db.LogCursors.AsNoTracking().SingleOrDefaultAsync(c => c.Name == PushLog.CursorName);
        Stored = cursor?.MessageId ?? 0;
        return cursor is not null;
    }

    /// <summary>Moves it forward.</summary>
    /// <param name="mark">The last message that is dealt with.</param>
    /// <param name="atOnce">Whether it may not wait, as when the process stops.</param>
    public async Task StoreAsync(long mark, bool atOnce = false)
    {
        var now = time.GetUtcNow();
        if (mark > Stored && (now >= _storeAt || atOnce))
        {
            await using var db = await contexts.CreateDbContextAsync();
            await db.LogCursors.Where(c => c.Name == PushLog.CursorName).ExecuteUpdateAsync(set => set.SetProperty(c => c.MessageId, mark));
            Stored = mark;
            _storeAt = now + Interval;
        }
    }
}
