using System.Collections.Concurrent;
using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Accounts.Tokens;

/// <summary>
/// Which tokens are valid. Every request asks it, so it answers from memory what it has answered before; whether the token's
/// session goes on is the session registry's to say, so a revocation counts at once. When tokens were used is stored by the minute.
/// </summary>
public sealed class TokenRegistry(
    IDbContextFactory<ChatDbContext> contexts, SessionRegistry sessions, TimeProvider time, ILogger<TokenRegistry> logger) : BackgroundService
{
    /// <summary>How often uses are stored and expired tokens forgotten.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>How long a refresh token is kept after it expired or its session ended, to notice that it is tried again.</summary>
    public static readonly TimeSpan Keep = TimeSpan.FromDays(30);

    private readonly ConcurrentDictionary<SecretHash, Known> _known = new();

    /// <summary>Whom a token speaks for; <see langword="null"/> when it is none, or no longer.</summary>
    public async ValueTask<TokenGrant?> FindAsync(string? token)
    {
        if (token is null || !TokenSecret.IsWellFormed(token))
        {
            return null;
        }

        var hash = TokenSecret.Hash(token);
        if (!_known.TryGetValue(hash, out var known))
        {
            known = await LoadAsync(hash);
        }

        var now = time.GetUtcNow();
        if (known is null || known.Grant.ExpiresAt <= now || !await sessions.IsActiveAsync(known.Grant.Actor))
        {
            return null;
        }

        known.UsedAt = now.ToUnixTimeMilliseconds();
        return known.Grant;
    }

    /// <summary>When a token was last used, though it is not stored yet.</summary>
    internal DateTimeOffset? UsedAt(long tokenId, DateTimeOffset? stored) =>
        _known.Values.FirstOrDefault(k => k.TokenId == tokenId) is { UsedAt: > 0 } known
            ? DateTimeOffset.FromUnixTimeMilliseconds(known.UsedAt)
            : stored;

    private async Task<Known?> LoadAsync(SecretHash hash)
    {
        var bytes = hash.ToArray();
        await using var db = await contexts.CreateDbContextAsync();
        var found = await db.ApiTokens.AsNoTracking()
            .Where(t => t.Hash == bytes && t.Kind != TokenKind.Refresh && t.Session!.EndedAt == null)
            .Select(t => new { t.Id, t.Session!.UserId, t.SessionId, t.ExpiresAt })
            .SingleOrDefaultAsync();
        return found is null
            ? null
            : _known.GetOrAdd(hash, new Known(found.Id, new TokenGrant(new Actor(found.UserId, found.SessionId), found.ExpiresAt)));
    }

    /// <summary>Stores when tokens were used, and forgets those that are over.</summary>
    internal async Task TidyAsync()
    {
        await using var db = await contexts.CreateDbContextAsync();
        var now = time.GetUtcNow();
        foreach (var (hash, known) in _known)
        {
            if (known.UsedAt is > 0 and var used && used != known.StoredUse)
            {
                DateTimeOffset? at = DateTimeOffset.FromUnixTimeMilliseconds(used);
                await db.ApiTokens.Where(t => t.Id == known.TokenId).ExecuteUpdateAsync(set => set.SetProperty(t => t.UsedAt, at));
                known.StoredUse = used;
            }

            if (known.Grant.ExpiresAt <= now || !await sessions.IsActiveAsync(known.Grant.Actor))
            {
                _known.TryRemove(hash, out _);
            }
        }

        await db.ApiTokens.Where(t => t.Kind == TokenKind.Access && t.ExpiresAt <= now).ExecuteDeleteAsync();
        await db.ApiTokens.Where(t => t.Kind == TokenKind.Refresh && t.ExpiresAt < now - Keep).ExecuteDeleteAsync();
    }

    /// <summary>Stores what was used since the last round.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryTidyAsync();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryTidyAsync();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task TryTidyAsync()
    {
        try
        {
            await TidyAsync();
        }
        catch (Exception exception)
        {
            logger.LogWarning(exception, "When tokens were used could not be stored.");
        }
    }

    private sealed class Known(long tokenId, TokenGrant grant)
    {
        public long TokenId { get; } = tokenId;

        public TokenGrant Grant { get; } = grant;

        // Unix milliseconds, so that requests at the same time write it whole.
        public long UsedAt { get; set; }

        public long StoredUse { get; set; }
    }
}
