using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Messages;

/// <summary>A message of the reader's own that a moderator removed.</summary>
/// <param name="MessageId">The message.</param>
/// <param name="RoomId">Where it was said.</param>
/// <param name="Text">What it said; <see langword="null"/> once it is too late to restore it.</param>
/// <param name="Reason">Why it was removed.</param>
/// <param name="SentAt">When it was said.</param>
/// <param name="At">When it was removed.</param>
public sealed record RemovalView(long MessageId, long RoomId, string? Text, string Reason, DateTimeOffset SentAt, DateTimeOffset At);

/// <summary>What moderators removed: bringing it back, and why it was, for its author to read.</summary>
public sealed class MessageRemovals(
    IDbContextFactory<ChatDbContext> contexts, SessionRegistry sessions, PolicyGate gate, RateLimits limits, MessageWriter writer,
    RemovedTexts texts, BulkRemovals bulk)
{
    /// <summary>Most removals that one answer holds.</summary>
    public const int MaxListed = 50;

    /// <summary>Brings back a removed message of a room that the actor may moderate: with its text, its mentions, and for everyone at once.</summary>
    /// <exception cref="RefusedException">
    /// Not theirs to restore, not removed by a moderator, restored already, or removed more than <see cref="RemovedMessage.KeptDays"/> days ago.
    /// </exception>
    public async Task<MessageView> RestoreAsync(Actor actor, long messageId)
    {
        var only = await sessions.RequireInRoomsAsync(actor, Scope.Write);
        await using var db = await contexts.CreateDbContextAsync();
        var roomId = await db.Messages
            .Where(m => m.Id == messageId && (only == null || m.RoomId == only) && db.Memberships.Any(s => s.RoomId == m.RoomId && s.UserId == actor.UserId))
            .Select(m => (long?)m.RoomId)
            .SingleOrDefaultAsync() ?? throw RefusedException.NotFound("This message");
        return await RestoreAsync(db, actor, messageId, await sessions.RequireAsync(actor, Scope.Write, roomId), Reach.Membership);
    }

    /// <summary>Why a message of the actor's own was removed, and when.</summary>
    /// <exception cref="RefusedException">Not theirs, or no moderator removed it.</exception>
    public async Task<RemovalView> WhyAsync(Actor actor, long messageId)
    {
        var only = await sessions.RequireInRoomsAsync(actor, Scope.Read);
        await using var db = await contexts.CreateDbContextAsync();
        return await Mine(db, actor, only, messageId).SingleOrDefaultAsync() ?? throw RefusedException.NotFound("This message");
    }

    /// <summary>The actor's own messages that were removed last, newest first.</summary>
    public async Task<IReadOnlyList<RemovalView>> MineAsync(Actor actor)
    {
        var only = await sessions.RequireInRoomsAsync(actor, Scope.Read);
        await using var db = await contexts.CreateDbContextAsync();
        return await Mine(db, actor, only).Take(MaxListed).ToListAsync();
    }

    /// <summary>Removes a message that was reported, also of a room that the actor is not in. The caller has made sure that it was.</summary>
    /// <exception cref="RefusedException">As <see cref="MessageService.RemoveAsync"/>.</exception>
    internal async Task<MessageView> RemoveReportedAsync(Actor actor, long messageId, string reason)
    {
        var given = RemovalReason.Parse(reason);
        await gate.RequireAsync(actor, Right.Review);
        limits.Spend(actor, Limited.Messages);
        return await writer.WriteAsync(new PendingRemoval(actor, messageId, Scope.All, given, Reach.Review) { IsFirst = true });
    }

    /// <summary>Brings back a message that was reported, also of a room that the actor is not in. The caller has made sure that it was.</summary>
    /// <exception cref="RefusedException">As <see cref="RestoreAsync(Actor, long)"/>.</exception>
    internal async Task<MessageView> RestoreReportedAsync(Actor actor, long messageId)
    {
        await gate.RequireAsync(actor, Right.Review);
        await using var db = await contexts.CreateDbContextAsync();
        return await RestoreAsync(db, actor, messageId, Scope.All, Reach.Review);
    }

    /// <summary>
    /// Removes with a ban what somebody said since a moment and did not delete themselves, in all rooms. In batches: a call that a crash
    /// cut off is made again, and goes on; one that came to its end is remembered, and does nothing again. For services that have checked the right to.
    /// </summary>
    /// <returns>How many messages are removed with the ban.</returns>
    internal Task<int> RemoveOfAsync(Actor actor, long userId, DateTimeOffset since, long banId, string reason) =>
        bulk.RemoveAsync(actor, userId, since, banId, RemovalReason.Parse(reason.Length > RemovedMessage.MaxReasonLength ? reason[..RemovedMessage.MaxReasonLength] : reason));

    /// <summary>
    /// Brings back what was removed with a ban and is still kept. Like <see cref="RemoveOfAsync"/> it may be called again after a crash.
    /// </summary>
    /// <returns>How many messages came back.</returns>
    internal Task<int> RestoreOfAsync(Actor actor, long banId) => bulk.RestoreAsync(actor, banId);

    /// <summary>
    /// Deletes everything that somebody said, of which then nothing is kept. A call that was stopped is made again, and goes on. For services
    /// that act for that person.
    /// </summary>
    internal Task<int> DeleteAllOfAsync(Actor author, CancellationToken stopping) => bulk.DeleteAllAsync(author, stopping);

    private async Task<MessageView> RestoreAsync(ChatDbContext db, Actor actor, long messageId, Scope scopes, Reach reach)
    {
        limits.Spend(actor, Limited.Messages);

        // Rendered before it is the writer's turn, which sees to whether it may be, and is still the same.
        var rendered = (await texts.RenderAsync(db, [messageId])).GetValueOrDefault(messageId);
        return await writer.WriteAsync(new PendingRestoral(actor, messageId, scopes, rendered ?? new RenderedText("", "", []), reach));
    }

    private static IQueryable<RemovalView> Mine(ChatDbContext db, Actor actor, long? only, long? messageId = null) =>
        from removed in db.RemovedMessages
        join message in db.Messages on removed.MessageId equals message.Id
        where message.SenderId == actor.UserId && (only == null || message.RoomId == only) && (messageId == null || message.Id == messageId)
        orderby removed.At descending, removed.MessageId descending
        select new RemovalView(message.Id, message.RoomId, removed.Text, removed.Reason, message.SentAt, removed.At);
}
