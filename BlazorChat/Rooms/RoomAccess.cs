using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Rooms;

/// <summary>Looks up what an actor is to a room, from the database, at the moment of the question.</summary>
internal static class RoomAccess
{
    /// <summary>
    /// The actor's standing; answers alike for a room that is not there and one that they may not know of. An administrator's
    /// token that is not for administration stands as a member's.
    /// </summary>
    /// <exception cref="RefusedException">Not found.</exception>
    public static async Task<Standing> StandingAsync(this ChatDbContext db, Actor actor, long roomId, Scope scopes)
    {
        var found = await (
            from room in db.Rooms
            where room.Id == roomId
            from user in db.Users
            where user.Id == actor.UserId
            let membership = db.Memberships.FirstOrDefault(m => m.RoomId == roomId && m.UserId == actor.UserId)
            select new { room, user.Role, IsMember = membership != null, IsManager = membership != null && membership.IsManager })
            .AsTracking()
            .SingleOrDefaultAsync();
        var standing = found is null ? null : new Standing(found.room, found.IsMember, found.IsManager, Acting(found.Role, scopes));
        return standing is not null && RoomPolicy.CanSee(standing) ? standing : throw NotFound();
    }

    /// <summary>The role that a session acts in: a token that is not for administration gives nobody more than a member's.</summary>
    public static Role Acting(Role role, Scope scopes) => scopes.HasFlag(Scope.Admin) || role < Role.Member ? role : Role.Member;

    /// <summary>
    /// Those of some people whom the actor may find: all, or for somebody who finds nobody by themselves (a guest) those whom they
    /// share a room with.
    /// </summary>
    public static IQueryable<AppUser> WhereKnownTo(this IQueryable<AppUser> users, ChatDbContext db, long userId, Role role) =>
        Policy.Allows(role, Right.FindRooms)
            ? users
            : users.Where(u => db.Memberships.Any(m => m.UserId == u.Id && db.Memberships.Any(s => s.RoomId == m.RoomId && s.UserId == userId)));

    /// <summary>The actor's role as their session acts in it.</summary>
    public static async Task<Role> RoleAsync(this ChatDbContext db, Actor actor, Scope scopes) =>
        Acting(await db.Users.Where(u => u.Id == actor.UserId).Select(u => u.Role).SingleAsync(), scopes);

    /// <summary>
    /// Sees to it that somebody moderates a room where the last one left or stepped down: whoever has been in it longest becomes one,
    /// people before programs and guests.
    /// </summary>
    /// <returns>Who became one; <see langword="null"/> when there is one already, or nobody who could.</returns>
    public static async Task<Membership?> KeepModeratedAsync(this ChatDbContext db, long roomId, long? exceptId = null)
    {
        if (await db.Memberships.AnyAsync(m => m.RoomId == roomId && m.IsManager))
        {
            return null;
        }

        var heir = await (
            from member in db.Memberships
            where member.RoomId == roomId && member.UserId != exceptId
            join user in db.Users on member.UserId equals user.Id
            orderby user.Role < Role.Member, member.JoinedAt, member.UserId
            select member).AsTracking().FirstOrDefaultAsync();
        if (heir is not null)
        {
            heir.IsManager = true;
            await db.SaveChangesAsync();
        }

        return heir;
    }

    /// <summary>Lets only those go on who pass a rule.</summary>
    /// <exception cref="RefusedException">The rule says no.</exception>
    public static void Require(this Standing standing, Func<Standing, bool> rule, string otherwise)
    {
        if (!rule(standing))
        {
            throw RefusedException.Forbidden(otherwise);
        }
    }

    /// <summary>Lets an act on somebody go on only for those who outrank them in the room.</summary>
    /// <exception cref="RefusedException">Of equal or higher rank.</exception>
    public static void RequireOver(this Standing standing, AppUser person, Membership? membership)
    {
        if (!Policy.Outranks(standing.Role, standing.IsManager, person.Role, membership?.IsManager == true))
        {
            throw PolicyGate.OfEqualRank();
        }
    }

    /// <summary>The one answer for what is not there and what one may not know of.</summary>
    public static RefusedException NotFound() => RefusedException.NotFound("This room");
}
