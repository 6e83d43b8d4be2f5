using System.Data.Common;
using System.Globalization;
using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Messages;

/// <summary>A room to look in.</summary>
internal sealed record SearchedRoom(long Id, string Name, string? DirectKey, long LastSeq, long LastId)
{
    /// <summary>For a direct conversation, the others in it.</summary>
    public IEnumerable<long> OtherThan(long userId) =>
        (DirectKey ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(id => long.Parse(id, CultureInfo.InvariantCulture)).Where(id => id != userId);
}

/// <summary>A message that may be what is looked for.</summary>
internal readonly record struct SearchCandidate(long Id, long RoomId, long Seq, long SenderId, string Text);

/// <summary>The statements of one search, prepared once and run for each stretch of messages.</summary>
internal sealed class SearchStatements : IDisposable
{
    private readonly ChatDbContext _db;
    private readonly List<DbCommand> _commands = [];
    private readonly DbCommand _stretch;
    private readonly DbCommand _id;
    private readonly string? _expression;
    private DbCommand? _newest;
    private DbCommand? _at;

    /// <summary>With an expression of the index's, stretches hold what it finds; without one, every message.</summary>
    public SearchStatements(ChatDbContext db, string? expression)
    {
        _db = db;
        _expression = expression;
        _stretch = UsesIndex
            ? Prepare($"""
                SELECT m."Id", m."RoomId", m."Seq", m."SenderId", m."Text"
                FROM "MessageSearch" s CROSS JOIN "Messages" m ON m."RoomId" = @room AND m."Seq" = (s.rowid & {SearchIndex.SeqMask})
                WHERE s."MessageSearch" MATCH @expression AND s.rowid BETWEEN @low AND @high AND m."DeletedAt" IS NULL
                ORDER BY s.rowid DESC
                """, "@room", "@low", "@high", "@expression")
            : Prepare("""
                SELECT "Id", "RoomId", "Seq", "SenderId", "Text" FROM "Messages"
                WHERE "RoomId" = @room AND "Seq" BETWEEN @low AND @high AND "DeletedAt" IS NULL ORDER BY "Seq" DESC
                """, "@room", "@low", "@high");
        _id = Prepare("""SELECT "Id" FROM "Messages" WHERE "RoomId" = @room AND "Seq" = @seq""", "@room", "@seq");
        if (UsesIndex)
        {
            _stretch.Parameters[3].Value = expression;
        }
    }

    /// <summary>Whether the index finds the candidates.</summary>
    public bool UsesIndex => _expression is not null;

    /// <summary>The person's rooms in which something was said, or that one of them.</summary>
    public List<SearchedRoom> RoomsOf(long userId, long? roomId)
    {
        var command = Prepare("""
            SELECT r."Id", r."Name", r."DirectKey", r."LastSeq",
                (SELECT m."Id" FROM "Messages" m WHERE m."RoomId" = r."Id" AND m."Seq" = r."LastSeq")
            FROM "Memberships" s JOIN "Rooms" r ON r."Id" = s."RoomId"
            WHERE s."UserId" = @user AND (@room IS NULL OR s."RoomId" = @room)
            """, "@user", "@room");
        command.Parameters[0].Value = userId;
        command.Parameters[1].Value = roomId is { } id ? id : DBNull.Value;
        List<SearchedRoom> rooms = [];
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            rooms.Add(new SearchedRoom(
                reader.GetInt64(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.GetInt64(3),
                reader.IsDBNull(4) ? 0 : reader.GetInt64(4)));
        }

        return rooms;
    }

    /// <summary>Candidates of a room between two sequence numbers, newest first.</summary>
    public IEnumerable<SearchCandidate> Stretch(long roomId, long low, long high)
    {
        _stretch.Parameters[0].Value = roomId;
        _stretch.Parameters[1].Value = UsesIndex ? SearchIndex.Place(roomId, low) : low;
        _stretch.Parameters[2].Value = UsesIndex ? SearchIndex.Place(roomId, high) : high;
        return Read(_stretch);
    }

    /// <summary>The newest messages before one, of any room.</summary>
    public IEnumerable<SearchCandidate> Newest(long beforeId, int count)
    {
        _newest ??= Prepare("""
            SELECT "Id", "RoomId", "Seq", "SenderId", "Text" FROM "Messages" WHERE "Id" < @before ORDER BY "Id" DESC LIMIT @count
            """, "@before", "@count");
        _newest.Parameters[0].Value = beforeId;
        _newest.Parameters[1].Value = count;
        return Read(_newest);
    }

    /// <summary>Where the index has what is looked for, in any room.</summary>
    public IEnumerable<(long RoomId, long Seq)> Places()
    {
        var command = Prepare("""SELECT rowid FROM "MessageSearch" WHERE "MessageSearch" MATCH @expression""", "@expression");
        command.Parameters[0].Value = _expression;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var place = reader.GetInt64(0);
            yield return (place >> SearchIndex.SeqBits, place & SearchIndex.SeqMask);
        }
    }

    /// <summary>The message with a sequence number, if it is there.</summary>
    public IEnumerable<SearchCandidate> At(long roomId, long seq)
    {
        _at ??= Prepare("""
            SELECT "Id", "RoomId", "Seq", "SenderId", "Text" FROM "Messages" WHERE "RoomId" = @room AND "Seq" = @seq AND "DeletedAt" IS NULL
            """, "@room", "@seq");
        _at.Parameters[0].Value = roomId;
        _at.Parameters[1].Value = seq;
        return Read(_at);
    }

    /// <summary>The id of the message with a sequence number.</summary>
    public long IdOf(long roomId, long seq)
    {
        _id.Parameters[0].Value = roomId;
        _id.Parameters[1].Value = seq;
        return (long)(_id.ExecuteScalar() ?? 0L);
    }

    /// <summary>The last sequence number of a room before a message of the community: both ascend together.</summary>
    public long LastSeqBefore(SearchedRoom room, long beforeId)
    {
        var (low, high) = (0L, room.LastSeq);
        while (low < high)
        {
            var middle = high - ((high - low) / 2);
            (low, high) = IdOf(room.Id, middle) < beforeId ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    /// <summary>The first message since a moment: ids and times ascend together.</summary>
    public long FirstIdSince(long milliseconds)
    {
        var last = Prepare("""SELECT MAX("Id") FROM "Messages" """);
        var sent = Prepare("""SELECT "SentAt" FROM "Messages" WHERE "Id" >= @id ORDER BY "Id" LIMIT 1""", "@id");
        var (low, high) = (1L, last.ExecuteScalar() is long newest ? newest + 1 : 1L);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            sent.Parameters[0].Value = middle;
            (low, high) = (long)sent.ExecuteScalar()! >= milliseconds ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    public void Dispose() => _commands.ForEach(command => command.Dispose());

    private static IEnumerable<SearchCandidate> Read(DbCommand command)
    {
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return new SearchCandidate(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetString(4));
        }
    }

    private DbCommand Prepare(string sql, params string[] parameters)
    {
        var command = _db.Database.GetDbConnection().CreateCommand();
        _commands.Add(command);
#pragma warning disable CA2100 // Constants of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var parameter in parameters)
        {
            command.Add(parameter);
        }

        return command;
    }
}
