using BlazorChat.Accounts;
using BlazorChat.Data;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Messages;

/// <summary>
/// Changes stored messages inside the writer's transaction, and decides from the database, at that moment, who may: a demotion that was
/// stored before counts, whatever page the demoted person still has open.
/// </summary>
public sealed class MessageChanges(MessageViews views, RemovalChanges removals, ExpiryChanges expiries, CommunityService community, TimeProvider time)
{
    internal async Task ApplyAsync(ChatDbContext db, PendingAlteration alteration)
    {
        await (alteration switch
        {
            PendingChange change => EditAsync(db, change),
            PendingRemoval removal => removals.RemoveAsync(db, removal),
            PendingRestoral restoral => removals.RestoreAsync(db, restoral),
            PendingBulkRemoval removal => removals.RemoveAsync(db, removal),
            PendingBulkRestoral restoral => removals.RestoreAsync(db, restoral),
            PendingExpiry expiry => expiries.ExpireAsync(db, expiry),
            _ => throw new ArgumentException($"{alteration.GetType().Name} changes nothing that is known.", nameof(alteration)),
        });

        // The next of the group reads anew: statements go past what the context remembers.
        db.ChangeTracker.Clear();
    }

    private async Task EditAsync(ChatDbContext db, PendingChange change)
    {
        // Found through the membership: what one may not read is not there.
        var found = await (
            from said in db.Messages
            where said.Id == change.MessageId
            join room in db.Rooms on said.RoomId equals room.Id
            join mine in db.Memberships on new { said.RoomId, change.Actor.UserId } equals new { mine.RoomId, mine.UserId }
            join user in db.Users on mine.UserId equals user.Id
            select new { said, room, mine.IsManager, user.Role, user.BannedUntil })
            .AsTracking().SingleOrDefaultAsync();
        if (found is null)
        {
            change.Refusal = RefusedException.NotFound("This message");
            return;
        }

        var message = found.said;
        var now = time.GetUtcNow();
        var standing = await db.WithSilencesAsync(
            new Standing(found.room, IsMember: true, found.IsManager, RoomAccess.Acting(found.Role, change.Scopes)), change.Actor.UserId, now);
        change.Refusal = found.BannedUntil > now ? RefusedException.SignedOut() :
            message.SenderId != change.Actor.UserId ? RefusedException.Forbidden("You can edit your own messages only.")
            : Silences.Refuse(standing, now) is { } silenced ? silenced
            : message.DeletedAt is not null ? new RefusedException(Refusal.Conflict, "This message was deleted.")
            : await TooLateAsync(message);
        if (change.Refusal is null)
        {
            change.Unpinned.AddRange(await StoredText.ReplaceAsync(db, [(message, change.Rendered)]));
            message.EditedAt = StoredText.Now(time);
            await StoredText.SaveAsync(db);
            change.Result = (await views.OfAsync(db, [message]))[0];
            change.Changed.Add(change.Result);
        }
    }

    /// <summary>The community may let messages be edited for a while only. It is the same for everybody.</summary>
    private async Task<RefusedException?> TooLateAsync(Message message) => (await community.GetAsync()).EditMinutes switch
    {
        { } minutes when minutes <= 0 => RefusedException.Forbidden("Messages are not edited here. You can delete it and write another."),
        { } minutes when message.SentAt.AddMinutes(minutes) <= time.GetUtcNow() => RefusedException.Forbidden(
            $"Messages can be edited for {(minutes == 1 ? "a minute" : $"{minutes} minutes")} after they are sent. That time is over for this one."),
        _ => null,
    };
}
