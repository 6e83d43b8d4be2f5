using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Messages;

/// <summary>Removes messages and brings them back, inside the writer's transaction and with the audit log in it.</summary>
public sealed class RemovalChanges(MessageViews views, PeopleDirectory people, AuditLog audit, TimeProvider time)
{
    internal async Task RemoveAsync(ChatDbContext db, PendingRemoval removal)
    {
        var found = await FindAsync(db, removal.Actor, removal.MessageId, removal.Reach);
        var isOwn = found?.Message.SenderId == removal.Actor.UserId;
        removal.Refusal = found is null ? RefusedException.NotFound("This message")
            : isOwn ? null
            : RefusalOf(found, removal.Scopes, removal.Reach, "You can delete your own messages only.");
        if (removal.Refusal is not null || found is null)
        {
            return;
        }

        var message = found.Message;
        if (message.DeletedAt is null)
        {
            if (!isOwn)
            {
                db.RemovedMessages.Add(Kept(message, removal.Reason, removal.Actor, banId: null));
                await audit.AddAsync(db, removal.Actor, AuditAct.MessageRemoved, await MatterAsync(message), reason: removal.Reason);
            }

            await EmptyAsync(db, removal, [message], removal.Actor.UserId);
        }
        else if (removal.IsFirst)
        {
            removal.Refusal = new RefusedException(Refusal.Conflict, "This message is gone already: somebody was faster.");
            return;
        }

        removal.Result = removal.Changed.Count > 0 ? removal.Changed[0] : (await views.OfAsync(db, [message]))[0];
    }

    internal async Task RestoreAsync(ChatDbContext db, PendingRestoral restoral)
    {
        var found = await FindAsync(db, restoral.Actor, restoral.MessageId, restoral.Reach);
        var removed = await db.RemovedMessages.AsTracking().SingleOrDefaultAsync(r => r.MessageId == restoral.MessageId);
        restoral.Refusal = found is null ? RefusedException.NotFound("This message")
            : RefusalOf(found, restoral.Scopes, restoral.Reach, "Only moderators of this room restore messages.")
            ?? await WhyNotAsync(found, removed, restoral);
        if (restoral.Refusal is null && found is not null && removed is not null)
        {
            await audit.AddAsync(db, restoral.Actor, AuditAct.MessageRestored, await MatterAsync(found.Message), before: removed.Reason);
            await FillAsync(db, restoral, [(found.Message, removed, restoral.Rendered)]);
            restoral.Result = restoral.Changed[0];
        }
    }

    internal async Task RemoveAsync(ChatDbContext db, PendingBulkRemoval removal)
    {
        var messages = await db.Messages.AsTracking()
            .Where(m => removal.MessageIds.Contains(m.Id) && m.SenderId == removal.SenderId && m.DeletedAt == null).ToListAsync();
        if (removal.BanId is { } banId)
        {
            db.RemovedMessages.AddRange(messages.Select(m => Kept(m, removal.Reason, removal.Actor, banId)));
        }

        await EmptyAsync(db, removal, messages, removal.BanId is null ? removal.SenderId : removal.Actor.UserId);
    }

    internal async Task RestoreAsync(ChatDbContext db, PendingBulkRestoral restoral)
    {
        long[] ids = [.. restoral.Rendered.Keys];
        var found = await (
            from removed in db.RemovedMessages
            where removed.BanId == restoral.BanId && removed.Text != null && ids.Contains(removed.MessageId)
            join message in db.Messages on removed.MessageId equals message.Id
            select new { message, removed }).AsTracking().ToListAsync();
        await FillAsync(db, restoral, [.. found.Where(f => f.removed.Text == restoral.Rendered[f.message.Id].Text)
            .Select(f => (f.message, f.removed, restoral.Rendered[f.message.Id]))]);
    }

    private async Task EmptyAsync(ChatDbContext db, PendingAlteration alteration, IReadOnlyList<Message> messages, long byId)
    {
        alteration.Unpinned.AddRange(await StoredText.ReplaceAsync(db, [.. messages.Select(m => (m, (RenderedText?)null))]));
        foreach (var message in messages)
        {
            (message.DeletedAt, message.DeletedById) = (StoredText.Now(time), byId);
        }

        await StoredText.SaveAsync(db);
        alteration.Changed.AddRange(await views.OfAsync(db, messages));
    }

    private async Task FillAsync(ChatDbContext db, PendingAlteration alteration, IReadOnlyList<(Message Message, RemovedMessage Removed, RenderedText Rendered)> found)
    {
        await StoredText.ReplaceAsync(db, [.. found.Select(f => (f.Message, (RenderedText?)f.Rendered))]);
        foreach (var (message, removed, _) in found)
        {
            (message.DeletedAt, message.DeletedById) = (null, null);
            db.RemovedMessages.Remove(removed);
        }

        await StoredText.SaveAsync(db);
        alteration.Changed.AddRange(await views.OfAsync(db, [.. found.Select(f => f.Message)]));
    }

    private RemovedMessage Kept(Message message, string reason, Actor actor, long? banId) => new()
    {
        MessageId = message.Id, Text = message.Text, Reason = reason, ById = actor.UserId, At = StoredText.Now(time), BanId = banId,
    };

    private async Task<AuditMatter> MatterAsync(Message message) =>
        new(AuditSubject.Message, message.Id, (await people.GetAsync(message.SenderId)).Name, message.SenderId, message.RoomId);

    private async Task<RefusedException?> WhyNotAsync(Found found, RemovedMessage? removed, PendingRestoral restoral) =>
        found.Message.DeletedAt is null ? new RefusedException(Refusal.Conflict, "This message is back already.")
        : removed is null ? new RefusedException(Refusal.Conflict, "Its author deleted this message. Only what moderators removed can be restored.")
        : removed.Text is null || removed.At.AddDays(RemovedMessage.KeptDays) <= time.GetUtcNow() ? RemovedTexts.TooLate()
        // Neither undoes what somebody above them decided.
        : Policy.Outranks((await people.GetAsync(removed.ById)).Role, RoomAccess.Acting(found.Role, restoral.Scopes)) ? PolicyGate.OfEqualRank()
        : removed.Text != restoral.Rendered.Text ? new RefusedException(Refusal.Conflict, "This message changed meanwhile. Please try again.")
        : null;

    private static RefusedException? RefusalOf(Found found, Scope scopes, Reach reach, string otherwise)
    {
        var standing = new Standing(found.Room, found.IsMember, found.IsManager, RoomAccess.Acting(found.Role, scopes));
        var may = reach == Reach.Review ? Policy.Allows(standing.Role, Right.Review) : RoomPolicy.May(standing, Right.RemoveMessages);
        return !may ? RefusedException.Forbidden(otherwise)
            : !Policy.Outranks(standing.Role, found.IsManager, found.AuthorRole, found.AuthorModerates) ? PolicyGate.OfEqualRank()
            : null;
    }

    private static async Task<Found?> FindAsync(ChatDbContext db, Actor actor, long messageId, Reach reach)
    {
        var found = await (
            from message in db.Messages
            where message.Id == messageId
            join room in db.Rooms on message.RoomId equals room.Id
            join author in db.Users on message.SenderId equals author.Id
            from user in db.Users
            where user.Id == actor.UserId
            from mine in db.Memberships.Where(m => m.RoomId == room.Id && m.UserId == actor.UserId).DefaultIfEmpty()
            from theirs in db.Memberships.Where(m => m.RoomId == room.Id && m.UserId == author.Id).DefaultIfEmpty()
            select new Found
            {
                Message = message, Room = room, Role = user.Role, IsMember = mine != null, IsManager = mine != null && mine.IsManager,
                AuthorRole = author.Role, AuthorModerates = theirs != null && theirs.IsManager,
            }).AsTracking().SingleOrDefaultAsync();

        // What one may not read is not there.
        return found is { IsMember: true } || reach == Reach.Review ? found : null;
    }

    private sealed class Found
    {
        public required Message Message { get; init; }

        public required Room Room { get; init; }

        public required Role Role { get; init; }

        public required bool IsMember { get; init; }

        public required bool IsManager { get; init; }

        public required Role AuthorRole { get; init; }

        public required bool AuthorModerates { get; init; }
    }
}
