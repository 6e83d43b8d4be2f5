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

    /// <summary>Lets only those go on who pass a rule.</summary>
    /// <exception cref="RefusedException">The rule says no.</exception>
    public static void Require(this Standing standing, Func<Standing, bool> rule, string otherwise)
    {
        if (!rule(standing))
        {
            throw RefusedException.Forbidden(otherwise);
        }
    }

    /// <summary>The one answer for what is not there and what one may not know of.</summary>
    public static RefusedException NotFound() => RefusedException.NotFound("This room");
}
