using Microsoft.Data.Sqlite;

namespace BlazorChat.Data;

/// <summary>Tells what is wrong with the database from what is wrong with a write.</summary>
internal static class DatabaseFault
{
    // SQLite's primary result codes: BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN.
    private static readonly int[] Outages = [5, 6, 8, 10, 13, 14];

    /// <summary>Whether the database takes no writes at the moment, whatever they are: locked, disk full, not readable.</summary>
    public static bool IsOutage(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is SqliteException sqlite && Outages.Contains(sqlite.SqliteErrorCode))
            {
                return true;
            }
        }

        return false;
    }
}
