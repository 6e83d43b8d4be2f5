using System.Net;
using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Accounts.Tokens;

/// <summary>
/// Signing in without a page: a short-lived access token, and a refresh token that is good for one new pair. A refresh token that
/// comes a second time was stolen, from us or from the thief, so the whole family ends (RFC 9700, section 4.14.2).
/// </summary>
public sealed class TokenPairs(
    IDbContextFactory<ChatDbContext> contexts, SignInService signIn, SessionRegistry sessions, BlockedNetworks networks, TimeProvider time) : IDisposable
{
    /// <summary>How long an access token is valid.</summary>
    public static readonly TimeSpan AccessLifetime = TimeSpan.FromMinutes(15);

    /// <summary>How long a refresh token may wait to be used.</summary>
    public static readonly TimeSpan RefreshLifetime = TimeSpan.FromDays(60);

    private readonly AddressLimit _refreshes = new(burst: 600, perMinute: 120);

    /// <summary>Signs somebody in by password, and by a code where the account has a second factor.</summary>
    /// <exception cref="RefusedException">
    /// Wrong, or too many attempts, or a code is missing; banned, or coming from a banned network, which nobody hears who does not know
    /// the password.
    /// </exception>
    public async Task<TokenPair> SignInAsync(string? email, string? password, IPAddress? address, string device, string? twoFactorCode = null)
    {
        var user = await signIn.CheckAsync(email, password, address, twoFactorCode);
        var sessionId = await sessions.StartAsync(user.Id, device, SessionKind.Api, address);
        return await IssueAsync(new Actor(user.Id, sessionId));
    }

    /// <summary>Exchanges a refresh token for a new pair.</summary>
    /// <exception cref="RefusedException">It is none, expired, or was used before; in the last case everybody who has the family is signed out.</exception>
    public async Task<TokenPair> RefreshAsync(string? refreshToken, IPAddress? address)
    {
        _refreshes.Spend(address);
        if (refreshToken is null || !TokenSecret.IsWellFormed(refreshToken))
        {
            throw Invalid();
        }

        var hash = TokenSecret.Hash(refreshToken).ToArray();
        await using var db = await contexts.CreateDbContextAsync();
        var found = await db.ApiTokens.AsNoTracking()
            .Where(t => t.Hash == hash && t.Kind == TokenKind.Refresh)
            .Select(t => new { t.Id, t.Session!.UserId, t.SessionId, t.ExpiresAt })
            .SingleOrDefaultAsync() ?? throw Invalid();
        var actor = new Actor(found.UserId, found.SessionId);
        DateTimeOffset? now = time.GetUtcNow();
        if (found.ExpiresAt <= now || !await sessions.IsActiveAsync(actor))
        {
            throw Invalid();
        }

        if (await networks.FindForAsync(actor.UserId, address) is { } network)
        {
            throw network.Refuse();
        }

        // One statement decides, so that of two at once one is the second.
        if (await db.ApiTokens.Where(t => t.Id == found.Id && t.UsedAt == null).ExecuteUpdateAsync(set => set.SetProperty(t => t.UsedAt, now)) == 0)
        {
            await sessions.EndAsync(actor.UserId, actor.SessionId);
            throw Invalid();
        }

        return await IssueAsync(actor);
    }

    private async Task<TokenPair> IssueAsync(Actor actor)
    {
        var pair = new TokenPair(TokenSecret.Create(TokenSecret.Access), TokenSecret.Create(TokenSecret.Refresh));
        await using var db = await contexts.CreateDbContextAsync();
        db.ApiTokens.AddRange(
            Row(actor, TokenKind.Access, pair.AccessToken, AccessLifetime), Row(actor, TokenKind.Refresh, pair.RefreshToken, RefreshLifetime));
        await db.SaveChangesAsync();
        return pair;
    }

    private ApiToken Row(Actor actor, TokenKind kind, string secret, TimeSpan lifetime) => new()
    {
        SessionId = actor.SessionId,
        Kind = kind,
        Hash = TokenSecret.Hash(secret).ToArray(),
        Hint = TokenSecret.Hint(secret),
        CreatedById = actor.UserId,
        CreatedAt = time.GetUtcNow(),
        ExpiresAt = time.GetUtcNow() + lifetime,
    };

    private static RefusedException Invalid() => new(Refusal.SignedOut, "This refresh token is not valid. Sign in again.");

    /// <inheritdoc/>
    public void Dispose() => _refreshes.Dispose();
}
