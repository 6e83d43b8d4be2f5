using BlazorChat.Accounts;
using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Bots;

/// <summary>A bot as administrators see it.</summary>
/// <param name="Id">The account.</param>
/// <param name="Name">Its name.</param>
/// <param name="IsActive">Whether it can do anything.</param>
/// <param name="IsWebhook">Whether it was made for an incoming webhook, by whoever manages that one's room.</param>
/// <param name="Rooms">How many rooms it is in.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Url">Where it is told of messages, if anywhere.</param>
public sealed record BotView(long Id, string Name, bool IsActive, bool IsWebhook, int Rooms, DateTimeOffset CreatedAt, string? Url);

/// <summary>Administrators' bots: accounts that programs speak through, with tokens in place of a password.</summary>
public sealed class BotService(
    IDbContextFactory<ChatDbContext> contexts, PolicyGate gate, BotAccounts accounts, IncomingWebhooks incoming,
    OutgoingWebhooks outgoing, PeopleDirectory people)
{
    /// <summary>Makes a bot. It is in no room yet.</summary>
    /// <exception cref="RefusedException">A name that is taken or none.</exception>
    public async Task<BotView> CreateAsync(Actor actor, string? name)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await gate.RequireAsync(db, actor, Right.ManageBots);
        var bot = await accounts.AddAsync(db, actor, name);
        await transaction.CommitAsync();
        return new BotView(bot.Id, bot.Name, IsActive: true, IsWebhook: false, 0, bot.CreatedAt, null);
    }

    /// <summary>All bots: active ones first, by name.</summary>
    public async Task<IReadOnlyList<BotView>> ListAsync(Actor actor)
    {
        await gate.RequireAsync(actor, Right.ManageBots);
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Users.AsNoTracking().Where(u => u.IsBot)
            .OrderBy(u => u.LockoutEnd != null).ThenBy(u => u.NormalizedUserName)
            .Select(u => new BotView(
                u.Id, u.UserName!, u.LockoutEnd == null,
                db.IncomingWebhooks.Any(w => w.BotId == u.Id),
                db.Memberships.Count(m => m.UserId == u.Id), u.CreatedAt,
                db.OutgoingWebhooks.Where(w => w.BotId == u.Id).Select(w => w.Url).FirstOrDefault()))
            .ToListAsync();
    }

    /// <summary>Renames a bot, everywhere at once.</summary>
    /// <exception cref="RefusedException">No such bot, or a name that is taken or none.</exception>
    public async Task RenameAsync(Actor actor, long botId, string? name)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await gate.RequireAsync(db, actor, Right.ManageBots);
        var bot = await db.Users.SingleOrDefaultAsync(u => u.Id == botId && u.IsBot) ?? throw NotFound();
        await accounts.RenameAsync(db, actor, bot, name);
        await transaction.CommitAsync();
        people.Changed(bot);
    }

    /// <summary>
    /// Ends a bot for good: its tokens and webhooks, and its place in every room, at once. Its messages stay, under its name.
    /// </summary>
    public async Task DeactivateAsync(Actor actor, long botId)
    {
        await gate.RequireAsync(actor, Right.ManageBots);
        await using (var db = await contexts.CreateDbContextAsync())
        {
            if (!await db.Users.AnyAsync(u => u.Id == botId && u.IsBot))
            {
                throw NotFound();
            }
        }

        await accounts.DeactivateAsync(actor, botId);
        await incoming.RemoveOfAsync(botId);
        await outgoing.RemoveOfAsync(botId);
    }

    private static RefusedException NotFound() => RefusedException.NotFound("This bot");
}
