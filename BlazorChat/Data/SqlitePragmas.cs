using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace BlazorChat.Data;

/// <summary>
/// Sets up each SQLite connection: every commit is on disk before it is answered (<c>synchronous=FULL</c> with the
/// write-ahead log), and a busy database is waited for inside SQLite, which polls in steps of milliseconds where the
/// driver would sleep for 150. The log is copied into the database every 16 MB, four times less often than by default:
/// the one writer waits for that.
/// </summary>
internal sealed class SqlitePragmas : DbConnectionInterceptor
{
    /// <summary>What is deleted is overwritten where that costs no page more to write (FAST); see <see cref="Traces"/>.</summary>
    internal const string Pragmas =
        "PRAGMA busy_timeout=5000; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000; PRAGMA wal_autocheckpoint=4000; PRAGMA temp_store=MEMORY; PRAGMA secure_delete=FAST;";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        command.ExecuteNonQuery();
    }

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        // SQLite's asynchronous calls are synchronous underneath.
        ConnectionOpened(connection, eventData);
        return Task.CompletedTask;
    }
}
