using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Filtering;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Bots;

/// <summary>Makes and ends the accounts of bots, and puts that on record, for services that have checked the right to.</summary>
public sealed class BotAccounts(
    IDbContextFactory<ChatDbContext> contexts, ILookupNormalizer normalizer, SessionRegistry sessions, MembershipService memberships,
    PeopleDirectory people, TextFilter filter, AuditLog audit, TimeProvider time)
{
    /// <summary>Adds an account within the caller's transaction. It has neither address nor password, so nobody signs in by it.</summary>
    /// <exception cref="RefusedException">No name that a person could have, or one that somebody has.</exception>
    internal async Task<AppUser> AddAsync(ChatDbContext db, Actor actor, string? name, long? roomId = null)
    {
        var parsed = filter.Name(name);
        var bot = new AppUser
        {
            UserName = parsed,
            NormalizedUserName = normalizer.NormalizeName(parsed),
            SecurityStamp = Guid.NewGuid().ToString("N"),
            Role = Role.Bot,
            IsBot = true,
            CreatedAt = time.GetUtcNow(),
        };
        await RequireFreeAsync(db, bot);
        db.Users.Add(bot);
        await db.SaveChangesAsync();
        await audit.AddAsync(db, actor, AuditAct.BotMade, AuditMatter.Of(bot, roomId));
        await db.SaveChangesAsync();
        return bot;
    }

    /// <summary>Renames a bot within the caller's transaction.</summary>
    internal async Task RenameAsync(ChatDbContext db, Actor actor, AppUser bot, string? name)
    {
        var before = bot.Name;
        bot.UserName = filter.Name(name);
        bot.NormalizedUserName = normalizer.NormalizeName(bot.UserName);
        await RequireFreeAsync(db, bot);
        await NoteChangeAsync(db, actor, bot, $"Name: {before}", $"Name: {bot.Name}");
        await db.SaveChangesAsync();
    }

    /// <summary>Puts a change of a bot on record in the caller's transaction, who saves it.</summary>
    internal Task NoteChangeAsync(ChatDbContext db, Actor actor, AppUser bot, string? before, string? after) =>
        audit.AddAsync(db, actor, AuditAct.BotChanged, AuditMatter.Of(bot), before, after);

    /// <summary>A session for a webhook to post by, which the caller's transaction stores.</summary>
    internal Session SessionFor(long botId, string device, long? roomId) => new()
    {
        Id = Guid.NewGuid(),
        UserId = botId,
        Kind = SessionKind.Token,
        Device = device,
        Scopes = Scope.Write,
        RoomId = roomId,
        CreatedAt = time.GetUtcNow(),
    };

    /// <summary>
    /// Ends a bot: it can do nothing more, is in no room and is offered to nobody. The account stays, because its messages do.
    /// </summary>
    internal async Task DeactivateAsync(Actor actor, long botId, long? roomId = null)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var bot = await db.Users.SingleAsync(u => u.Id == botId && u.IsBot);
        if (bot.LockoutEnd != ActivePeople.Forever)
        {
            await audit.AddAsync(db, actor, AuditAct.BotEnded, AuditMatter.Of(bot, roomId));
        }

        bot.LockoutEnabled = true;
        bot.LockoutEnd = ActivePeople.Forever;
        await db.SaveChangesAsync();
        await sessions.EndOthersAsync(botId, except: null);
        await memberships.RemoveEverywhereAsync(botId);
        people.Changed(bot);
    }

    private static async Task RequireFreeAsync(ChatDbContext db, AppUser bot)
    {
        if (await db.Users.AnyAsync(u => u.NormalizedUserName == bot.NormalizedUserName && u.Id != bot.Id))
        {
            throw new RefusedException(Refusal.Conflict, "Somebody already has this name.") { Field = InputField.Name };
        }
    }
}
