using System.Data.Common;
using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace BlazorChat.Messages;

/// <summary>
/// Keeps the search index in the transaction that changes the messages: what is acknowledged is in the index, once, and what is
/// deleted is not. It holds trigrams and the places where they occur, no text and no positions, which keeps writing
/// it cheap enough for the one writer. A place is the room and the sequence number there, so that a room is one stretch of the index.
/// </summary>
internal sealed class SearchIndex : IDisposable
{
    /// <summary>Bits of a place that are the sequence number; the migration's view says the same.</summary>
    public const int SeqBits = 36;

    /// <summary>The part of a place that is the sequence number.</summary>
    public const long SeqMask = (1L << SeqBits) - 1;

    private const string Removal = """INSERT INTO "MessageSearch" ("MessageSearch", rowid, "Text") VALUES ('delete', @place, @text)""";

    private readonly ChatDbContext _db;
    private readonly DbCommand _add;

    /// <summary>Takes part in the context's transaction.</summary>
    public SearchIndex(ChatDbContext db)
    {
        _db = db;
        _add = Prepare(db, """INSERT INTO "MessageSearch" (rowid, "Text") VALUES (@place, @text)""");
    }

    /// <summary>Where a message is in the index.</summary>
    public static long Place(long roomId, long seq) => (roomId << SeqBits) | seq;

    /// <summary>Adds new messages. In the order of their places: out of order each would begin a segment of its own.</summary>
    public void Add(IEnumerable<Message> messages)
    {
        foreach (var message in messages.OrderBy(m => m.RoomId).ThenBy(m => m.Seq))
        {
            Run(_add, message, message.Text);
        }
    }

    /// <summary>Takes messages out that are in it, with the texts that they have.</summary>
    public void Remove(IEnumerable<Message> messages)
    {
        using var remove = Prepare(_db, Removal);
        foreach (var message in messages.OrderBy(m => m.RoomId).ThenBy(m => m.Seq))
        {
            Run(remove, message, message.Text);
        }
    }

    /// <summary>Replaces what is known of a message; without a new text it leaves the index.</summary>
    public void Change(Message message, string before, string? after)
    {
        using var remove = Prepare(_db, Removal);
        Run(remove, message, before);
        if (after is not null)
        {
            Run(_add, message, after);
        }
    }

    /// <summary>Makes the index anew from the messages, after they were stored past the writer.</summary>
    public static async Task RebuildAsync(ChatDbContext db, CancellationToken cancel)
    {
        // One large segment at a time instead of many small ones that are merged again and again.
        await ConfigureAsync(db, "hashsize", 64 << 20, cancel);
        await db.Database.ExecuteSqlAsync($"""INSERT INTO "MessageSearch" ("MessageSearch") VALUES ('rebuild')""", cancel);
        await db.Database.ExecuteSqlAsync($"""INSERT INTO "MessageSearch" ("MessageSearch") VALUES ('optimize')""", cancel);
        await ConfigureAsync(db, "hashsize", 1 << 20, cancel);
    }

    public void Dispose() => _add.Dispose();

    private static Task<int> ConfigureAsync(ChatDbContext db, string setting, int value, CancellationToken cancel) =>
        db.Database.ExecuteSqlAsync($"""INSERT INTO "MessageSearch" ("MessageSearch", rank) VALUES ({setting}, {value})""", cancel);

    private static DbCommand Prepare(ChatDbContext db, string sql)
    {
        var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
#pragma warning disable CA2100 // Constants of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.Add("@place");
        command.Add("@text");
        return command;
    }

    private static void Run(DbCommand command, Message message, string text)
    {
        command.Parameters[0].Value = Place(message.RoomId, message.Seq);
        command.Parameters[1].Value = text;
        command.ExecuteNonQuery();
    }
}
