using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Filtering;
using BlazorChat.Live;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Rooms;

/// <summary>Makes, renames and archives rooms. Who is in them is <see cref="MembershipService"/>'s.</summary>
public sealed class RoomService(
    IDbContextFactory<ChatDbContext> contexts, SessionRegistry sessions, RateLimits limits, TextFilter filter, AuditLog audit, ChatService chat,
    TimeProvider time)
{
    /// <summary>Makes a public or private room that the actor manages, and brings others in.</summary>
    /// <exception cref="RefusedException">A guest asks, or the name is empty, too long or taken by another public room.</exception>
    public async Task<long> CreateAsync(
        Actor actor, string name, RoomKind kind, string description = "", IReadOnlyCollection<long>? memberIds = null)
    {
        var scopes = await sessions.RequireAsync(actor, Scope.Write);
        limits.Spend(actor, Limited.Rooms);
        if (kind is not (RoomKind.Public or RoomKind.Private))
        {
            throw RefusedException.Invalid("A direct conversation is opened with its people, without a name.");
        }

        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (!Policy.Allows(await db.RoleAsync(actor, scopes), Right.MakeRooms))
        {
            throw RefusedException.Forbidden("Guests cannot make rooms.");
        }

        var now = time.GetUtcNow();
        var room = new Room
        {
            Name = filter.Clean(RoomText.Name(name), "room's name", "choose another"),
            Description = filter.Clean(RoomText.Description(description), "description", "write it differently"),
            Kind = kind,
            CreatedById = actor.UserId,
            CreatedAt = now,
        };
        await RequireFreeNameAsync(db, room);
        db.Rooms.Add(room);
        await db.SaveChangesAsync();

        var ids = await ExistingAsync(db, [.. memberIds ?? [], actor.UserId]);
        db.Memberships.AddRange(ids.Select(id => new Membership
        {
            RoomId = room.Id, UserId = id, IsManager = id == actor.UserId, JoinedAt = now,
        }));
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        Tell(room.Id, ids);
        return room.Id;
    }

    /// <summary>
    /// Opens the direct conversation of the actor with some people: the same set always has the same one.
    /// </summary>
    /// <exception cref="RefusedException">
    /// Nobody named, too many, somebody unknown, for a guest somebody outside their rooms, or one of two who blocked the other.
    /// </exception>
    public async Task<long> OpenDirectAsync(Actor actor, IReadOnlyCollection<long> otherIds)
    {
        var scopes = await sessions.RequireAsync(actor, Scope.Write);
        limits.Spend(actor, Limited.Rooms);
        long[] ids = [.. otherIds.Append(actor.UserId).Distinct().Order()];
        if (ids.Length is < 2 or > Room.MaxDirectMembers)
        {
            throw RefusedException.Invalid($"A direct conversation has 2 to {Room.MaxDirectMembers} people.");
        }

        var key = string.Join(',', ids);
        await using var db = await contexts.CreateDbContextAsync();
        // A write transaction from the start: of two who open it at once, the second finds the first's.
        await using var transaction = await db.Database.BeginTransactionAsync();
        var existing = await db.Rooms.Where(r => r.DirectKey == key).Select(r => (long?)r.Id).SingleOrDefaultAsync();
        if (existing is { } found)
        {
            return found;
        }

        var role = await db.RoleAsync(actor, scopes);
        if ((await ExistingAsync(db, ids)).Count != ids.Length
            || !Policy.Allows(role, Right.WriteDirectly)
                && await db.Users.WhereKnownTo(db, actor.UserId, role).CountAsync(u => u.Id != actor.UserId && ids.Contains(u.Id)) != ids.Length - 1)
        {
            throw RefusedException.NotFound("This person");
        }

        if (ids.Length == 2 && await db.Blocks.AnyAsync(b => ids.Contains(b.UserId) && ids.Contains(b.BlockedId)))
        {
            // The same words whoever blocked whom: the blocked are not told.
            throw RefusedException.Forbidden("You and this person cannot write to each other directly.");
        }

        var now = time.GetUtcNow();
        var room = new Room { Kind = RoomKind.Direct, DirectKey = key, CreatedById = actor.UserId, CreatedAt = now };
        db.Rooms.Add(room);
        await db.SaveChangesAsync();
        db.Memberships.AddRange(ids.Select(id => new Membership { RoomId = room.Id, UserId = id, JoinedAt = now }));
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        Tell(room.Id, ids);
        return room.Id;
    }

    /// <summary>Renames and describes a room.</summary>
    public async Task UpdateAsync(Actor actor, long roomId, string name, string description)
    {
        await ChangeAsync(actor, roomId, async (db, room) =>
        {
            room.Name = filter.Clean(RoomText.Name(name), "room's name", "choose another", room.Name);
            room.Description = filter.Clean(RoomText.Description(description), "description", "write it differently", room.Description);
            await RequireFreeNameAsync(db, room);
        });
    }

    /// <summary>Archives a room, so that it can be read but nobody posts, or opens it again.</summary>
    public Task SetArchivedAsync(Actor actor, long roomId, bool archived) => ChangeAsync(actor, roomId, (_, room) =>
    {
        room.ArchivedAt = archived ? room.ArchivedAt ?? time.GetUtcNow() : null;
        return Task.CompletedTask;
    });

    private async Task ChangeAsync(Actor actor, long roomId, Func<ChatDbContext, Room, Task> change)
    {
        var scopes = await sessions.RequireAsync(actor, Scope.Write, roomId);
        limits.Spend(actor, Limited.Rooms);
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var standing = await db.StandingAsync(actor, roomId, scopes);
        standing.Require(RoomPolicy.CanManage, "Only a moderator of this room may do that.");
        var before = Described(standing.Room);
        await change(db, standing.Room);
        if (Described(standing.Room) is var after && after != before)
        {
            await audit.AddAsync(
                db, actor, AuditAct.RoomChanged, new AuditMatter(AuditSubject.Room, roomId, standing.Room.Name, RoomId: roomId), before, after);
        }

        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        chat.Raise(RoomChanged.Of(standing.Room));
    }

    /// <summary>What of a room its moderators change, for the audit log.</summary>
    private static string Described(Room room) =>
        string.Join(" · ", ((string[])[room.Name, room.Description, room.ArchivedAt is null ? "" : "archived"]).Where(part => part.Length > 0));

    private void Tell(long roomId, IEnumerable<long> userIds)
    {
        foreach (var id in userIds)
        {
            chat.Raise(new MemberAdded(roomId, id));
        }
    }

    private static async Task RequireFreeNameAsync(ChatDbContext db, Room room)
    {
        // Only public names are held unique: refusing a private one's would tell that it exists.
        // Compared here, because SQLite's lower() knows no letters but A to Z.
        if (room.Kind == RoomKind.Public
            && (await db.Rooms.Where(r => r.Id != room.Id && r.Kind == RoomKind.Public).Select(r => r.Name).ToListAsync())
                .Contains(room.Name, StringComparer.OrdinalIgnoreCase))
        {
            throw new RefusedException(Refusal.Conflict, "Another room has this name already.");
        }
    }

    private Task<List<long>> ExistingAsync(ChatDbContext db, IReadOnlyCollection<long> ids) =>
        db.Users.WhereActive(time.GetUtcNow()).Where(u => ids.Contains(u.Id)).Select(u => u.Id).ToListAsync();
}
