using BlazorChat.Accounts.TwoFactor;
using BlazorChat.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Accounts;

/// <summary>An account as administrators see it.</summary>
public sealed record AccountView(
    long Id, string Name, string Email, string? Avatar, Role Role, DateTimeOffset CreatedAt, int ActiveSessions, bool IsBot = false,
    bool HasTwoFactor = false);

/// <summary>Some accounts, by name.</summary>
public sealed record AccountPage(IReadOnlyList<AccountView> Accounts, int Page, bool HasMore);

/// <summary>What administrators do with other people's accounts.</summary>
public sealed class PeopleService(
    IServiceScopeFactory scopes, IDbContextFactory<ChatDbContext> contexts, AdministratorGate administrators,
    SessionRegistry sessions, PeopleDirectory people, ILookupNormalizer normalizer)
{
    /// <summary>Accounts a page.</summary>
    public const int PageSize = 50;

    /// <summary>Accounts whose name or address contains a text, by name; pages count from 0.</summary>
    public async Task<AccountPage> ListAsync(Actor actor, string? search, int page)
    {
        await administrators.RequireAsync(actor);
        page = Math.Clamp(page, 0, 100_000);
        await using var db = await contexts.CreateDbContextAsync();
        var query = db.Users.AsNoTracking();
        if (search?.Trim() is { Length: > 0 and <= EmailAddress.MaxLength } text && PasswordRules.IsWellFormed(text))
        {
            var wanted = normalizer.NormalizeName(text);
            query = query.Where(u => u.NormalizedUserName!.Contains(wanted) || u.NormalizedEmail!.Contains(wanted));
        }

        var accounts = await query.OrderBy(u => u.NormalizedUserName).Skip(page * PageSize).Take(PageSize + 1)
            .Select(u => new AccountView(
                u.Id, u.UserName!, u.Email ?? "", u.Avatar, u.Role, u.CreatedAt,
                db.Sessions.Count(s => s.UserId == u.Id && s.EndedAt == null), u.IsBot,
                u.TwoFactorEnabled))
            .ToListAsync();
        return new AccountPage(accounts.Take(PageSize).ToList(), page, accounts.Count > PageSize);
    }

    /// <summary>
    /// A link by which a person sets a new password: good once, for a day. Relative to the site; hand it over in person.
    /// </summary>
    public async Task<string> CreateResetLinkAsync(Actor actor, long userId)
    {
        await administrators.RequireAsync(actor);
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        var user = await FindAsync(users, userId);
        if (user.IsBot)
        {
            throw RefusedException.Forbidden("A bot has tokens in place of a password.");
        }

        return await PasswordResetService.LinkAsync(users, user);
    }

    /// <summary>Makes somebody an administrator, or a member again; it counts from their next operation on.</summary>
    /// <exception cref="RefusedException">Conflict: a community keeps one administrator at least.</exception>
    public async Task SetRoleAsync(Actor actor, long userId, Role role)
    {
        if (!Enum.IsDefined(role))
        {
            throw RefusedException.Invalid("There is no such role.");
        }

        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await administrators.RequireAsync(db, actor);
        var user = await db.Users.SingleOrDefaultAsync(u => u.Id == userId) ?? throw RefusedException.NotFound("This person");
        if (user.Role == role)
        {
            return;
        }

        if (user.Role == Role.Administrator && !await db.Users.AnyAsync(u => u.Role == Role.Administrator && u.Id != userId))
        {
            throw new RefusedException(Refusal.Conflict, "This is the last administrator. Make somebody else one first.");
        }

        user.Role = role;
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        people.Changed(user);
    }

    /// <summary>
    /// Turns a person's second factor off, as when their phone and recovery codes are lost. A new password does not: whoever gets
    /// hold of a link for one must not get past the second step with it.
    /// </summary>
    public async Task TurnOffTwoFactorAsync(Actor actor, long userId)
    {
        await administrators.RequireAsync(actor);
        await people.GetAsync(userId);
        await using var db = await contexts.CreateDbContextAsync();
        await SecondFactor.TurnOffAsync(db, userId);
    }

    /// <summary>Ends all of a person's sessions.</summary>
    public async Task SignOutEverywhereAsync(Actor actor, long userId)
    {
        await administrators.RequireAsync(actor);
        await people.GetAsync(userId);
        await sessions.EndOthersAsync(userId, except: null);
    }

    private static async Task<AppUser> FindAsync(UserManager<AppUser> users, long userId) =>
        await users.FindByIdAsync(userId.ToString()) ?? throw RefusedException.NotFound("This person");
}
