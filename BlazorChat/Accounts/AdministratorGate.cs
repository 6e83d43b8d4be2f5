using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Accounts;

/// <summary>
/// Lets administrators through. The role is read from the database each time, so that a demotion counts from the next
/// operation on, whatever pages the demoted person still has open.
/// </summary>
public sealed class AdministratorGate(IDbContextFactory<ChatDbContext> contexts, SessionRegistry sessions)
{
    /// <summary>Lets an operation go on only for an administrator with an active session.</summary>
    /// <exception cref="RefusedException">Signed out, or not an administrator.</exception>
    public async Task RequireAsync(Actor actor)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await RequireAsync(db, actor);
    }

    /// <summary>The same within the caller's transaction, so that the role cannot change before it commits.</summary>
    internal async Task RequireAsync(ChatDbContext db, Actor actor)
    {
        await sessions.RequireAsync(actor, Scope.Admin);
        if (!await db.Users.AnyAsync(u => u.Id == actor.UserId && u.Role == Role.Administrator))
        {
            throw RefusedException.Forbidden("Only administrators may do this.");
        }
    }
}
