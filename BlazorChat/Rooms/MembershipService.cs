using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Live;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Rooms;

/// <summary>Who is in a room: joining, leaving, bringing in and removing. An ex-member hears nothing from the moment of it.</summary>
public sealed class MembershipService(
    IDbContextFactory<ChatDbContext> contexts, SessionRegistry sessions, RateLimits limits, ChatService chat, TimeProvider time)
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
            : "Only a manager of this room may add people.");
        if (await db.Users.WhereActive(time.GetUtcNow()).CountAsync(u => userIds.Contains(u.Id)) != userIds.Distinct().Count())
        {
            throw RefusedException.NotFound("This person");
        }

        await AddAsync(db, roomId, userIds);
    }

    /// <summary>Leaves a room. Where the last manager leaves, whoever has been in it longest becomes one.</summary>
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

    /// <summary>Removes somebody from a room.</summary>
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
        var standing = await db.StandingAsync(actor, roomId, scopes);
        standing.Require(RoomPolicy.CanManage, "Only a manager of this room may remove people.");
        await RemoveAsync(db, roomId, userId);
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
            if (await db.Memberships.Where(m => m.RoomId == roomId && m.UserId == userId).ExecuteDeleteAsync() == 0)
            {
                throw RefusedException.NotFound("This person");
            }

            if (!await db.Memberships.AnyAsync(m => m.RoomId == roomId && m.IsManager))
            {
                var heir = await db.Memberships.Where(m => m.RoomId == roomId)
                    .OrderBy(m => m.JoinedAt).ThenBy(m => m.UserId).FirstOrDefaultAsync();
                if (heir is not null)
                {
                    heir.IsManager = true;
                    await db.SaveChangesAsync();
                }
            }

            await transaction.CommitAsync();
        }

        chat.EndWatch(roomId, userId);
        chat.Raise(new MemberRemoved(roomId, userId));
        chat.Raise(new MembersChanged(roomId));
    }
}
