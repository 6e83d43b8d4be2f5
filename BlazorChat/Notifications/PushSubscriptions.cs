using System.Buffers.Text;
using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Notifications.WebPush;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Notifications;

/// <summary>A browser that is notified, as its owner sees it.</summary>
/// <param name="Id">Key.</param>
/// <param name="Device">The browser and system.</param>
/// <param name="CreatedAt">When it was allowed.</param>
/// <param name="LastSuccessAt">When its push service last took a notification.</param>
/// <param name="LastErrorAt">When one last failed.</param>
/// <param name="LastError">Why.</param>
/// <param name="IsThis">Whether the session that asks is the one that it belongs to.</param>
public sealed record PushDevice(
    long Id, string Device, DateTimeOffset CreatedAt, DateTimeOffset? LastSuccessAt, DateTimeOffset? LastErrorAt, string? LastError, bool IsThis);

/// <summary>
/// The browsers that let themselves be notified. Each belongs to the session that allowed it, and is told nothing once that has ended.
/// </summary>
public sealed class PushSubscriptions(
    IDbContextFactory<ChatDbContext> contexts, SessionRegistry sessions, RateLimits limits, PushHosts hosts, PushDelivery delivery, TimeProvider time)
{
    /// <summary>Most browsers of one person; one more takes the place of the oldest.</summary>
    public const int MaxDevices = 20;

    private volatile bool _any;

    /// <summary>Whether there is one at all: without, nobody follows the log of messages.</summary>
    internal bool Any => _any;

    /// <summary>There is one now.</summary>
    internal event Action? Added;

    /// <summary>Takes up a browser, or what is new about it.</summary>
    /// <param name="actor">Whose browser; it is notified for as long as this session lasts.</param>
    /// <param name="endpoint">The address that its push service gave.</param>
    /// <param name="p256dh">Its public key, base64url.</param>
    /// <param name="auth">Its secret, base64url.</param>
    /// <param name="device">What its owner would call it.</param>
    /// <param name="replaces">The address that this one takes the place of.</param>
    /// <returns>What the list shows of it.</returns>
    /// <exception cref="RefusedException">An address that may not be used, no such keys, or somebody else's browser.</exception>
    public async Task<PushDevice> AddAsync(Actor actor, string? endpoint, string? p256dh, string? auth, string device, string? replaces = null)
    {
        await sessions.RequireInRoomsAsync(actor, Scope.Read);
        limits.Spend(actor, Limited.Devices);
        var target = Parse(endpoint, p256dh, auth);
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var known = await db.PushSubscriptions.AsTracking().SingleOrDefaultAsync(s => s.Endpoint == target.Endpoint);
        if (known is not null && known.UserId != actor.UserId && !known.Auth.AsSpan().SequenceEqual(target.Auth))
        {
            // Only the browser itself knows its secret; who merely knows an address cannot take it over.
            throw new RefusedException(Refusal.Conflict, "This browser is registered for somebody else.");
        }

        if (known is null)
        {
            db.PushSubscriptions.Add(known = new PushSubscription { Endpoint = target.Endpoint, CreatedAt = time.GetUtcNow() });
            await StartCursorAsync(db);
        }

        (known.UserId, known.SessionId, known.P256dh, known.Auth, known.Device) = (actor.UserId, actor.SessionId, target.P256dh, target.Auth, device);
        await db.SaveChangesAsync();
        await db.PushSubscriptions.Where(s => s.UserId == actor.UserId && s.Endpoint == replaces && s.Id != known.Id).ExecuteDeleteAsync();
        var oldest = await db.PushSubscriptions.Where(s => s.UserId == actor.UserId).OrderByDescending(s => s.Id).Skip(MaxDevices).Select(s => s.Id).ToListAsync();
        await db.PushSubscriptions.Where(s => oldest.Contains(s.Id)).ExecuteDeleteAsync();
        await transaction.CommitAsync();
        _any = true;
        Added?.Invoke();
        return Of(known, actor);
    }

    /// <summary>Notifies one of the actor's browsers no more; one that is not known is no fault.</summary>
    public async Task RemoveAsync(Actor actor, string? endpoint)
    {
        await sessions.RequireInRoomsAsync(actor, Scope.Read);
        await using var db = await contexts.CreateDbContextAsync();
        await db.PushSubscriptions.Where(s => s.UserId == actor.UserId && s.Endpoint == endpoint).ExecuteDeleteAsync();
    }

    /// <summary>The same, by the list.</summary>
    public async Task RemoveAsync(Actor actor, long id)
    {
        await sessions.RequireAsync(actor, Scope.Account);
        await using var db = await contexts.CreateDbContextAsync();
        await db.PushSubscriptions.Where(s => s.UserId == actor.UserId && s.Id == id).ExecuteDeleteAsync();
    }

    /// <summary>The actor's browsers that are notified, newest first.</summary>
    public async Task<IReadOnlyList<PushDevice>> ListAsync(Actor actor)
    {
        await sessions.RequireAsync(actor, Scope.Account);
        await using var db = await contexts.CreateDbContextAsync();
        var mine = await db.PushSubscriptions.AsNoTracking()
            .Where(s => s.UserId == actor.UserId && db.Sessions.Any(o => o.Id == s.SessionId && o.EndedAt == null))
            .OrderByDescending(s => s.Id)
            .ToListAsync();
        return [.. mine.Select(s => Of(s, actor))];
    }

    /// <summary>Sends a notification to one of the actor's browsers now.</summary>
    /// <returns>What went wrong, in words; <see langword="null"/> when the push service took it.</returns>
    /// <exception cref="RefusedException">No such browser of theirs.</exception>
    public async Task<string?> TestAsync(Actor actor, long id)
    {
        await sessions.RequireAsync(actor, Scope.Account);
        limits.Spend(actor, Limited.Devices);
        await using var db = await contexts.CreateDbContextAsync();
        var subscription = await db.PushSubscriptions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id && s.UserId == actor.UserId)
            ?? throw RefusedException.NotFound("This browser");
        return await delivery.SendTestAsync(subscription);
    }

    /// <summary>Looks whether there is one, and forgets those whose session has ended.</summary>
    internal async Task TidyAsync()
    {
        await using var db = await contexts.CreateDbContextAsync();
        var now = time.GetUtcNow();
        await db.PushSubscriptions.Where(s => db.Sessions.Any(o => o.Id == s.SessionId && (o.EndedAt != null || o.ExpiresAt <= now))).ExecuteDeleteAsync();
        _any = await db.PushSubscriptions.AnyAsync();
    }

    private PushTarget Parse(string? endpoint, string? p256dh, string? auth)
    {
        if (hosts.WhyRefused(endpoint) is { } refusal)
        {
            throw RefusedException.Invalid(refusal, "Endpoint");
        }

        return TryDecode(p256dh) is { } key && TryDecode(auth) is { } secret && PushEncryption.Accepts(key, secret)
            ? new PushTarget(endpoint!, key, secret)
            : throw RefusedException.Invalid("The keys are those of a PushSubscription: p256dh and auth in base64url.", "Keys");
    }

    private static PushDevice Of(PushSubscription s, Actor actor) =>
        new(s.Id, s.Device, s.CreatedAt, s.LastSuccessAt, s.LastErrorAt, s.LastError, s.SessionId == actor.SessionId);

    private static byte[]? TryDecode(string? text) =>
        text is { Length: < 200 } && Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : null;

    /// <summary>Nobody has followed the log meanwhile: what was said before the first browser is not for it.</summary>
    private static async Task StartCursorAsync(ChatDbContext db)
    {
        if (!await db.PushSubscriptions.AnyAsync())
        {
            await db.LogCursors.Where(c => c.Name == PushLog.CursorName).ExecuteDeleteAsync();
            db.LogCursors.Add(new Messages.LogCursor { Name = PushLog.CursorName, MessageId = await db.Messages.MaxAsync(m => (long?)m.Id) ?? 0 });
        }
    }
}
