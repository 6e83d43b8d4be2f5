using System.Collections.Concurrent;
using BlazorChat.Data;
using BlazorChat.Live;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Accounts;

/// <summary>
/// Which sessions are active. Every operation asks it, so it answers from memory; ending a session is stored first and
/// then takes effect everywhere at once: operations are refused and live subscriptions are cut off.
/// </summary>
public sealed class SessionRegistry(IDbContextFactory<ChatDbContext> contexts, ChatService chat, TimeProvider time)
{
    private readonly ConcurrentDictionary<Guid, Known> _known = new();

    /// <summary>Opens a session; called where the person has just proved who they are.</summary>
    public async Task<Guid> StartAsync(long userId, string device)
    {
        var session = new Session { Id = Guid.NewGuid(), UserId = userId, Device = device, CreatedAt = time.GetUtcNow() };
        await using var db = await contexts.CreateDbContextAsync();
        db.Sessions.Add(session);
        await db.SaveChangesAsync();
        _known[session.Id] = new Known(userId, IsActive: true);
        return session.Id;
    }

    /// <summary>Whether the session is this person's and has not ended.</summary>
    public ValueTask<bool> IsActiveAsync(Actor actor) =>
        _known.TryGetValue(actor.SessionId, out var known)
            ? ValueTask.FromResult(known.IsActive && known.UserId == actor.UserId)
            : LoadAsync(actor);

    /// <summary>Lets an operation go on only for an active session.</summary>
    /// <exception cref="RefusedException">The session has ended.</exception>
    public async ValueTask RequireActiveAsync(Actor actor)
    {
        if (!await IsActiveAsync(actor))
        {
            throw RefusedException.SignedOut();
        }
    }

    /// <summary>The actor's active sessions, newest first.</summary>
    public async Task<IReadOnlyList<Session>> ListAsync(Actor actor)
    {
        await RequireActiveAsync(actor);
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Sessions.AsNoTracking()
            .Where(s => s.UserId == actor.UserId && s.EndedAt == null)
            .OrderByDescending(s => s.CreatedAt)
            .ToListAsync();
    }

    /// <summary>Ends one of the actor's own sessions.</summary>
    public async Task EndAsync(Actor actor, Guid sessionId)
    {
        await RequireActiveAsync(actor);
        await EndWhereAsync(actor.UserId, s => s.Id == sessionId);
    }

    /// <summary>Ends all of the actor's sessions, the current one included.</summary>
    public async Task EndAllAsync(Actor actor)
    {
        await RequireActiveAsync(actor);
        await EndWhereAsync(actor.UserId, _ => true);
    }

    /// <summary>Ends a person's sessions but one, as after a change of password. For services that have checked the right to.</summary>
    internal Task EndOthersAsync(long userId, Guid? except) => EndWhereAsync(userId, s => s.Id != except);

    private async Task EndWhereAsync(long userId, System.Linq.Expressions.Expression<Func<Session, bool>> which)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var now = time.GetUtcNow();
        var ending = db.Sessions.Where(s => s.UserId == userId && s.EndedAt == null).Where(which);
        var ids = await ending.Select(s => s.Id).ToListAsync();
        await db.Sessions.Where(s => ids.Contains(s.Id)).ExecuteUpdateAsync(set => set.SetProperty(s => s.EndedAt, now));
        foreach (var id in ids)
        {
            _known[id] = new Known(userId, IsActive: false);
            chat.EndSession(userId, id);
        }
    }

    private async ValueTask<bool> LoadAsync(Actor actor)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var session = await db.Sessions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == actor.SessionId);
        if (session is null)
        {
            return false;
        }

        // GetOrAdd: an end that was stored while this loaded has already put its word in.
        var known = _known.GetOrAdd(session.Id, new Known(session.UserId, session.EndedAt is null));
        return known.IsActive && known.UserId == actor.UserId;
    }

    private sealed record Known(long UserId, bool IsActive);
}
