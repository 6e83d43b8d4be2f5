using System.Collections.Concurrent;
using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Bots;

/// <summary>An incoming webhook as those who manage its room see it.</summary>
/// <param name="Id">The webhook.</param>
/// <param name="Bot">As whom it posts.</param>
/// <param name="Hint">The beginning of its secret.</param>
/// <param name="CreatedBy">Who made it.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="UsedAt">When it last posted, to the minute.</param>
public sealed record IncomingWebhookView(long Id, PersonView Bot, string Hint, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? UsedAt);

/// <summary>A webhook that was just made.</summary>
/// <param name="Id">The webhook.</param>
/// <param name="Secret">What stands in its address: to be shown once, since only its hash is kept.</param>
public sealed record NewIncomingWebhook(long Id, string Secret)
{
    /// <summary>Where to post to, relative to the site.</summary>
    public string Path => IncomingWebhooks.PathOf(Secret);
}

/// <summary>
/// Addresses that post into one room, each as a bot of its own. Who posts is known from memory; that a webhook ended is known
/// by its session, which counts at once.
/// </summary>
public sealed class IncomingWebhooks(
    IDbContextFactory<ChatDbContext> contexts, SessionRegistry sessions, BotAccounts accounts, MembershipService memberships,
    MessageService messages, PeopleDirectory people, RateLimits limits, TimeProvider time, ILogger<IncomingWebhooks> logger)
{
    /// <summary>Most webhooks of one room.</summary>
    public const int MaxPerRoom = 20;

    /// <summary>Prefix of the secrets.</summary>
    public const string SecretPrefix = "bci_";

    private readonly ConcurrentDictionary<SecretHash, Known> _known = new();

    /// <summary>Where a secret posts to, relative to the site.</summary>
    public static string PathOf(string secret) => $"/api/hooks/{secret}";

    /// <summary>Makes a webhook, and with it a bot of the name in the room.</summary>
    /// <exception cref="RefusedException">Not a manager, archived, too many, or a name that is taken or none.</exception>
    public async Task<NewIncomingWebhook> CreateAsync(Actor actor, long roomId, string? name)
    {
        // A webhook outlives the session that made it, so no token makes one.
        var scopes = await sessions.RequireAsync(actor, Scope.Account);
        limits.Spend(actor, Limited.Tokens);
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var standing = await ManagedAsync(db, actor, roomId, scopes);
        if (standing.IsArchived)
        {
            throw RefusedException.Forbidden("This room is archived.");
        }

        if (await db.IncomingWebhooks.CountAsync(w => w.RoomId == roomId) >= MaxPerRoom)
        {
            throw new RefusedException(Refusal.Conflict, $"A room has at most {MaxPerRoom} webhooks. Revoke one that is not used.");
        }

        var bot = await accounts.AddAsync(db, actor, name, roomId);
        var session = accounts.SessionFor(bot.Id, "Incoming webhook", roomId);
        var secret = TokenSecret.Create(SecretPrefix);
        var webhook = new IncomingWebhook
        {
            RoomId = roomId,
            BotId = bot.Id,
            SessionId = session.Id,
            Hash = TokenSecret.Hash(secret).ToArray(),
            Hint = TokenSecret.Hint(secret),
            CreatedById = actor.UserId,
            CreatedAt = time.GetUtcNow(),
        };
        db.Sessions.Add(session);
        db.IncomingWebhooks.Add(webhook);
        memberships.Add(db, standing.Room, bot.Id);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        memberships.TellAdded(roomId, bot.Id);
        return new NewIncomingWebhook(webhook.Id, secret);
    }

    /// <summary>A room's webhooks, oldest first.</summary>
    public async Task<IReadOnlyList<IncomingWebhookView>> ListAsync(Actor actor, long roomId)
    {
        var scopes = await sessions.RequireAsync(actor, Scope.Account);
        await using var db = await contexts.CreateDbContextAsync();
        await ManagedAsync(db, actor, roomId, scopes);
        var webhooks = await db.IncomingWebhooks.AsNoTracking().Where(w => w.RoomId == roomId).OrderBy(w => w.Id).ToListAsync();
        var names = await people.GetAsync([.. webhooks.SelectMany(w => new[] { w.BotId, w.CreatedById }).Distinct()]);
        return [.. webhooks.Select(w => new IncomingWebhookView(w.Id, names[w.BotId], w.Hint, names[w.CreatedById].Name, w.CreatedAt, w.UsedAt))];
    }

    /// <summary>Ends a webhook and its bot; what it posted stays.</summary>
    public async Task RevokeAsync(Actor actor, long webhookId)
    {
        var scopes = await sessions.RequireAsync(actor, Scope.Account);
        await using var db = await contexts.CreateDbContextAsync();
        var webhook = await db.IncomingWebhooks.AsNoTracking().SingleOrDefaultAsync(w => w.Id == webhookId) ?? throw NotFound();
        try
        {
            await ManagedAsync(db, actor, webhook.RoomId, scopes);
        }
        catch (RefusedException refused) when (refused.Refusal == Refusal.NotFound)
        {
            // A webhook of a room that one may not know of does not exist either.
            throw NotFound();
        }

        await accounts.DeactivateAsync(actor, webhook.BotId, webhook.RoomId);
        await RemoveOfAsync(webhook.BotId);
    }

    /// <summary>Posts what a webhook's address was given.</summary>
    /// <exception cref="RefusedException">No webhook has this secret, it posts too much, or the message would be refused to anybody.</exception>
    public async Task<MessageView> PostAsync(string secret, HookPayload payload)
    {
        var known = await FindAsync(secret) ?? throw NotFound();
        MessageView message;
        try
        {
            message = (await messages.SendAsync(known.Actor, new Draft(known.RoomId, payload.Text, Alias: payload.Alias))).Message;
        }
        catch (RefusedException refused) when (refused.Refusal is Refusal.SignedOut or Refusal.NotFound)
        {
            // Revoked, or its bot was taken out of the room: either way nothing posts here any more.
            throw NotFound();
        }

        await NoteUseAsync(known);
        return message;
    }

    /// <summary>Forgets a bot's webhooks, for services that have ended the bot.</summary>
    internal async Task RemoveOfAsync(long botId)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await db.IncomingWebhooks.Where(w => w.BotId == botId).ExecuteDeleteAsync();
        foreach (var known in _known.Where(k => k.Value.Actor.UserId == botId))
        {
            _known.TryRemove(known);
        }
    }

    private async ValueTask<Known?> FindAsync(string secret)
    {
        if (!TokenSecret.IsWellFormed(secret) || !secret.StartsWith(SecretPrefix, StringComparison.Ordinal))
        {
            return null;
        }

        var key = TokenSecret.Hash(secret);
        if (_known.TryGetValue(key, out var known))
        {
            return known;
        }

        var hash = key.ToArray();

        await using var db = await contexts.CreateDbContextAsync();
        var webhook = await db.IncomingWebhooks.AsNoTracking().SingleOrDefaultAsync(w => w.Hash == hash);
        return webhook is null
            ? null
            : _known.GetOrAdd(key, new Known(webhook.Id, webhook.RoomId, new Actor(webhook.BotId, webhook.SessionId)) { UsedAt = webhook.UsedAt });
    }

    private async Task NoteUseAsync(Known known)
    {
        var now = time.GetUtcNow();
        if (now - known.UsedAt < TimeSpan.FromMinutes(1))
        {
            return;
        }

        known.UsedAt = now;
        try
        {
            await using var db = await contexts.CreateDbContextAsync();
            await db.IncomingWebhooks.Where(w => w.Id == known.Id).ExecuteUpdateAsync(set => set.SetProperty(w => w.UsedAt, now));
        }
        catch (Exception exception)
        {
            // The message is stored: that is what the caller asked for, and must hear.
            logger.LogWarning(exception, "That webhook {WebhookId} was used could not be noted.", known.Id);
        }
    }

    private static async Task<Standing> ManagedAsync(ChatDbContext db, Actor actor, long roomId, Scope scopes)
    {
        var standing = await db.StandingAsync(actor, roomId, scopes);
        standing.Require(RoomPolicy.CanManage, "Only a moderator of this room may do that.");
        return standing;
    }

    private static RefusedException NotFound() => RefusedException.NotFound("This webhook");

    private sealed record Known(long Id, long RoomId, Actor Actor)
    {
        public DateTimeOffset? UsedAt { get; set; }
    }
}
