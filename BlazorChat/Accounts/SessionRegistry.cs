using System.Collections.Concurrent;
using System.Net;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Live;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Accounts;

/// <summary>
/// Which sessions are active, and for what. Every operation asks it, so it answers from memory; ending a session is stored first
/// and then takes effect everywhere at once: operations are refused and live subscriptions are cut off.
/// </summary>
public sealed class SessionRegistry(
    IDbContextFactory<ChatDbContext> contexts, ChatService chat, BlockedNetworks networks, Sightings sightings, TimeProvider time)
{
    private readonly ConcurrentDictionary<Guid, Known> _known = new();

    /// <summary>Opens a session; called where the person has just proved who they are.</summary>
    /// <exception cref="RefusedException">They are banned, or the network that they come from is.</exception>
    public async Task<Guid> StartAsync(long userId, string device, SessionKind kind = SessionKind.Browser, IPAddress? address = null)
    {
        var session = new Session
        {
            UserId = userId, Device = device, Kind = kind, LastSeenAt = time.GetUtcNow(), Address = NetworkRange.Plain(address)?.ToString(),
        };
        await StartAsync(session, token: null, address);
        sightings.Started(session, address);
        return session.Id;
    }

    /// <summary>Opens a session of a kind of its own. For services that have checked the right to; it gets an id and a time here.</summary>
    /// <param name="session">The session.</param>
    /// <param name="token">What stands for it, if a token does.</param>
    /// <param name="address">Where it is opened from, where that is known.</param>
    /// <param name="besides">Adds what is to be stored with it, or not at all.</param>
    /// <exception cref="RefusedException">Whose it would be is banned.</exception>
    internal async Task<Guid> StartAsync(
        Session session, ApiToken? token = null, IPAddress? address = null, Func<ChatDbContext, Task>? besides = null)
    {
        session.Id = Guid.NewGuid();
        session.CreatedAt = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync();

        // One transaction: a ban either finds the session and ends it, or was found here.
        await using var transaction = await db.Database.BeginTransactionAsync();
        await RequireAdmittedAsync(db, session.UserId, address);
        db.Sessions.Add(session);
        if (token is not null)
        {
            token.SessionId = session.Id;
            db.ApiTokens.Add(token);
        }

        await (besides?.Invoke(db) ?? Task.CompletedTask);

        await db.SaveChangesAsync();
        if (session.LastSeenAt is { } now)
        {
            await db.Users.Where(u => u.Id == session.UserId).ExecuteUpdateAsync(set => set.SetProperty(u => u.LastSeenAt, now));
        }

        await transaction.CommitAsync();

        // Not set: a ban that came between has put its word in already.
        _known.TryAdd(session.Id, Known.Of(session));
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

    /// <summary>
    /// Ends sessions within the caller's transaction, who commits it and then calls <see cref="Cut"/>: until then nobody notices.
    /// </summary>
    internal Task<IReadOnlyList<(Guid Id, long UserId)>> EndAsync(ChatDbContext db, System.Linq.Expressions.Expression<Func<Session, bool>> which) =>
        EndAsync(db.Sessions.Where(which), db);

    /// <summary>The same of one person's.</summary>
    internal Task<IReadOnlyList<(Guid Id, long UserId)>> EndAsync(
        ChatDbContext db, long userId, System.Linq.Expressions.Expression<Func<Session, bool>> which) =>
        EndAsync(db.Sessions.Where(s => s.UserId == userId).Where(which), db);

    private async Task<IReadOnlyList<(Guid Id, long UserId)>> EndAsync(IQueryable<Session> which, ChatDbContext db)
    {
        DateTimeOffset? now = time.GetUtcNow();
        var ending = await which.Where(s => s.EndedAt == null).Select(s => new { s.Id, s.UserId }).ToListAsync();
        foreach (var some in ending.Select(s => s.Id).Chunk(500))
        {
            await db.Sessions.Where(s => some.Contains(s.Id)).ExecuteUpdateAsync(set => set.SetProperty(s => s.EndedAt, now));
        }

        return [.. ending.Select(s => (s.Id, s.UserId))];
    }

    /// <summary>Lets the stored end of sessions take effect: what they have open is cut off before this returns.</summary>
    internal void Cut(IEnumerable<(Guid Id, long UserId)> ended)
    {
        foreach (var (id, userId) in ended)
        {
            _known[id] = Known.Ended;
            chat.EndSession(userId, id);
        }
    }

    /// <summary>
    /// Opens a program's sessions again within the caller's transaction, which a ban has ended: it cannot sign in to get others. The caller
    /// commits and then calls <see cref="Forget"/>.
    /// </summary>
    internal static async Task<IReadOnlyList<Guid>> ReopenAsync(ChatDbContext db, long userId, DateTimeOffset since)
    {
        var ids = await db.Sessions.Where(s => s.UserId == userId && s.Kind == SessionKind.Token && s.EndedAt >= since).Select(s => s.Id).ToListAsync();
        await db.Sessions.Where(s => ids.Contains(s.Id)).ExecuteUpdateAsync(set => set.SetProperty(s => s.EndedAt, (DateTimeOffset?)null));
        return ids;
    }

    /// <summary>Looks sessions up again the next time that they are used.</summary>
    internal void Forget(IEnumerable<Guid> ids)
    {
        foreach (var id in ids)
        {
            _known.TryRemove(id, out _);
        }
    }

    /// <summary>Whether somebody is banned now.</summary>
    internal async Task<bool> IsBannedAsync(long userId)
    {
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Users.AnyAsync(u => u.Id == userId && u.BannedUntil > now);
    }

    private async Task RequireAdmittedAsync(ChatDbContext db, long userId, IPAddress? address)
    {
        var user = await db.Users.Where(u => u.Id == userId).Select(u => new { u.BannedUntil, u.Role }).SingleOrDefaultAsync();
        if (user?.BannedUntil > time.GetUtcNow())
        {
            throw RefusedException.Banned(userId);
        }

        if (user is not null && BlockedNetworks.KeepsOut(user.Role) && networks.Find(address) is { } network)
        {
            throw network.Refuse();
        }
    }

    private async Task EndWhereAsync(long userId, System.Linq.Expressions.Expression<Func<Session, bool>> which)
    {
        await using var db = await contexts.CreateDbContextAsync();
        Cut(await EndAsync(db, userId, which));
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
