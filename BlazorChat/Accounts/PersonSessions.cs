using System.Linq.Expressions;
using BlazorChat.Accounts.Audit;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Accounts;

/// <summary>A browser, an app or a token that somebody is signed in by.</summary>
/// <param name="Id">The session.</param>
/// <param name="Kind">How it was opened.</param>
/// <param name="Device">What it is: "Chrome on Linux", or the name of a token.</param>
/// <param name="Scopes">What it may be used for.</param>
/// <param name="RoomId">The one room that it is for; <see langword="null"/> for all.</param>
/// <param name="CreatedAt">When it was opened.</param>
/// <param name="LastSeenAt">When it was last used; <see langword="null"/> when that is not known.</param>
/// <param name="ExpiresAt">When it ends by itself.</param>
/// <param name="Address">The network address that it was last used from.</param>
public sealed record SessionView(
    Guid Id, SessionKind Kind, string Device, Scope Scopes, long? RoomId, DateTimeOffset CreatedAt, DateTimeOffset? LastSeenAt,
    DateTimeOffset? ExpiresAt, string? Address);

/// <summary>By what somebody else is signed in, for administrators: they see it, and end it.</summary>
public sealed class PersonSessions(
    IDbContextFactory<ChatDbContext> contexts, PolicyGate gate, SessionRegistry sessions, Sightings sightings, AuditLog audit, TimeProvider time)
{
    /// <summary>How many are listed at the most, the newest.</summary>
    public const int MaxListed = 200;

    /// <summary>A person's active sessions and tokens, newest first. Also those of people of equal or higher rank: to see is not to act.</summary>
    /// <exception cref="RefusedException">Not for the actor to see, or nobody has this id.</exception>
    public async Task<IReadOnlyList<SessionView>> ListAsync(Actor actor, long userId)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await gate.RequireAsync(db, actor, Right.ManagePeople);
        if (!await db.Users.AnyAsync(u => u.Id == userId))
        {
            throw RefusedException.NotFound("This person");
        }

        var now = time.GetUtcNow();
        var active = await db.Sessions.AsNoTracking()
            .Where(s => s.UserId == userId && s.EndedAt == null && (s.ExpiresAt == null || s.ExpiresAt > now))
            .OrderByDescending(s => s.CreatedAt)
            .Take(MaxListed)
            .Select(s => new
            {
                Session = s,
                UsedAt = db.ApiTokens.Where(t => t.SessionId == s.Id).Max(t => t.UsedAt),
            })
            .ToListAsync();
        return [.. active.Select(a => new SessionView(
            a.Session.Id, a.Session.Kind, a.Session.Device, a.Session.Scopes, a.Session.RoomId, a.Session.CreatedAt,
            Later(a.Session.LastSeenAt, a.UsedAt), a.Session.ExpiresAt, sightings.AddressOf(a.Session.Id) ?? a.Session.Address))];
    }

    /// <summary>Signs somebody out of one browser or app, or revokes one token: requests are refused and connections end at once.</summary>
    /// <exception cref="RefusedException">Not theirs to do, somebody of equal or higher rank, or no such session.</exception>
    public async Task EndAsync(Actor actor, long userId, Guid sessionId) => await EndAsync(actor, userId, s => s.Id == sessionId, one: true);

    /// <summary>Signs somebody out everywhere, and revokes their tokens.</summary>
    /// <exception cref="RefusedException">Not theirs to do, or somebody of equal or higher rank.</exception>
    public async Task EndAllAsync(Actor actor, long userId) => await EndAsync(actor, userId, _ => true, one: false);

    private async Task EndAsync(Actor actor, long userId, Expression<Func<Session, bool>> which, bool one)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var user = await gate.RequireOverAsync(db, actor, Right.ManagePeople, userId, orOneself: true);
        var session = one
            ? await db.Sessions.AsNoTracking().Where(s => s.UserId == userId && s.EndedAt == null).Where(which).SingleOrDefaultAsync()
                ?? throw RefusedException.NotFound("This session")
            : null;
        var ids = await sessions.EndAsync(db, userId, which);
        await audit.AddAsync(
            db, actor, session?.Kind == SessionKind.Token ? AuditAct.TokenRevoked : AuditAct.SignedOut, AuditMatter.Of(user),
            before: session?.Device ?? (ids.Count == 1 ? "1 session" : $"{ids.Count} sessions, tokens included"));
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        sessions.Cut(ids);
    }

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other : one;
}
