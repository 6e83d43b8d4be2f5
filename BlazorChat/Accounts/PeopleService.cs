using BlazorChat.Accounts.Audit;
using BlazorChat.Accounts.TwoFactor;
using BlazorChat.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Accounts;

/// <summary>What administrators do with other people's accounts.</summary>
public sealed class PeopleService(
    IServiceScopeFactory scopes, IDbContextFactory<ChatDbContext> contexts, PolicyGate gate, PeopleDirectory people, AuditLog audit)
{
    /// <summary>
    /// A link by which a person sets a new password: good once, for a day. Relative to the site; hand it over in person.
    /// </summary>
    public async Task<string> CreateResetLinkAsync(Actor actor, long userId)
    {
        var name = await ActAsync(actor, userId, AuditAct.PasswordLinkMade, (_, user) => user.IsBot
            ? throw RefusedException.Forbidden("A bot has tokens in place of a password.")
            : Task.FromResult(user.Name));
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        return await PasswordResetService.LinkAsync(users, await users.FindByNameAsync(name) ?? throw RefusedException.NotFound("This person"));
    }

    /// <summary>
    /// Gives somebody another role; it counts from their next operation on. Nobody gives a role above their own, only owners make
    /// owners, and one may always step down oneself.
    /// </summary>
    /// <exception cref="RefusedException">
    /// No such role, a bot, somebody of equal or higher rank, or a Conflict: a community keeps one owner at least.
    /// </exception>
    public async Task SetRoleAsync(Actor actor, long userId, Role role)
    {
        if (!Enum.IsDefined(role) || role == Role.Bot)
        {
            throw RefusedException.Invalid("There is no such role.");
        }

        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var mine = await gate.RequireAsync(db, actor, Right.ChangeRoles);
        var user = await db.Users.AsTracking().SingleOrDefaultAsync(u => u.Id == userId) ?? throw RefusedException.NotFound("This person");
        if (user.Role == role)
        {
            return;
        }

        Require(mine, actor, user, role);
        if (user.Role == Role.Owner && !await db.Users.AnyAsync(u => u.Role == Role.Owner && u.Id != userId))
        {
            throw new RefusedException(Refusal.Conflict, "This is the last owner. Make somebody else one first.");
        }

        await audit.AddAsync(db, actor, AuditAct.RoleChanged, AuditMatter.Of(user), user.Role.ToString(), role.ToString());
        user.Role = role;
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        people.Changed(user);
    }

    /// <summary>
    /// Turns a person's second factor off, as when their phone and recovery codes are lost. A new password does not: whoever gets
    /// hold of a link for one must not get past the second step with it.
    /// </summary>
    public async Task TurnOffTwoFactorAsync(Actor actor, long userId) => await ActAsync(actor, userId, AuditAct.TwoFactorTurnedOff, async (db, _) =>
    {
        await SecondFactor.TurnOffAsync(db, userId);
        return userId;
    });

    private static void Require(Role mine, Actor actor, AppUser user, Role role)
    {
        if (user.IsBot)
        {
            throw RefusedException.Forbidden("A bot stays a bot.");
        }

        if (role == Role.Owner && !Policy.Allows(mine, Right.ShareOwnership))
        {
            throw RefusedException.Forbidden("Only owners make owners.");
        }

        if (role > mine || (user.Id != actor.UserId && !Policy.Outranks(mine, user.Role)))
        {
            throw PolicyGate.OfEqualRank();
        }
    }

    /// <summary>Does something to an account of lower rank or one's own, and puts it on record with it.</summary>
    private async Task<T> ActAsync<T>(Actor actor, long userId, AuditAct act, Func<ChatDbContext, AppUser, Task<T>> action)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var user = await gate.RequireOverAsync(db, actor, Right.ManagePeople, userId, orOneself: true);
        var result = await action(db, user);
        await audit.AddAsync(db, actor, act, AuditMatter.Of(user));
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return result;
    }
}
