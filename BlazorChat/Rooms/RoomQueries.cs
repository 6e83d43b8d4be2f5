using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Rooms;

/// <summary>Reads rooms. Everything starts at the actor's memberships, so that a forgotten check finds nothing.</summary>
public sealed class RoomQueries(
    IDbContextFactory<ChatDbContext> contexts, SessionRegistry sessions, PeopleDirectory people, ReadPointers pointers, TimeProvider time)
{
    /// <summary>How many people or rooms one answer holds at the most.</summary>
    public const int MaxResults = 50;

    /// <summary>The actor's rooms: rooms by name, then direct conversations by their people's names.</summary>
    public async Task<IReadOnlyList<RoomSummary>> MineAsync(Actor actor)
    {
        var only = await sessions.RequireInRoomsAsync(actor, Scope.Read);
        await using var db = await contexts.CreateDbContextAsync();
        var mine = await db.Memberships.AsNoTracking()
            .Where(m => m.UserId == actor.UserId && (only == null || m.RoomId == only))
            .Select(m => new { m.Room!.Id, m.Room.Name, m.Room.Kind, m.Room.ArchivedAt, m.Room.LastSeq, m.LastReadSeq, m.Room.DirectKey, m.Level, m.MutedUntil, m.Room.LockedAt, m.Room.SlowSeconds })
            .ToListAsync();
        var others = await people.GetAsync([.. mine.SelectMany(r => OthersIn(r.DirectKey, actor)).Distinct()]);
        return [.. mine
            .Select(r =>
            {
                var with = People(OthersIn(r.DirectKey, actor), others);
                return new RoomSummary(
                    r.Id, NameOf(r.Name, with), r.Kind, r.ArchivedAt is not null, r.LastSeq,
                    Math.Min(r.LastSeq, pointers.Current(actor.UserId, r.Id, r.LastReadSeq)), with, r.Level, r.MutedUntil)
                {
                    IsLocked = r.LockedAt is not null, SlowSeconds = r.SlowSeconds,
                };
            })
            .OrderBy(r => r.Kind == RoomKind.Direct)
            .ThenBy(r => r.Name, StringComparer.CurrentCultureIgnoreCase)];
    }

    /// <summary>Whether the actor is in a room, now.</summary>
    public async Task<bool> IsMemberAsync(Actor actor, long roomId)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await sessions.IsAllowedAsync(actor, Scope.Read, roomId)
            && await db.Memberships.AnyAsync(m => m.RoomId == roomId && m.UserId == actor.UserId);
    }

    /// <summary>Whether the actor is in a room and can post there: only then do others see that they type.</summary>
    public async Task<bool> CanTypeAsync(Actor actor, long roomId)
    {
        if (!await sessions.IsAllowedAsync(actor, Scope.Write, roomId))
        {
            return false;
        }

        await using var db = await contexts.CreateDbContextAsync();
        var found = await (
            from membership in db.Memberships
            where membership.RoomId == roomId && membership.UserId == actor.UserId
            join user in db.Users on membership.UserId equals user.Id
            select new { membership.Room, membership.IsManager, user.Role }).AsNoTracking().SingleOrDefaultAsync();
        return found is not null && RoomPolicy.CanPost(await db.WithSilencesAsync(
            new Standing(found.Room!, IsMember: true, found.IsManager, found.Role), actor.UserId, time.GetUtcNow()));
    }

    /// <summary>A room that the actor is in or may join.</summary>
    /// <exception cref="RefusedException">Not there, or not for the actor to know.</exception>
    public async Task<RoomView> FindAsync(Actor actor, long roomId)
    {
        var scopes = await sessions.RequireAsync(actor, Scope.Read, roomId);
        await using var db = await contexts.CreateDbContextAsync();
        var now = time.GetUtcNow();
        var standing = await db.WithSilencesAsync(await db.StandingAsync(actor, roomId, scopes), actor.UserId, now);
        var room = standing.Room;
        var silence = RoomPolicy.SilenceOf(standing);
        var nextTurn = await db.NextTurnAsync(standing, actor.UserId, now);
        var count = await db.Memberships.CountAsync(m => m.RoomId == roomId);
        var read = await db.Memberships.Where(m => m.RoomId == roomId && m.UserId == actor.UserId).Select(m => m.LastReadSeq).SingleOrDefaultAsync();
        var otherIds = OthersIn(room.DirectKey, actor);
        var others = People(otherIds, await people.GetAsync(otherIds));
        return new RoomView(
            room.Id, NameOf(room.Name, others), room.Description, room.Kind, standing.IsArchived, room.LastSeq,
            Math.Min(room.LastSeq, pointers.Current(actor.UserId, roomId, read)), count, others, standing.IsMember,
            RoomPolicy.CanPost(standing), RoomPolicy.CanManage(standing), RoomPolicy.CanAdd(standing), RoomPolicy.CanLeave(standing),
            RoomPolicy.CanCall(standing, count))
        {
            CanRemoveMessages = RoomPolicy.CanRemoveMessages(standing), CanPin = RoomPolicy.CanPin(standing), RetentionDays = room.RetentionDays,
            IsLocked = standing.IsLocked, SlowSeconds = room.SlowSeconds, IsSlowed = RoomPolicy.IsSlowed(standing),
            SlowLeft = nextTurn - now ?? TimeSpan.Zero,
            Silence = silence,
            SilenceText = silence switch
            {
                Silence.None => null,
                Silence.Muted => $"You are muted {Silences.Where(standing.Mute!)}",
                _ => Silences.Words(silence),
            },
            MutedUntil = silence == Silence.Muted ? standing.Mute!.Until : null,
            MuteReason = silence == Silence.Muted ? standing.Mute!.Reason : null,
            CanMute = RoomPolicy.May(standing, Right.MuteInRoom), CanMuteEverywhere = Policy.Allows(standing.Role, Right.MuteEverywhere),
            CanRemovePeople = RoomPolicy.CanRemove(standing),
            CanLock = RoomPolicy.May(standing, Right.LockRoom), CanSlow = RoomPolicy.May(standing, Right.SlowRoom),
        };
    }

    /// <summary>
    /// Public rooms that are not archived, by name, with how many are in them. Guests find none but their own.
    /// </summary>
    public async Task<IReadOnlyList<BrowsedRoom>> BrowseAsync(Actor actor, string search = "", int limit = MaxResults)
    {
        var only = await sessions.RequireInRoomsAsync(actor, Scope.Read);
        await using var db = await contexts.CreateDbContextAsync();
        var rooms = db.Rooms.AsNoTracking().Where(r => r.Kind == RoomKind.Public && r.ArchivedAt == null && (only == null || r.Id == only));
        if (!await FindsRoomsAsync(db, actor))
        {
            rooms = rooms.Where(r => db.Memberships.Any(m => m.RoomId == r.Id && m.UserId == actor.UserId));
        }

        if (search.Trim() is { Length: > 0 } wanted)
        {
#pragma warning disable CA1862 // Translated to SQL's lower().
            rooms = rooms.Where(r => r.Name.ToLower().Contains(wanted.ToLower()) || r.Description.ToLower().Contains(wanted.ToLower()));
#pragma warning restore CA1862
        }

        return await rooms.OrderBy(r => r.Name).Take(Math.Clamp(limit, 1, 1_000))
            .Select(r => new BrowsedRoom(
                r.Id, r.Name, r.Description, r.LastSeq,
                db.Memberships.Count(m => m.RoomId == r.Id),
                db.Memberships.Any(m => m.RoomId == r.Id && m.UserId == actor.UserId))
            {
                IsLocked = r.LockedAt != null, SlowSeconds = r.SlowSeconds,
            })
            .ToListAsync();
    }

    /// <summary>Who is in a room of the actor's, by name, narrowed by the beginning of a name or of a later word in it; without the banned.</summary>
    public async Task<IReadOnlyList<RoomMember>> MembersAsync(Actor actor, long roomId, string search = "", int limit = MaxResults)
    {
        var scopes = await sessions.RequireAsync(actor, Scope.Read, roomId);
        await using var db = await contexts.CreateDbContextAsync();
        if (!await db.Memberships.AnyAsync(m => m.RoomId == roomId && m.UserId == actor.UserId))
        {
            return [];
        }

        var now = time.GetUtcNow();
        var members =
            from membership in db.Memberships
            where membership.RoomId == roomId
            join user in db.Users.WhereActive(now) on membership.UserId equals user.Id
            select new { membership.IsManager, user };
        var prefix = search.Trim().ToUpperInvariant();
        if (prefix.Length > 0)
        {
            members = members.Where(m => m.user.NormalizedUserName!.StartsWith(prefix) || m.user.NormalizedUserName.Contains(" " + prefix));
        }

        var found = await members.AsNoTracking()
            .OrderBy(m => m.user.NormalizedUserName)
            .Take(Math.Clamp(limit, 1, 1_000))
            .Select(m => new RoomMember(new PersonView(m.user.Id, m.user.UserName!, m.user.Avatar, m.user.Role, m.user.IsBot), m.IsManager))
            .ToListAsync();
        return await db.WithMutesAsync(await db.StandingAsync(actor, roomId, scopes), found, now);
    }

    /// <summary>
    /// People of the community by the beginning of a name, to add to a room or to write to; the actor is left out. Guests find those of
    /// their rooms.
    /// </summary>
    public async Task<IReadOnlyList<PersonView>> PeopleAsync(Actor actor, string search, long? notInRoomId = null)
    {
        var scopes = await sessions.RequireAsync(actor, Scope.Read);
        await using var db = await contexts.CreateDbContextAsync();
        var prefix = search.Trim().ToUpperInvariant();
        return await db.Users.AsNoTracking().WhereActive(time.GetUtcNow()).WhereKnownTo(db, actor.UserId, await db.RoleAsync(actor, scopes))
            .Where(u => u.Id != actor.UserId)
            .Where(u => prefix == "" || u.NormalizedUserName!.StartsWith(prefix) || u.NormalizedUserName.Contains(" " + prefix))
            .Where(u => notInRoomId == null || !db.Memberships.Any(m => m.RoomId == notInRoomId && m.UserId == u.Id))
            .OrderBy(u => u.NormalizedUserName)
            .Take(MaxResults)
            .Select(u => new PersonView(u.Id, u.UserName!, u.Avatar, u.Role, u.IsBot))
            .ToListAsync();
    }

    /// <summary>Somebody's rooms of at most so many people. For workers, which act for nobody.</summary>
    internal async Task<IReadOnlyList<long>> OfAsync(long userId, int maxMembers)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Memberships
            .Where(m => m.UserId == userId && db.Memberships.Count(o => o.RoomId == m.RoomId) <= maxMembers)
            .Select(m => m.RoomId)
            .ToListAsync();
    }

    private static async Task<bool> FindsRoomsAsync(ChatDbContext db, Actor actor) =>
        Policy.Allows(await db.Users.Where(u => u.Id == actor.UserId).Select(u => u.Role).SingleAsync(), Right.FindRooms);

    private static long[] OthersIn(string? directKey, Actor actor) =>
        directKey is null ? [] : [.. directKey.Split(',').Select(long.Parse).Where(id => id != actor.UserId)];

    private static List<PersonView> People(long[] ids, IReadOnlyDictionary<long, PersonView> known) =>
        [.. ids.Where(known.ContainsKey).Select(id => known[id]).OrderBy(p => p.Name, StringComparer.CurrentCultureIgnoreCase)];

    private static string NameOf(string name, List<PersonView> others) =>
        others.Count > 0 ? string.Join(", ", others.Select(p => p.Name)) : name;
}
