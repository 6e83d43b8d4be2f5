using Microsoft.Data.Sqlite;

namespace BlazorChat.Bench.Http;

/// <summary>What a stopped server left in its database, read past all of its code.</summary>
internal sealed class StoredMessages : IDisposable
{
    // A row of the index is numbered by the message's room and its place there.
    private const int SeqBits = 36;

    private readonly SqliteConnection _connection;

    public StoredMessages(string dataDirectory)
    {
        SQLitePCL.Batteries_V2.Init();
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(dataDirectory, "chat.db"),
            Pooling = false,
        }.ToString());
        _connection.Open();
    }

    /// <summary>Acknowledged messages that are not there exactly once with the acknowledged id.</summary>
    public int NotOnce(IReadOnlyList<AcknowledgedMessage> acknowledged)
    {
        var stored = new Dictionary<string, (long Id, int Times)>();
        foreach (var (clientId, id) in Read("SELECT \"ClientMessageId\", \"Id\" FROM \"Messages\" WHERE \"ClientMessageId\" IS NOT NULL", r => (r.GetString(0), r.GetInt64(1))))
        {
            stored[clientId] = (id, stored.GetValueOrDefault(clientId).Times + 1);
        }

        return acknowledged.Count(a => stored.GetValueOrDefault(a.ClientId) != (a.Id, 1));
    }

    /// <summary>Acknowledged messages that the search index does not have; null when there is no index.</summary>
    /// <remarks>
    /// The index itself is read and not the table that it shows, which takes its rows from the messages: where each
    /// text's one word <see cref="PostingConnection.Mark"/> occurs. What was indexed twice is one row here: that is left to
    /// <see cref="IndexIntegrity"/>.
    /// </remarks>
    public int? NotInIndex(IReadOnlyList<AcknowledgedMessage> acknowledged)
    {
        if (SearchTable() is not { } table)
        {
            return null;
        }

        Execute($"CREATE VIRTUAL TABLE temp.\"Words\" USING fts5vocab('main', '{table}', 'instance')");
        var found = Read($"""
            SELECT m."Id" FROM temp."Words" w JOIN "Messages" m ON m."RoomId" = w.doc >> {SeqBits} AND m."Seq" = (w.doc & {(1L << SeqBits) - 1})
            WHERE w.term = '{PostingConnection.Mark}'
            """, r => r.GetInt64(0)).ToHashSet();
        return acknowledged.Count(a => !found.Contains(a.Id));
    }

    /// <summary>Whether the index agrees with the messages' texts, by its own check: "ok", or what it says.</summary>
    public string IndexIntegrity()
    {
        try
        {
            var table = SearchTable();
            Execute($"INSERT INTO \"{table}\"(\"{table}\", rank) VALUES ('integrity-check', 1)");
            return "ok";
        }
        catch (SqliteException exception)
        {
            return exception.Message;
        }
    }

    public void Dispose() => _connection.Dispose();

    private string? SearchTable() =>
        Read("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%fts5%'", r => r.GetString(0)).FirstOrDefault();

#pragma warning disable CA2100 // Statements of this program, with names from the database's own schema.
    private IEnumerable<T> Read<T>(string sql, Func<SqliteDataReader, T> row)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return row(reader);
        }
    }

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
#pragma warning restore CA2100
}
