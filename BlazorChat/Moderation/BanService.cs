using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Data;
using BlazorChat.Live;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Moderation;

/// <summary>
/// Bans people, for a time or for good. A ban is stored together with the end of all their sessions, tokens included; then everything
/// that they have open is cut off, before the call returns. It ends by its time alone: everybody who asks compares it with the clock.
/// </summary>
public sealed class BanService(
    IDbContextFactory<ChatDbContext> contexts, PolicyGate gate, SessionRegistry sessions, PeopleDirectory people, NetworkBans networks, BanRemovals removals,
    AuditLog audit, ChatService chat, TimeProvider time)
{
    /// <summary>Bans somebody of lower rank. Bots too: their tokens and webhooks stand still until the ban is lifted.</summary>
    /// <returns>The ban's id.</returns>
    /// <exception cref="RefusedException">
    /// No reason or no time that there is; not the actor's to do; nobody there; or a Conflict, because they are banned already.
    /// </exception>
    public async Task<long> BanAsync(Actor actor, long userId, BanRequest request)
    {
        var now = time.GetUtcNow();
        var ban = new Ban
        {
            UserId = userId,
            Reason = BanText.Reason(request.Reason),
            ById = actor.UserId,
            At = now,
            Until = BanText.End(request.Time, now),
            RemovedSince = BanText.Since(request.RemoveMessagesOf, now),
        };
        await using (var db = await contexts.CreateDbContextAsync())
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            var user = await gate.RequireOverAsync(db, actor, Right.Ban, userId);
            if (user.DeletedAt is not null || user.LockoutEnd >= ActivePeople.Forever)
            {
                throw RefusedException.NotFound("This person");
            }

            if (user.BannedUntil > now)
            {
                throw await AlreadyBannedAsync(db, user, now);
            }

            db.Bans.Add(ban);
            Set(user, ban.Until ?? ActivePeople.Forever);
            await audit.AddAsync(db, actor, AuditAct.Banned, AuditMatter.Of(user), after: BanText.Until(ban.Until), reason: ban.Reason);
            var ended = await sessions.EndAsync(db, s => s.UserId == userId);
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
            sessions.Cut(ended);
        }

        chat.Raise(new ModerationChanged(ModerationList.Bans));
        if (ban.RemovedSince is not null)
        {
            await removals.RemoveAsync(actor, ban);
        }

        return ban.Id;
    }

    /// <summary>Lifts a ban before its time: they may come back, and a bot's tokens and webhooks work again.</summary>
    /// <param name="actor">Who lifts it.</param>
    /// <param name="banId">The ban, of a person or of a network.</param>
    /// <param name="restoreMessages">Whether what was removed with it comes back too.</param>
    /// <exception cref="RefusedException">No such ban, not the actor's to do, or a Conflict: it is over already.</exception>
    public async Task LiftAsync(Actor actor, long banId, bool restoreMessages = false)
    {
        await using var db = await contexts.CreateDbContextAsync();
        Ban ban;
        await using (var transaction = await db.Database.BeginTransactionAsync())
        {
            ban = await FindAsync(db, actor, banId);
            var lifted = await LiftAsync(db, actor, ban);
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
            await lifted();
        }

        if (restoreMessages)
        {
            await removals.RestoreAsync(actor, ban);
        }
    }

    /// <summary>Brings back the messages that were removed with a ban, whether it holds or not.</summary>
    /// <returns>How many came back: those that are still kept.</returns>
    /// <exception cref="RefusedException">No such ban, or not the actor's to do.</exception>
    public async Task<int> RestoreMessagesAsync(Actor actor, long banId)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var restored = await removals.RestoreAsync(actor, await FindAsync(db, actor, banId));
        chat.Raise(new ModerationChanged(ModerationList.Bans));
        return restored;
    }

    /// <summary>A ban that the actor may act on, tracked by the context.</summary>
    internal async Task<Ban> FindAsync(ChatDbContext db, Actor actor, long banId)
    {
        // Before it is looked up: who has no right to either kind is not told which bans there are.
        await gate.RequireAsync(db, actor, Right.Ban);
        var ban = await db.Bans.AsTracking().SingleOrDefaultAsync(b => b.Id == banId) ?? throw RefusedException.NotFound("This ban");
        if (ban.UserId is { } userId)
        {
            await gate.RequireOverAsync(db, actor, Right.Ban, userId);
        }
        else
        {
            await gate.RequireAsync(db, actor, Right.BanAddresses);
        }

        return ban;
    }

    /// <summary>Lifts a ban within the caller's transaction.</summary>
    /// <returns>What the caller runs after the commit, so that it takes effect.</returns>
    internal async Task<Func<Task>> LiftAsync(ChatDbContext db, Actor actor, Ban ban, string? reason = null)
    {
        var now = time.GetUtcNow();
        if (StateOf(ban, now) is not BanState.Active and var state)
        {
            throw new RefusedException(Refusal.Conflict, state == BanState.Expired
                ? "This ban is over already."
                : $"{(await people.GetAsync(ban.LiftedById!.Value)).Name} has lifted this ban already.");
        }

        (ban.LiftedAt, ban.LiftedById) = (now, actor.UserId);
        IReadOnlyList<Guid> reopened = [];
        AuditMatter matter;
        if (ban.UserId is { } userId)
        {
            var user = await db.Users.AsTracking().SingleAsync(u => u.Id == userId);
            Set(user, null);
            reopened = user is { IsBot: true, LockoutEnd: null } ? await SessionRegistry.ReopenAsync(db, userId, ban.At) : [];
            matter = AuditMatter.Of(user);
        }
        else
        {
            matter = new AuditMatter(AuditSubject.Ban, ban.Id, ban.Network);
        }

        await audit.AddAsync(db, actor, AuditAct.BanLifted, matter, before: BanText.Until(ban.Until), reason: reason);
        return async () =>
        {
            sessions.Forget(reopened);
            if (ban.Network is not null)
            {
                await networks.LoadAsync();
            }

            chat.Raise(new ModerationChanged(ModerationList.Bans));
        };
    }

    internal static BanState StateOf(Ban ban, DateTimeOffset now) =>
        ban.LiftedAt is not null ? BanState.Lifted : ban.Until <= now ? BanState.Expired : BanState.Active;

    // With a new stamp: a change of name at the same moment writes the whole account, and must not write the old value back.
    private static void Set(AppUser user, DateTimeOffset? bannedUntil) =>
        (user.BannedUntil, user.ConcurrencyStamp) = (bannedUntil, Guid.NewGuid().ToString());

    private async Task<RefusedException> AlreadyBannedAsync(ChatDbContext db, AppUser user, DateTimeOffset now)
    {
        var ban = await db.Bans.AsNoTracking().Where(b => b.UserId == user.Id && b.LiftedAt == null && (b.Until == null || b.Until > now))
            .OrderByDescending(b => b.Id).FirstOrDefaultAsync();
        var by = ban is null ? "somebody" : (await people.GetAsync(ban.ById)).Name;
        return new RefusedException(Refusal.Conflict, $"{user.Name} is banned already: by {by}, {BanText.Until(ban?.Until)}.");
    }
}
