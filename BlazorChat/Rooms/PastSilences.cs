using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Rooms;

/// <summary>
/// Removes mutes that are over, and turns in slowed rooms that nobody waits for any more: nothing asks for them, and there is one for
/// everybody who ever spoke in a slowed room. A few at a time, so that nobody who talks waits for more than that.
/// </summary>
public sealed class PastSilences(IDbContextFactory<ChatDbContext> contexts, TimeProvider time)
{
    /// <summary>How long they stay after their end. It is longer than <see cref="Room.MaxSlowSeconds"/>: a turn of that age is over in every room.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    /// <summary>People whose rows go at once.</summary>
    private const int BatchSize = 500;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Removes what is over.</summary>
    internal async Task ForgetAsync(CancellationToken stopping)
    {
        await using var db = await contexts.CreateDbContextAsync(stopping);
        var before = time.GetUtcNow() - Kept;
        while (await ForgetMutesAsync(db, before, stopping) || await ForgetTurnsAsync(db, before, stopping))
        {
            await Task.Delay(Pause, time, stopping);
        }
    }

    // Looked for first: deleting nothing would still wait for the database to be free of writers.
    private static async Task<bool> ForgetMutesAsync(ChatDbContext db, DateTimeOffset before, CancellationToken stopping)
    {
        var past = db.Mutes.Where(m => m.Until < before);
        var people = await past.Select(m => m.UserId).Distinct().OrderBy(id => id).Take(BatchSize).ToArrayAsync(stopping);
        return people.Length > 0 && await past.Where(m => people.Contains(m.UserId)).ExecuteDeleteAsync(stopping) > 0;
    }

    private static async Task<bool> ForgetTurnsAsync(ChatDbContext db, DateTimeOffset before, CancellationToken stopping)
    {
        // A room at a time, as its key has them.
        var past = db.SlowTurns.Where(t => t.At < before);
        if (await past.Select(t => (long?)t.RoomId).FirstOrDefaultAsync(stopping) is not { } roomId)
        {
            return false;
        }

        var people = await past.Where(t => t.RoomId == roomId).Select(t => t.UserId).OrderBy(id => id).Take(BatchSize).ToArrayAsync(stopping);
        return await past.Where(t => t.RoomId == roomId && people.Contains(t.UserId)).ExecuteDeleteAsync(stopping) > 0;
    }
}
