using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Live;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Messages;

/// <summary>A pinned message.</summary>
/// <param name="Message">As it is shown.</param>
/// <param name="By">Who pinned it.</param>
/// <param name="At">When.</param>
public sealed record PinnedMessage(MessageView Message, PersonView By, DateTimeOffset At);

/// <summary>
/// Messages that stay at hand in their rooms: pinned by those who moderate the room, and by each of a direct conversation. What is
/// deleted is pinned no more.
/// </summary>
public sealed class Pins(
    IDbContextFactory<ChatDbContext> contexts, SessionRegistry sessions, RateLimits limits, MessageViews views, AuditLog audit, ChatService chat,
    TimeProvider time)
{
    /// <summary>Most pinned messages of a room.</summary>
    public const int MaxPerRoom = 100;

    /// <summary>Pins a message. Pinning twice changes nothing.</summary>
    /// <exception cref="RefusedException">Not theirs to pin, deleted, or the room has enough of them.</exception>
    public Task PinAsync(Actor actor, long messageId) => ChangeAsync(actor, messageId, async (db, message) =>
    {
        if (message.DeletedAt is not null)
        {
            throw new RefusedException(Refusal.Conflict, "This message was deleted.");
        }

        if (await db.Pins.AnyAsync(p => p.MessageId == messageId))
        {
            return false;
        }

        if (await db.Pins.CountAsync(p => p.RoomId == message.RoomId) >= MaxPerRoom)
        {
            throw new RefusedException(Refusal.Conflict, $"A room has at most {MaxPerRoom} pinned messages. Unpin one first.");
        }

        db.Pins.Add(new Pin { MessageId = messageId, RoomId = message.RoomId, ById = actor.UserId, At = time.GetUtcNow() });
        return true;
    }, AuditAct.MessagePinned);

    /// <summary>Takes a message off the pins. Doing so twice changes nothing.</summary>
    /// <exception cref="RefusedException">Not theirs to do.</exception>
    public Task UnpinAsync(Actor actor, long messageId) => ChangeAsync(
        actor, messageId, async (db, _) => await db.Pins.Where(p => p.MessageId == messageId).ExecuteDeleteAsync() > 0, AuditAct.MessageUnpinned);

    /// <summary>What is pinned in a room of the actor's, the last one pinned first.</summary>
    public async Task<IReadOnlyList<PinnedMessage>> ListAsync(Actor actor, long roomId)
    {
        await using var db = await RequireMemberAsync(actor, roomId);
        var pins = await (
            from pin in db.Pins
            where pin.RoomId == roomId
            join message in db.Messages on pin.MessageId equals message.Id
            join user in db.Users on pin.ById equals user.Id
            orderby pin.At descending, pin.MessageId descending
            select new { message, By = new PersonView(user.Id, user.UserName!, user.Avatar, user.Role, user.IsBot), pin.At })
            .AsNoTracking().ToListAsync();
        var shown = await views.OfAsync(db, [.. pins.Select(p => p.message)]);
        return [.. pins.Zip(shown, (p, message) => new PinnedMessage(message, p.By, p.At))];
    }

    /// <summary>Which messages are pinned in a room of the actor's, the last one pinned first.</summary>
    public async Task<IReadOnlyList<long>> IdsAsync(Actor actor, long roomId)
    {
        await using var db = await RequireMemberAsync(actor, roomId);
        return await IdsAsync(db, roomId);
    }

    internal static async Task<IReadOnlyList<long>> IdsAsync(ChatDbContext db, long roomId) => await db.Pins
        .Where(p => p.RoomId == roomId).OrderByDescending(p => p.At).ThenByDescending(p => p.MessageId).Select(p => p.MessageId).ToListAsync();

    private async Task ChangeAsync(Actor actor, long messageId, Func<ChatDbContext, Message, Task<bool>> change, AuditAct act)
    {
        var only = await sessions.RequireInRoomsAsync(actor, Scope.Write);
        limits.Spend(actor, Limited.Messages);
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();

        // Found through the membership: what one may not read is not there.
        var message = await db.Messages.AsNoTracking()
            .Where(m => m.Id == messageId && (only == null || m.RoomId == only) && db.Memberships.Any(s => s.RoomId == m.RoomId && s.UserId == actor.UserId))
            .SingleOrDefaultAsync() ?? throw RefusedException.NotFound("This message");
        var standing = await db.StandingAsync(actor, message.RoomId, await sessions.RequireAsync(actor, Scope.Write, message.RoomId));
        standing.Require(RoomPolicy.CanPin, standing.IsArchived ? "This room is archived." : "Only moderators of this room pin messages.");
        if (!await change(db, message))
        {
            return;
        }

        if (standing.Room.Kind != RoomKind.Direct)
        {
            var author = await db.Users.Where(u => u.Id == message.SenderId).Select(u => u.UserName).SingleAsync();
            await audit.AddAsync(db, actor, act, new AuditMatter(AuditSubject.Message, messageId, author, message.SenderId, message.RoomId));
        }

        await db.SaveChangesAsync();
        var ids = await IdsAsync(db, message.RoomId);
        await transaction.CommitAsync();
        chat.Raise(new PinsChanged(message.RoomId, ids));
    }

    private async Task<ChatDbContext> RequireMemberAsync(Actor actor, long roomId)
    {
        await sessions.RequireAsync(actor, Scope.Read, roomId);
        var db = await contexts.CreateDbContextAsync();
        if (await db.Memberships.AnyAsync(m => m.RoomId == roomId && m.UserId == actor.UserId))
        {
            return db;
        }

        await db.DisposeAsync();
        throw RoomAccess.NotFound();
    }
}
