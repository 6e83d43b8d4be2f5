using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Accounts;

/// <summary>
/// Lets those through whose role has a right. The role is read from the database each time, so that a demotion counts from the next
/// operation on, whatever pages the demoted person still has open.
/// </summary>
public sealed class PolicyGate(IDbContextFactory<ChatDbContext> contexts, SessionRegistry sessions)
{
    /// <summary>Lets an operation go on only for somebody with the right and an active session that may administer.</summary>
    /// <returns>Their role.</returns>
    /// <exception cref="RefusedException">Signed out, or not theirs to do.</exception>
    public async Task<Role> RequireAsync(Actor actor, Right right)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await RequireAsync(db, actor, right);
    }

    /// <summary>The same within the caller's transaction, so that the role cannot change before it commits.</summary>
    internal async Task<Role> RequireAsync(ChatDbContext db, Actor actor, Right right)
    {
        await sessions.RequireAsync(actor, Scope.Admin);
        var role = await db.Users.Where(u => u.Id == actor.UserId).Select(u => (Role?)u.Role).SingleOrDefaultAsync();
        return role is { } found && Policy.Allows(found, right)
            ? found
            : throw RefusedException.Forbidden(Policy.Allows(Role.Moderator, right)
                ? "Only moderators may do this."
                : Policy.Allows(Role.Administrator, right) ? "Only administrators may do this." : "Only owners may do this.");
    }

    /// <summary>Lets an operation on somebody go on only for those with the right who outrank them.</summary>
    /// <returns>Whom it is about, tracked by the context.</returns>
    /// <exception cref="RefusedException">Signed out, not theirs to do, nobody there, or of equal or higher rank.</exception>
    internal async Task<AppUser> RequireOverAsync(ChatDbContext db, Actor actor, Right right, long userId, bool orOneself = false)
    {
        var role = await RequireAsync(db, actor, right);
        var other = await db.Users.AsTracking().SingleOrDefaultAsync(u => u.Id == userId && u.DeletedAt == null) ?? throw RefusedException.NotFound("This person");
        return Policy.Outranks(role, other.Role) || (orOneself && userId == actor.UserId) ? other : throw OfEqualRank();
    }

    /// <summary>Answers somebody who would act on somebody of equal or higher rank.</summary>
    public static RefusedException OfEqualRank() => RefusedException.Forbidden("Nobody acts on somebody of the same or a higher role.");
}
