using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Rooms;

/// <summary>A mute of the reader's own.</summary>
/// <param name="RoomId">Where; <see cref="Mute.Everywhere"/> for all rooms.</param>
/// <param name="RoomName">The room's name; <see langword="null"/> where the reader is not in it, or it is everywhere.</param>
/// <param name="Until">Until when.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">Since when.</param>
public sealed record OwnMute(long RoomId, string? RoomName, DateTimeOffset Until, string Reason, DateTimeOffset At);

/// <summary>Where and until when somebody may not post, for themselves to read.</summary>
public sealed class OwnMutes(IDbContextFactory<ChatDbContext> contexts, SessionRegistry sessions, TimeProvider time)
{
    /// <summary>The actor's mutes that are not over, the one that ends last first.</summary>
    public async Task<IReadOnlyList<OwnMute>> ListAsync(Actor actor)
    {
        await sessions.RequireAsync(actor, Scope.Account);
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync();
        return await (
            from mute in db.Mutes
            where mute.UserId == actor.UserId && mute.Until > now
            orderby mute.Until descending
            select new OwnMute(
                mute.RoomId,
                db.Memberships.Where(m => m.RoomId == mute.RoomId && m.UserId == actor.UserId).Select(m => m.Room!.Name).FirstOrDefault(),
                mute.Until, mute.Reason, mute.At)).ToListAsync();
    }
}
