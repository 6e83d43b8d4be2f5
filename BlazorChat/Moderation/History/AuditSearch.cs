using System.Text;
using BlazorChat.Accounts.Audit;
using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Moderation.History;

/// <summary>
/// How entries are found: by the index of the narrowest thing that is asked for, the rest looked at entry by entry, and no more than
/// <see cref="MaxLooked"/> of them at a time. The database cannot know which is the narrowest: it keeps no statistics here.
/// </summary>
/// <param name="Entries">Those that match, to be sorted by number and cut.</param>
/// <param name="EndedAt">The last entry that was looked at, where there are more behind it.</param>
internal sealed record AuditSearch(IQueryable<AuditEntry> Entries, (long Id, DateTimeOffset At)? EndedAt)
{
    /// <summary>Entries that one page looks at, where what is asked for rarely meets: a few hundredths of a second.</summary>
    private const int MaxLooked = 20_000;

    /// <summary>From here on it does not matter which of two is narrower.</summary>
    private const int Many = 2_000;

    public static async Task<AuditSearch> MakeAsync(ChatDbContext db, AuditFilter filter, long first, long last)
    {
        List<Condition> conditions = [];
        Add("ActorId", filter.ActorId);
        Add("PersonId", filter.PersonId);
        Add("RoomId", filter.RoomId);
        if (filter.Act is { } act)
        {
            // A column of text is kept from its index by joining it with nothing, one of numbers by adding nothing.
            conditions.Add(new Condition("\"Act\" = {0}", "\"Act\" || '' = {0}", act.ToString()));
        }

        if (conditions.Count < 2)
        {
            return new AuditSearch(Find(db, conditions, [], first, last), null);
        }

        var (narrowest, fewest) = (conditions[0], int.MaxValue);
        foreach (var condition in conditions)
        {
            var count = await Find(db, [condition], [], first, last).OrderByDescending(e => e.Id).Take(Many).CountAsync();
            (narrowest, fewest) = count < fewest ? (condition, count) : (narrowest, fewest);
        }

        var end = fewest < Many
            ? null
            : await Find(db, [narrowest], [], first, last).OrderByDescending(e => e.Id).Skip(MaxLooked - 1).Select(e => new { e.Id, e.At }).FirstOrDefaultAsync();
        conditions.Remove(narrowest);
        var entries = Find(db, [narrowest], conditions, Math.Max(first, end?.Id ?? 0), last);
        return new AuditSearch(entries, end is null || end.Id <= first ? null : (end.Id, end.At));

        void Add(string column, long? value)
        {
            if (value is { } wanted)
            {
                conditions.Add(new Condition($"\"{column}\" = {{0}}", $"\"{column}\" + 0 = {{0}}", wanted));
            }
        }
    }

    private static IQueryable<AuditEntry> Find(ChatDbContext db, IEnumerable<Condition> byIndex, IEnumerable<Condition> besides, long first, long last)
    {
        var sql = new StringBuilder("""SELECT * FROM "AuditEntries" WHERE "Id" >= {0} AND "Id" <= {1}""");
        List<object> values = [first, last];
        foreach (var (text, value) in byIndex.Select(c => (c.ByIndex, c.Value)).Concat(besides.Select(c => (c.Besides, c.Value))))
        {
            sql.Append(" AND ").Append(text.Replace("{0}", $"{{{values.Count}}}", StringComparison.Ordinal));
            values.Add(value);
        }

        return db.AuditEntries.FromSqlRaw(sql.ToString(), [.. values]).AsNoTracking();
    }

    /// <summary>Something asked for, in SQL: constants of this file, with what was typed as a parameter.</summary>
    private sealed record Condition(string ByIndex, string Besides, object Value);
}
