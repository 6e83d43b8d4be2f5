using System.Collections.Concurrent;
using System.Data.Common;
using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Live;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace BlazorChat.Rooms;

/// <summary>
/// How far everyone has read. Pointers move forward with every message that is looked at, so they move in memory, tell the
/// reader's other tabs at once, and are stored in groups; a crash costs a second of reading, never a message.
/// </summary>
public sealed class ReadPointers(
    IDbContextFactory<ChatDbContext> contexts, SessionRegistry sessions, ChatService chat, TimeProvider time, ILogger<ReadPointers> logger)
    : BackgroundService
{
    /// <summary>How often moved pointers are stored.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Pointers stored in one transaction, so that senders never wait long for the database.</summary>
    private const int GroupSize = 500;

    private readonly ConcurrentDictionary<(long UserId, long RoomId), long> _moved = new();

    // Storing what moved must not overtake a pointer that is being set back.
    private readonly SemaphoreSlim _storing = new(1);

    /// <summary>
    /// Moves the actor's pointer forward; a lower one changes nothing, nor does one of a room that they are not in.
    /// Their other connections are told, and the one that says so itself only where <paramref name="tellAll"/>.
    /// </summary>
    public async ValueTask AdvanceAsync(Actor actor, long roomId, long seq, bool tellAll = true)
    {
        await sessions.RequireAsync(actor, Scope.Write, roomId);
        Advance(actor.UserId, roomId, seq, tellAll);
    }

    /// <summary>Marks everything from a message on as unread.</summary>
    /// <exception cref="RefusedException">Not a member, or no such message.</exception>
    public async Task SetBackAsync(Actor actor, long roomId, long firstUnreadSeq)
    {
        await sessions.RequireAsync(actor, Scope.Write, roomId);
        await _storing.WaitAsync();
        try
        {
            await using var db = await contexts.CreateDbContextAsync();
            var changed = await db.Memberships
                .Where(m => m.RoomId == roomId && m.UserId == actor.UserId && firstUnreadSeq >= 1 && firstUnreadSeq <= m.Room!.LastSeq)
                .ExecuteUpdateAsync(set => set.SetProperty(m => m.LastReadSeq, firstUnreadSeq - 1));
            if (changed == 0)
            {
                throw RefusedException.NotFound("This message");
            }

            _moved.TryRemove((actor.UserId, roomId), out _);
        }
        finally
        {
            _storing.Release();
        }

        chat.Raise(new RoomRead(roomId, actor.UserId, firstUnreadSeq - 1, IsSetBack: true));
    }

    /// <summary>A stored pointer, brought up to what has moved since.</summary>
    public long Current(long userId, long roomId, long stored) =>
        _moved.TryGetValue((userId, roomId), out var moved) ? Math.Max(moved, stored) : stored;

    internal void Advance(long userId, long roomId, long seq, bool tellAll = true)
    {
        var key = (userId, roomId);
        if (!_moved.TryGetValue(key, out var before) || before < seq)
        {
            _moved.AddOrUpdate(key, seq, (_, other) => Math.Max(other, seq));
            if (tellAll || chat.ConnectionsOf(userId) > 1)
            {
                chat.Raise(new RoomRead(roomId, userId, seq));
            }
        }
    }

    /// <summary>
    /// Moves everybody's pointer in a room past messages that are about to go, so that nobody has unread what is not there. A group at
    /// a time, with their open connections told.
    /// </summary>
    internal async Task SkipAsync(long roomId, long seq)
    {
        while (true)
        {
            long[] behind;
            await _storing.WaitAsync();
            try
            {
                await using var db = await contexts.CreateDbContextAsync();
                behind = await db.Memberships.Where(m => m.RoomId == roomId && m.LastReadSeq < seq).OrderBy(m => m.UserId).Select(m => m.UserId)
                    .Take(GroupSize).ToArrayAsync();
                if (behind.Length == 0)
                {
                    return;
                }

                await db.Memberships.Where(m => m.RoomId == roomId && m.LastReadSeq < seq && behind.Contains(m.UserId))
                    .ExecuteUpdateAsync(set => set.SetProperty(m => m.LastReadSeq, seq));
            }
            finally
            {
                _storing.Release();
            }

            foreach (var userId in behind.Where(id => chat.ConnectionsOf(id) > 0))
            {
                chat.Raise(new RoomRead(roomId, userId, seq));
            }
        }
    }

    /// <summary>Stores what has moved.</summary>
    internal async Task StoreAsync()
    {
        if (_moved.IsEmpty)
        {
            return;
        }

        await _storing.WaitAsync();
        try
        {
            await StoreGroupsAsync();
        }
        finally
        {
            _storing.Release();
        }
    }

    private async Task StoreGroupsAsync()
    {
        foreach (var group in _moved.ToArray().Chunk(GroupSize))
        {
            await using var db = await contexts.CreateDbContextAsync();
            await using var transaction = await db.Database.BeginTransactionAsync();
            await StoreAsync(db.Database.GetDbConnection(), transaction.GetDbTransaction(), group);
            await transaction.CommitAsync();
            foreach (var stored in group)
            {
                // Only if it has not moved on meanwhile.
                _moved.TryRemove(stored);
            }
        }
    }

    /// <summary>One prepared statement for them all: every reader of a busy room has one to store, every second.</summary>
    private static async Task StoreAsync(DbConnection connection, DbTransaction transaction, KeyValuePair<(long UserId, long RoomId), long>[] group)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = """
            UPDATE "Memberships" SET "LastReadSeq" = @seq
            WHERE "RoomId" = @room AND "UserId" = @user AND "LastReadSeq" < @seq
              AND @seq <= (SELECT "LastSeq" FROM "Rooms" WHERE "Id" = @room)
            """;
        var (seq, room, user) = (command.Add("@seq"), command.Add("@room"), command.Add("@user"));
        foreach (var (key, value) in group)
        {
            (seq.Value, room.Value, user.Value) = (value, key.RoomId, key.UserId);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>Stores what has moved since the last round.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryStoreAsync();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryStoreAsync();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task TryStoreAsync()
    {
        try
        {
            await StoreAsync();
        }
        catch (Exception exception)
        {
            // A full disk or a locked database passes; what has moved stays and is tried again.
            logger.LogWarning(exception, "Read pointers could not be stored.");
        }
    }
}
