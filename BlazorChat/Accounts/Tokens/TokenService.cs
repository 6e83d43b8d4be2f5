using BlazorChat.Accounts.Audit;
using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Accounts.Tokens;

/// <summary>
/// Tokens that people make for their scripts, and administrators for bots: named, for a scope, perhaps for one room and for a time,
/// revocable at once.
/// </summary>
public sealed class TokenService(
    IDbContextFactory<ChatDbContext> contexts, SessionRegistry sessions, TokenRegistry registry, PolicyGate gate, RateLimits limits,
    AuditLog audit, TimeProvider time)
{
    /// <summary>Longest name of a token.</summary>
    public const int MaxNameLength = 60;

    /// <summary>Most tokens that an account may have at a time.</summary>
    public const int MaxTokens = 50;

    /// <summary>Makes a token that speaks for the actor.</summary>
    /// <param name="actor">Whose.</param>
    /// <param name="name">What it is for, to tell it from others.</param>
    /// <param name="scopes">What it may be used for; never for the account itself.</param>
    /// <param name="roomId">The one room that it may be used in; it gives nothing while the account is not in it.</param>
    /// <param name="expiresAt">When it ceases to be valid.</param>
    /// <exception cref="RefusedException">
    /// A name or scope is missing, the time is past, the scope is the administrators' and the actor is none; a Conflict when another
    /// valid token of the actor's has the name: a form that is posted twice makes one token.
    /// </exception>
    public async Task<NewToken> CreateAsync(Actor actor, string? name, Scope scopes, long? roomId = null, DateTimeOffset? expiresAt = null)
    {
        await sessions.RequireAsync(actor, Scope.Account);
        if (scopes.HasFlag(Scope.Admin))
        {
            // It would give nothing now, but everything on the day that the person becomes an administrator.
            await gate.RequireAsync(actor, Right.SeeCommunity);
        }

        await RequireNewNameAsync(actor.UserId, (name ?? "").Trim());
        limits.Spend(actor, Limited.Tokens);
        return await CreateAsync(actor, actor.UserId, TokenSecret.Personal, name, scopes, roomId, expiresAt);
    }

    /// <summary>Makes a token that speaks for a bot. For administrators.</summary>
    /// <exception cref="RefusedException">As <see cref="CreateAsync(Actor, string?, Scope, long?, DateTimeOffset?)"/>, or no bot has this id.</exception>
    public async Task<NewToken> CreateForBotAsync(
        Actor actor, long botId, string? name, Scope scopes, long? roomId = null, DateTimeOffset? expiresAt = null)
    {
        var bot = await RequireBotAsync(actor, botId);
        limits.Spend(actor, Limited.Tokens);
        return await CreateAsync(actor, botId, TokenSecret.Bot, name, scopes, roomId, expiresAt, db => audit.AddAsync(
            db, actor, AuditAct.TokenMade, AuditMatter.Of(bot, roomId), after: $"{name?.Trim()}: {scopes.ToString().ToLowerInvariant()}"));
    }

    /// <summary>The actor's own tokens, newest first.</summary>
    public async Task<IReadOnlyList<TokenView>> ListAsync(Actor actor)
    {
        await sessions.RequireAsync(actor, Scope.Account);
        return await ListAsync(actor.UserId);
    }

    /// <summary>A bot's tokens, newest first. For administrators.</summary>
    public async Task<IReadOnlyList<TokenView>> ListForBotAsync(Actor actor, long botId)
    {
        await RequireBotAsync(actor, botId);
        return await ListAsync(botId);
    }

    /// <summary>Revokes one of the actor's own tokens: requests are refused and connections end at once.</summary>
    public async Task RevokeAsync(Actor actor, long tokenId)
    {
        await sessions.RequireAsync(actor, Scope.Account);
        await RevokeAsync(actor.UserId, tokenId);
    }

    /// <summary>Revokes a bot's token. For administrators.</summary>
    public async Task RevokeForBotAsync(Actor actor, long botId, long tokenId)
    {
        var bot = await RequireBotAsync(actor, botId);
        await RevokeAsync(botId, tokenId, (db, token) => audit.AddAsync(db, actor, AuditAct.TokenRevoked, AuditMatter.Of(bot), before: token));
    }

    private async Task<NewToken> CreateAsync(
        Actor actor, long userId, string prefix, string? name, Scope scopes, long? roomId, DateTimeOffset? expiresAt,
        Func<ChatDbContext, Task>? besides = null)
    {
        var now = time.GetUtcNow();
        name = (name ?? "").Trim();
        if (name.Length is 0 or > MaxNameLength)
        {
            throw RefusedException.Invalid($"A token needs a name of at most {MaxNameLength} characters.", InputField.Name);
        }

        if (scopes == Scope.None || (scopes & ~(Scope.Read | Scope.Write | Scope.Admin)) != 0)
        {
            throw RefusedException.Invalid("A token needs one or more of the scopes read, write and admin.", InputField.Scopes);
        }

        if (expiresAt <= now)
        {
            throw RefusedException.Invalid("A token expires in the future.", InputField.Expiry);
        }

        await using var db = await contexts.CreateDbContextAsync();
        if (await Active(db, userId).CountAsync() >= MaxTokens)
        {
            throw new RefusedException(Refusal.Conflict, $"An account has at most {MaxTokens} tokens. Revoke one that is not needed any more.");
        }

        var secret = TokenSecret.Create(prefix);
        var token = new ApiToken
        {
            Kind = TokenKind.Personal,
            Hash = TokenSecret.Hash(secret).ToArray(),
            Hint = TokenSecret.Hint(secret),
            CreatedById = actor.UserId,
            CreatedAt = now,
            ExpiresAt = expiresAt,
        };
        await sessions.StartAsync(
            new Session { UserId = userId, Kind = SessionKind.Token, Device = name, Scopes = scopes, RoomId = roomId, ExpiresAt = expiresAt }, token, besides: besides);
        return new NewToken(secret, new TokenView(token.Id, name, token.Hint, scopes, roomId, now, expiresAt, null));
    }

    private async Task RequireNewNameAsync(long userId, string name)
    {
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync();
        if (await Active(db, userId).AnyAsync(t => t.Session!.Device == name && (t.ExpiresAt == null || t.ExpiresAt > now)))
        {
            throw new RefusedException(Refusal.Conflict, "You have a token of this name already.") { Field = InputField.Name };
        }
    }

    private async Task<IReadOnlyList<TokenView>> ListAsync(long userId)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var tokens = await Active(db, userId).Include(t => t.Session).OrderByDescending(t => t.Id).ToListAsync();
        return [.. tokens.Select(t => new TokenView(
            t.Id, t.Session!.Device, t.Hint, t.Session.Scopes, t.Session.RoomId, t.CreatedAt, t.ExpiresAt, registry.UsedAt(t.Id, t.UsedAt)))];
    }

    private async Task RevokeAsync(long userId, long tokenId, Func<ChatDbContext, string, Task>? besides = null)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var token = await db.ApiTokens
            .Where(t => t.Id == tokenId && t.Kind == TokenKind.Personal && t.Session!.UserId == userId)
            .Select(t => new { t.SessionId, t.Session!.Device })
            .SingleOrDefaultAsync() ?? throw RefusedException.NotFound("This token");
        var ended = await sessions.EndAsync(db, userId, s => s.Id == token.SessionId);
        await (ended.Count > 0 && besides is not null ? besides(db, token.Device) : Task.CompletedTask);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        sessions.Cut(ended);
    }

    private async Task<AppUser> RequireBotAsync(Actor actor, long botId)
    {
        await gate.RequireAsync(actor, Right.ManageBots);
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Users.AsNoTracking().WhereNotEnded().SingleOrDefaultAsync(u => u.Id == botId && u.IsBot) ?? throw RefusedException.NotFound("This bot");
    }

    private static IQueryable<ApiToken> Active(ChatDbContext db, long userId) => db.ApiTokens.AsNoTracking()
        .Where(t => t.Kind == TokenKind.Personal && t.Session!.UserId == userId && t.Session.EndedAt == null);
}
