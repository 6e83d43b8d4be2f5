using System.Collections.Concurrent;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Live;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Accounts;

/// <summary>
/// Which sessions are active, and for what. Every operation asks it, so it answers from memory; ending a session is stored first
/// and then takes effect everywhere at once: operations are refused and live subscriptions are cut off.
/// </summary>
public sealed class SessionRegistry(IDbContextFactory<ChatDbContext> contexts, ChatService chat, TimeProvider time)
{
    private readonly ConcurrentDictionary<Guid, Known> _known = new();

    /// <summary>Opens a session; called where the person has just proved who they are.</summary>
    public Task<Guid> StartAsync(long userId, string device, SessionKind kind = SessionKind.Browser) =>
        StartAsync(new Session { UserId = userId, Device = device, Kind = kind });

    /// <summary>Opens a session of a kind of its own. For services that have checked the right to; it gets an id and a time here.</summary>
    /// <param name="session">The session.</param>
    /// <param name="token">What stands for it, if a token does.</param>
    /// <param name="besides">Adds what is to be stored with it, or not at all.</param>
    internal async Task<Guid> StartAsync(Session session, ApiToken? token = null, Func<ChatDbContext, Task>? besides = null)
    {
        session.Id = Guid.NewGuid();
        session.CreatedAt = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync();
        db.Sessions.Add(session);
        if (token is not null)
        {
            token.SessionId = session.Id;
            db.ApiTokens.Add(token);
        }

        await (besides?.Invoke(db) ?? Task.CompletedTask);

        await db.SaveChangesAsync();
        _known[session.Id] = Known.Of(session);
        return session.Id;
    }

    /// <summary>Whether the session is this person's and has not ended, whatever it may be used for.</summary>
    public async ValueTask<bool> IsActiveAsync(Actor actor) => await FindAsync(actor) is not null;

    /// <summary>Whether the session may be used for this, in this room.</summary>
    public async ValueTask<bool> IsAllowedAsync(Actor actor, Scope scope, long roomId) =>
        await FindAsync(actor) is { } known && known.Scopes.HasFlag(scope) && (known.RoomId ?? roomId) == roomId;

    /// <summary>Lets an operation go on only for an active session that may be used for it.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="scope">What the operation needs.</param>
    /// <param name="roomId">The room that it is about; <see langword="null"/> when it is about none.</param>
    /// <returns>All that the session may be used for.</returns>
    /// <exception cref="RefusedException">The session has ended, or it is a token that is not for this.</exception>
    public async ValueTask<Scope> RequireAsync(Actor actor, Scope scope, long? roomId = null)
    {
        var known = await RequireKnownAsync(actor, scope);
        return known.RoomId is null || known.RoomId == roomId
            ? known.Scopes
            // Another room looks like one that is not there.
            : throw (roomId is null ? RefusedException.Forbidden("This token is for one room only.") : RefusedException.NotFound("This room"));
    }

    /// <summary>Lets an operation over all of the actor's rooms go on.</summary>
    /// <returns>The one room that the session is for; <see langword="null"/> for all.</returns>
    /// <exception cref="RefusedException">The session has ended, or it is a token that is not for this.</exception>
    public async ValueTask<long?> RequireInRoomsAsync(Actor actor, Scope scope) => (await RequireKnownAsync(actor, scope)).RoomId;

    /// <summary>The actor's active sessions in browsers and apps, newest first. Tokens are listed by their own service.</summary>
    public async Task<IReadOnlyList<Session>> ListAsync(Actor actor)
    {
        await RequireAsync(actor, Scope.Account);
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Sessions.AsNoTracking()
            .Where(s => s.UserId == actor.UserId && s.EndedAt == null && s.Kind != SessionKind.Token)
            .OrderByDescending(s => s.CreatedAt)
            .ToListAsync();
    }

    /// <summary>Ends one of the actor's own sessions.</summary>
    public async Task EndAsync(Actor actor, Guid sessionId)
    {
        await RequireAsync(actor, Scope.Account);
        await EndWhereAsync(actor.UserId, s => s.Id == sessionId);
    }

    /// <summary>Ends all of the actor's sessions in browsers and apps, the current one included; tokens stay.</summary>
    public async Task EndAllAsync(Actor actor)
    {
        await RequireAsync(actor, Scope.Account);
        await EndWhereAsync(actor.UserId, s => s.Kind != SessionKind.Token);
    }

    /// <summary>
    /// Ends a person's sessions but one, tokens included: after a change of password nothing that was opened with the old one
    /// goes on. For services that have checked the right to.
    /// </summary>
    internal Task EndOthersAsync(long userId, Guid? except) => EndWhereAsync(userId, s => s.Id != except);

    /// <summary>Ends one session. For services that have checked the right to.</summary>
    internal Task EndAsync(long userId, Guid sessionId) => EndWhereAsync(userId, s => s.Id == sessionId);

    /// <summary>Stores the end of some of a person's sessions in the caller's transaction, who calls <see cref="Ended"/> after the commit.</summary>
    internal async Task<IReadOnlyList<Guid>> StoreEndAsync(
        ChatDbContext db, long userId, System.Linq.Expressions.Expression<Func<Session, bool>> which)
    {
        var now = time.GetUtcNow();
        var ids = await db.Sessions.Where(s => s.UserId == userId && s.EndedAt == null).Where(which).Select(s => s.Id).ToListAsync();
        await db.Sessions.Where(s => ids.Contains(s.Id)).ExecuteUpdateAsync(set => set.SetProperty(s => s.EndedAt, now));
        return ids;
    }

    /// <summary>Takes up that sessions ended: nothing is allowed by them any more, and what they follow is cut off.</summary>
    internal void Ended(long userId, IReadOnlyList<Guid> ids)
    {
        foreach (var id in ids)
        {
            _known[id] = Known.Ended;
            chat.EndSession(userId, id);
        }
    }

    private async Task EndWhereAsync(long userId, System.Linq.Expressions.Expression<Func<Session, bool>> which)
    {
        await using var db = await contexts.CreateDbContextAsync();
        Ended(userId, await StoreEndAsync(db, userId, which));
    }

    private async ValueTask<Known> RequireKnownAsync(Actor actor, Scope scope)
    {
        var known = await FindAsync(actor) ?? throw RefusedException.SignedOut();
        return known.Scopes.HasFlag(scope)
            ? known
            : throw RefusedException.Forbidden($"This token lacks the scope {scope.ToString().ToLowerInvariant()}.");
    }

    private ValueTask<Known?> FindAsync(Actor actor) => _known.TryGetValue(actor.SessionId, out var known)
        ? ValueTask.FromResult(known.For(actor, time))
        : LoadAsync(actor);

    private async ValueTask<Known?> LoadAsync(Actor actor)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var session = await db.Sessions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == actor.SessionId);

        // GetOrAdd: an end that was stored while this loaded has already put its word in.
        return session is null ? null : _known.GetOrAdd(session.Id, Known.Of(session)).For(actor, time);
    }

    private sealed record Known(long UserId, Scope Scopes, long? RoomId, DateTimeOffset? ExpiresAt)
    {
        public static Known Ended { get; } = new(0, Scope.None, null, DateTimeOffset.MinValue);

        public static Known Of(Session session) =>
            session.EndedAt is null ? new(session.UserId, session.Scopes, session.RoomId, session.ExpiresAt) : Ended;

        public Known? For(Actor actor, TimeProvider time) =>
            UserId == actor.UserId && (ExpiresAt is null || ExpiresAt > time.GetUtcNow()) ? this : null;
    }
}
