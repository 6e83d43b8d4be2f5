using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Moderation.Overview;

/// <summary>
/// Which messages belong to which time. Messages are numbered as they come, so a time is found among a million of them by halving:
/// twenty looks, and no index on times that every post would pay for.
/// </summary>
internal static class MessageTimes
{
    /// <summary>The newest message; 0 for none.</summary>
    public static async Task<long> LastIdAsync(ChatDbContext db) => await db.Messages.MaxAsync(m => (long?)m.Id) ?? 0;

    /// <summary>The first message at a time or later; one more than the last where there is none.</summary>
    public static async Task<long> FirstIdAsync(ChatDbContext db, DateTimeOffset time, long from, long last)
    {
        var (low, high) = (from, last + 1);
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            var found = await db.Messages.AsNoTracking().Where(m => m.Id >= middle && m.Id <= last).OrderBy(m => m.Id)
                .Select(m => new { m.Id, m.SentAt }).FirstOrDefaultAsync();
            (low, high) = found is not null && found.SentAt < time ? (found.Id + 1, high) : (low, middle);
        }

        return low;
    }
}
