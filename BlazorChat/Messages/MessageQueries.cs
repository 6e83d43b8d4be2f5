using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Messages;

/// <summary>Reads a room's messages by keyset, through the actor's membership: without one there is nothing to find.</summary>
public sealed class MessageQueries(
    IDbContextFactory<ChatDbContext> contexts, SessionRegistry sessions, RoomQueries rooms, MessageViews views, RecentMessages recent,
    RateLimits limits)
{
    /// <summary>Messages of one page.</summary>
    public const int PageSize = 50;

    /// <summary>Most messages that one call returns.</summary>
    public const int MaxPageSize = 200;

    /// <summary>The newest messages of a room.</summary>
    public async Task<MessagePage> NewestAsync(Actor actor, long roomId, int limit = PageSize)
    {
        await RequireMemberAsync(actor, roomId);
        limit = Math.Clamp(limit, 1, RecentMessages.PerRoom);
        var newest = recent.Newest(roomId, limit);
        if (newest is null)
        {
            newest = await recent.LoadAsync(roomId, () => LoadAsync(db => db.Messages
                .Where(m => m.RoomId == roomId).OrderByDescending(m => m.Seq).Take(RecentMessages.PerRoom), reverse: true));
            newest = [.. newest.Skip(newest.Count - limit)];
        }

        return new MessagePage(newest, HasOlder: newest.Count > 0 && newest[0].Seq > 1 && !recent.Begins(roomId, newest[0].Seq), HasNewer: false);
    }

    /// <summary>The messages before one, nearest first in reach, returned oldest first.</summary>
    public async Task<MessagePage> BeforeAsync(Actor actor, long roomId, long seq, int limit = PageSize)
    {
        await RequireMemberAsync(actor, roomId);
        limit = Math.Clamp(limit, 1, MaxPageSize);

        // One more than asked for: a room whose oldest messages are not kept begins with a later number than 1.
        var found = await LoadAsync(db => db.Messages
            .Where(m => m.RoomId == roomId && m.Seq < seq).OrderByDescending(m => m.Seq).Take(limit + 1), reverse: true);
        return new MessagePage([.. found.TakeLast(limit)], HasOlder: found.Count > limit, HasNewer: true);
    }

    /// <summary>The messages after one, oldest first.</summary>
    public async Task<MessagePage> AfterAsync(Actor actor, long roomId, long seq, int limit = PageSize)
    {
        await RequireMemberAsync(actor, roomId);
        limit = Math.Clamp(limit, 1, MaxPageSize);
        var found = await LoadAsync(db => db.Messages
            .Where(m => m.RoomId == roomId && m.Seq > seq).OrderBy(m => m.Seq).Take(limit + 1), reverse: false);
        return new MessagePage([.. found.Take(limit)], HasOlder: seq > 0, HasNewer: found.Count > limit);
    }

    /// <summary>A page with a message in its middle.</summary>
    public async Task<MessagePage> AroundAsync(Actor actor, long roomId, long seq, int limit = PageSize)
    {
        var before = await BeforeAsync(actor, roomId, seq, limit / 2);
        var after = await AfterAsync(actor, roomId, seq - 1, limit - (limit / 2));
        return new MessagePage([.. before.Messages, .. after.Messages], before.HasOlder, after.HasNewer);
    }

    /// <summary>The messages from one up to another, both included: what a window shows, as it is now.</summary>
    public async Task<IReadOnlyList<MessageView>> RangeAsync(Actor actor, long roomId, long firstSeq, long lastSeq)
    {
        await RequireMemberAsync(actor, roomId);
        return await LoadAsync(db => db.Messages
            .Where(m => m.RoomId == roomId && m.Seq >= firstSeq && m.Seq <= lastSeq).OrderBy(m => m.Seq).Take(MaxPageSize * 2), reverse: false);
    }

    /// <summary>Where a message of a room stands.</summary>
    /// <exception cref="RefusedException">Not in this room, or the actor is not.</exception>
    public async Task<long> SeqOfAsync(Actor actor, long roomId, long messageId)
    {
        await RequireMemberAsync(actor, roomId);
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Messages.Where(m => m.Id == messageId && m.RoomId == roomId).Select(m => (long?)m.Seq).SingleOrDefaultAsync()
            ?? throw RefusedException.NotFound("This message");
    }

    private async Task RequireMemberAsync(Actor actor, long roomId)
    {
        await sessions.RequireAsync(actor, Scope.Read, roomId);
        limits.Spend(actor, Limited.Reads);
        if (!await rooms.IsMemberAsync(actor, roomId))
        {
            throw RoomAccess.NotFound();
        }
    }

    private async Task<IReadOnlyList<MessageView>> LoadAsync(Func<ChatDbContext, IQueryable<Message>> query, bool reverse)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var messages = await query(db).AsNoTracking().ToListAsync();
        if (reverse)
        {
            messages.Reverse();
        }

        return await views.OfAsync(db, messages);
    }
}
