using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Data;

/// <summary>
/// Sees to it that what is deleted for good is not left lying in the file. SQLite only marks it as free; that it overwrites what it
/// deletes is a setting of each connection, and what a page said before is in the log until that is copied into the database.
/// </summary>
internal static class Traces
{
    /// <summary>From now on this context overwrites everything that it deletes. It keeps its connection until <see cref="CoverAsync"/>.</summary>
    public static async Task OverwriteAsync(ChatDbContext db)
    {
        await db.Database.OpenConnectionAsync();
        if (db.Database.IsSqlite())
        {
            await db.Database.ExecuteSqlRawAsync("PRAGMA secure_delete=ON");
        }
    }

    /// <summary>After the commit: empties the log, unless somebody reads it at this moment, and then it is emptied by and by.</summary>
    public static async Task CoverAsync(ChatDbContext db)
    {
        if (db.Database.IsSqlite())
        {
            // Waiting for readers holds up every writer: a little, and not the five seconds of other statements.
            await db.Database.ExecuteSqlRawAsync($"PRAGMA busy_timeout=100; PRAGMA wal_checkpoint(TRUNCATE); {SqlitePragmas.Pragmas}");
        }

        await db.Database.CloseConnectionAsync();
    }
}
