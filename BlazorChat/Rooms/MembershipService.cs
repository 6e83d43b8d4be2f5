using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Live;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Rooms;

/// <summary>Who is in a room: joining, leaving, bringing in and removing. An ex-member hears nothing from the moment of it.</summary>
public sealed class MembershipService(
    IDbContextFactory<ChatDbContext> contexts, SessionRegistry sessions, RateLimits limits, AuditLog audit, ChatService chat,
    TimeProvider time)
{
    /// <summary>Joins a public room. Joining twice changes nothing.</summary>
    public async Task JoinAsync(Actor actor, long roomId)
    {
        var scopes = await sessions.RequireAsync(actor, Scope.Write, roomId);
        limits.Spend(actor, Limited.Rooms);
        await using var db = await contexts.CreateDbContextAsync();
        var standing = await db.StandingAsync(actor, roomId, scopes);
        if (!standing.IsMember)
        {
            standing.Require(RoomPolicy.CanJoin, "This room is archived.");
            await AddAsync(db, roomId, [actor.UserId]);
        }
    }

    /// <summary>Brings people into a room.</summary>
    public async Task AddAsync(Actor actor, long roomId, IReadOnlyCollection<long> userIds)
    {
        var scopes = await sessions.RequireAsync(actor, Scope.Write, roomId);
        limits.Spend(actor, Limited.Rooms);
        await using var db = await contexts.CreateDbContextAsync();
        var standing = await db.StandingAsync(actor, roomId, scopes);
        standing.Require(RoomPolicy.CanAdd, standing.Room.Kind == RoomKind.Direct
            ? "A direct conversation keeps its people. Open a new one with whom you like."
            : "Only a moderator of this room may add people.");
        if (await db.Users.WhereActive(time.GetUtcNow()).WhereKnownTo(db, actor.UserId, standing.Role).CountAsync(u => userIds.Contains(u.Id)) != userIds.Distinct().Count())
        {
            throw RefusedException.NotFound("This person");
        }

        await AddAsync(db, roomId, userIds);
    }

    /// <summary>Leaves a room. Where the last moderator leaves, whoever has been in it longest becomes one.</summary>
    public async Task LeaveAsync(Actor actor, long roomId)
    {
        var scopes = await sessions.RequireAsync(actor, Scope.Write, roomId);
        limits.Spend(actor, Limited.Rooms);
        await using var db = await contexts.CreateDbContextAsync();
        var standing = await db.StandingAsync(actor, roomId, scopes);
        standing.Require(RoomPolicy.CanLeave, standing.Room.Kind == RoomKind.Direct
            ? "A direct conversation cannot be left."
            : "You are not in this room.");
        await RemoveAsync(db, roomId, actor.UserId);
    }

    /// <summary>Removes somebody of lower rank from a room. What they are muted for there stays.</summary>
    /// <exception cref="RefusedException">Not theirs to do, nobody there, or of equal or higher rank.</exception>
    public async Task RemoveAsync(Actor actor, long roomId, long userId)
    {
        if (userId == actor.UserId)
        {
            await LeaveAsync(actor, roomId);
            return;
        }

        var scopes = await sessions.RequireAsync(actor, Scope.Write, roomId);
        limits.Spend(actor, Limited.Rooms);
        await using var db = await contexts.CreateDbContextAsync();
        await using (var transaction = await db.Database.BeginTransactionAsync())
        {
            var standing = await db.StandingAsync(actor, roomId, scopes);
            standing.Require(RoomPolicy.CanRemove, "Only a moderator of this room may remove people.");
            var membership = await db.Memberships.SingleOrDefaultAsync(m => m.RoomId == roomId && m.UserId == userId)
                ?? throw RefusedException.NotFound("This person");
            var person = await db.Users.AsNoTracking().SingleAsync(u => u.Id == userId);
            standing.RequireOver(person, membership);
            await audit.AddAsync(db, actor, AuditAct.MemberRemoved, AuditMatter.Of(person, roomId), before: standing.Room.Name);
            await db.SaveChangesAsync();
            await TakeOutAsync(db, roomId, userId);
            await transaction.CommitAsync();
        }

        TellRemoved(roomId, userId);
    }

    /// <summary>Takes somebody out of all rooms, direct conversations included. For services that have checked the right to.</summary>
    internal async Task RemoveEverywhereAsync(long userId)
    {
        await using var db = await contexts.CreateDbContextAsync();
        foreach (var roomId in await db.Memberships.Where(m => m.UserId == userId).Select(m => m.RoomId).ToListAsync())
        {
            await RemoveAsync(db, roomId, userId);
        }
    }

    /// <summary>Puts somebody into a room within the caller's transaction, who tells of it after the commit.</summary>
    internal void Add(ChatDbContext db, Room room, long userId) => db.Memberships.Add(new Membership
    {
        RoomId = room.Id, UserId = userId, LastReadSeq = room.LastSeq, JoinedAt = time.GetUtcNow(),
    });

    /// <summary>Tells of somebody who is now in a room.</summary>
    internal void TellAdded(long roomId, long userId)
    {
        chat.Raise(new MemberAdded(roomId, userId));
        chat.Raise(new MembersChanged(roomId));
    }

    private async Task AddAsync(ChatDbContext db, long roomId, IReadOnlyCollection<long> userIds)
    {
        List<long> added;
        await using (var transaction = await db.Database.BeginTransactionAsync())
        {
            var present = await db.Memberships.Where(m => m.RoomId == roomId && userIds.Contains(m.UserId)).Select(m => m.UserId).ToListAsync();
            var lastSeq = await db.Rooms.Where(r => r.Id == roomId).Select(r => r.LastSeq).SingleAsync();
            added = [.. userIds.Distinct().Except(present)];
            // What was said before they came is history, not unread.
            db.Memberships.AddRange(added.Select(id => new Membership
            {
                RoomId = roomId, UserId = id, LastReadSeq = lastSeq, JoinedAt = time.GetUtcNow(),
            }));
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
        }

        foreach (var id in added)
        {
            chat.Raise(new MemberAdded(roomId, id));
        }

        if (added.Count > 0)
        {
            chat.Raise(new MembersChanged(roomId));
        }
    }

    private async Task RemoveAsync(ChatDbContext db, long roomId, long userId)
    {
        await using (var transaction = await db.Database.BeginTransactionAsync())
        {
            await TakeOutAsync(db, roomId, userId);
            await transaction.CommitAsync();
        }

        TellRemoved(roomId, userId);
    }

    private static async Task TakeOutAsync(ChatDbContext db, long roomId, long userId)
    {
        if (await db.Memberships.Where(m => m.RoomId == roomId && m.UserId == userId).ExecuteDeleteAsync() == 0)
        {
            throw RefusedException.NotFound("This person");
        }

        await db.KeepModeratedAsync(roomId);
    }

    private void TellRemoved(long roomId, long userId)
    {
        chat.EndWatch(roomId, userId);
        chat.Raise(new MemberRemoved(roomId, userId));
        chat.Raise(new MembersChanged(roomId));
    }
}
