using System.Data.Common;
using BlazorChat.Accounts;
using BlazorChat.Data;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace BlazorChat.Messages;

/// <summary>
/// The statements that each posted message needs, prepared once a group and run inside its transaction. Written out because they
/// are the hottest in the program: through change tracking and lists of parameters a message took the one
/// writer 170 µs, so it takes 50; and the writer's time a message bounds the messages a second.
/// </summary>
internal sealed class PostStatements : IDisposable
{
    private readonly ChatDbContext _db;
    private readonly DbCommand _standing;
    private readonly DbCommand _stored;
    private readonly DbCommand _advance;
    private readonly DbCommand _insert;

    // Run for few messages, and prepared when the first of them comes.
    private DbCommand? _facts;
    private DbCommand? _block;
    private DbCommand? _turn;

    public PostStatements(ChatDbContext db)
    {
        _db = db;

        // One number for the ordinary case, in which nothing keeps anybody from posting: what else there is to know is asked for after.
        _standing = Prepare(db, """
            SELECT CASE WHEN r."ArchivedAt" IS NULL AND r."LockedAt" IS NULL AND r."SlowSeconds" = 0
              AND (u."BannedUntil" IS NULL OR u."BannedUntil" <= @now)
              AND NOT EXISTS (SELECT 1 FROM "Mutes" x WHERE x."UserId" = @sender AND x."RoomId" IN (0, @room) AND x."Until" > @now)
              AND (r."DirectKey" IS NULL OR NOT EXISTS (SELECT 1 FROM "Blocks" b WHERE b."UserId" = @sender OR b."BlockedId" = @sender))
              THEN 1 ELSE 0 END
            FROM "Memberships" m JOIN "Rooms" r ON r."Id" = m."RoomId" JOIN "Users" u ON u."Id" = m."UserId"
            WHERE m."RoomId" = @room AND m."UserId" = @sender
            """, "room", "sender", "now");
        _stored = Prepare(db, """
            SELECT "Id" FROM "Messages" WHERE "SenderId" = @sender AND "ClientMessageId" = @client
            """, "sender", "client");
        _advance = Prepare(db, """
            UPDATE "Rooms" SET "LastSeq" = "LastSeq" + @count WHERE "Id" = @room RETURNING "LastSeq"
            """, "count", "room");
        _insert = Prepare(db, """
            INSERT INTO "Messages" ("RoomId", "Seq", "SenderId", "Text", "Html", "RendererVersion", "ClientMessageId", "ReplyToId", "SentAt", "AliasName", "AliasEmoji", "Callout")
            VALUES (@room, @seq, @sender, @text, @html, @renderer, @client, @reply, @sent, @alias, @emoji, @callout) RETURNING "Id"
            """, "room", "seq", "sender", "text", "html", "renderer", "client", "reply", "sent", "alias", "emoji", "callout");
    }

    /// <summary>Whether nothing at all keeps the sender from posting; null when they are not in the room.</summary>
    public bool? IsOrdinary(long roomId, long senderId, DateTimeOffset now) =>
        Run(_standing, roomId, senderId, now.ToUnixTimeMilliseconds()) is { } ordinary ? Convert.ToInt64(ordinary, null) != 0 : null;

    /// <summary>All that decides whether and when a member of a room may post there.</summary>
    public PostFacts Facts(long roomId, long senderId, DateTimeOffset now)
    {
        _facts ??= Prepare(_db, """
            SELECT r."Kind", r."ArchivedAt", r."LockedAt", r."SlowSeconds", r."DirectKey", m."IsManager", u."Role", u."BannedUntil", t."At",
              x."RoomId", x."Until", x."Reason"
            FROM "Memberships" m JOIN "Rooms" r ON r."Id" = m."RoomId" JOIN "Users" u ON u."Id" = m."UserId"
            LEFT JOIN "SlowTurns" t ON t."RoomId" = m."RoomId" AND t."UserId" = m."UserId"
            LEFT JOIN "Mutes" x ON x."UserId" = m."UserId" AND x."RoomId" IN (0, m."RoomId") AND x."Until" > @now
            WHERE m."RoomId" = @room AND m."UserId" = @sender
            ORDER BY x."Until" DESC LIMIT 1
            """, "room", "sender", "now");
        Set(_facts, roomId, senderId, now.ToUnixTimeMilliseconds());
        using var row = _facts.ExecuteReader();
        row.Read();
        var room = new Room
        {
            Id = roomId, Kind = (RoomKind)row.GetInt32(0), ArchivedAt = Time(row, 1), LockedAt = Time(row, 2), SlowSeconds = row.GetInt32(3),
            DirectKey = row.IsDBNull(4) ? null : row.GetString(4),
        };
        var standing = new Standing(room, IsMember: true, row.GetBoolean(5), (Role)row.GetInt32(6))
        {
            Mute = Time(row, 10) is { } until ? new Mute { UserId = senderId, RoomId = row.GetInt64(9), Until = until, Reason = row.GetString(11) } : null,
        };
        return new PostFacts(standing, Time(row, 7) > now, Time(row, 8));
    }

    /// <summary>Whether either of two people blocked the other.</summary>
    public bool IsBlocked(long senderId, long otherId)
    {
        _block ??= Prepare(_db, """
            SELECT 1 FROM "Blocks" WHERE "UserId" = @one AND "BlockedId" = @two OR "UserId" = @two AND "BlockedId" = @one LIMIT 1
            """, "one", "two");
        return Run(_block, senderId, otherId) is not null;
    }

    /// <summary>Notes that somebody posted in a slowed room.</summary>
    public void TakeTurn(long roomId, long senderId, DateTimeOffset now)
    {
        _turn ??= Prepare(_db, """
            INSERT INTO "SlowTurns" ("RoomId", "UserId", "At") VALUES (@room, @sender, @now)
            ON CONFLICT ("RoomId", "UserId") DO UPDATE SET "At" = excluded."At"
            """, "room", "sender", "now");
        Run(_turn, roomId, senderId, now.ToUnixTimeMilliseconds());
    }

    /// <summary>The message that an earlier send of the same client id stored.</summary>
    public long? StoredId(long senderId, string clientMessageId) => (long?)Run(_stored, senderId, clientMessageId);

    /// <summary>Moves a room's last sequence number on, and returns it.</summary>
    public long Advance(long roomId, int count) => (long)Run(_advance, count, roomId)!;

    /// <summary>Stores a message and gives it its id.</summary>
    public void Insert(Message message) => message.Id = (long)Run(
        _insert, message.RoomId, message.Seq, message.SenderId, message.Text, message.Html, message.RendererVersion,
        message.ClientMessageId, message.ReplyToId, message.SentAt.ToUnixTimeMilliseconds(), message.AliasName, message.AliasEmoji, (int)message.Callout)!;

    public void Dispose()
    {
        _standing.Dispose();
        _stored.Dispose();
        _advance.Dispose();
        _insert.Dispose();
        _facts?.Dispose();
        _block?.Dispose();
        _turn?.Dispose();
    }

    private static DateTimeOffset? Time(DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    private static DbCommand Prepare(ChatDbContext db, string sql, params string[] parameters)
    {
        var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
#pragma warning disable CA2100 // Constants of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var name in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = "@" + name;
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private static object? Run(DbCommand command, params ReadOnlySpan<object?> values)
    {
        Set(command, values);
        return command.ExecuteScalar();
    }

    private static void Set(DbCommand command, params ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }
    }
}

/// <summary>What decides whether and when a member of a room may post there.</summary>
/// <param name="Standing">Who they are there, and what keeps them from posting, but for blocks.</param>
/// <param name="IsBanned">Whether a ban keeps them out.</param>
/// <param name="LastTurn">When they last posted there while it was slowed.</param>
internal sealed record PostFacts(Standing Standing, bool IsBanned, DateTimeOffset? LastTurn);
