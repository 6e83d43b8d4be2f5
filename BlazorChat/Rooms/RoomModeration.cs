using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Live;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Rooms;

/// <summary>
/// Keeps a room habitable: who may post, how often, and who moderates. Each change is on the audit log with it, and doing what somebody
/// else has just done changes nothing.
/// </summary>
public sealed class RoomModeration(
    IDbContextFactory<ChatDbContext> contexts, SessionRegistry sessions, PolicyGate gate, RateLimits limits, AuditLog audit, ChatService chat,
    TimeProvider time)
{
    /// <summary>
    /// Mutes somebody in a room, or everywhere: they read on, and post, edit and type nothing until the time is over. It holds for the
    /// person, not for their membership; another mute there takes its place.
    /// </summary>
    /// <param name="actor">Who mutes.</param>
    /// <param name="roomId">Where; <see langword="null"/> for everywhere.</param>
    /// <param name="userId">Whom; of lower rank than the actor.</param>
    /// <param name="duration">For how long: 1 minute to 365 days.</param>
    /// <param name="reason">Why, for the person to read; at most <see cref="Mute.MaxReasonLength"/> characters.</param>
    /// <exception cref="RefusedException">A time or reason out of bounds, not theirs to do, or nobody there.</exception>
    public async Task MuteAsync(Actor actor, long? roomId, long userId, TimeSpan duration, string reason)
    {
        var (length, why) = (MuteText.Time(duration), MuteText.Reason(reason));
        await ChangeMuteAsync(actor, roomId, userId, AuditAct.Muted, why, (db, mute) =>
        {
            var now = time.GetUtcNow();
            var made = mute ?? db.Mutes.Add(new Mute { UserId = userId, RoomId = roomId ?? Mute.Everywhere }).Entity;
            (made.Until, made.Reason, made.ById, made.At) = (now + length, why, actor.UserId, now);
            return made;
        });
    }

    /// <summary>Lets somebody post again before their mute runs out. One who is not muted there stays so.</summary>
    /// <exception cref="RefusedException">Not theirs to do, or nobody there.</exception>
    public Task UnmuteAsync(Actor actor, long? roomId, long userId) =>
        ChangeMuteAsync(actor, roomId, userId, AuditAct.Unmuted, null, (db, mute) =>
        {
            if (mute is not null)
            {
                db.Mutes.Remove(mute);
            }

            return null;
        });

    /// <summary>Lets each person but the moderators post one message every so many seconds; 0 for as many as they like.</summary>
    /// <exception cref="RefusedException">Below 0 or above <see cref="Room.MaxSlowSeconds"/>, or not theirs to do.</exception>
    public async Task SlowDownAsync(Actor actor, long roomId, int seconds)
    {
        if (seconds is < 0 or > Room.MaxSlowSeconds)
        {
            throw RefusedException.Invalid($"Slow mode waits 0 to {Room.MaxSlowSeconds} seconds from one message to the next.");
        }

        await ChangeAsync(actor, roomId, Right.SlowRoom, "slow it down", room =>
        {
            var before = room.SlowSeconds;
            room.SlowSeconds = seconds;
            return before == seconds ? null : (AuditAct.RoomSlowed, Seconds(before), Seconds(seconds));
        });
    }

    /// <summary>Locks a room, so that only its moderators post, or unlocks it.</summary>
    /// <exception cref="RefusedException">Not theirs to do.</exception>
    public Task SetLockedAsync(Actor actor, long roomId, bool locked) => ChangeAsync(actor, roomId, Right.LockRoom, "lock it", room =>
    {
        if (room.LockedAt is not null == locked)
        {
            return null;
        }

        room.LockedAt = locked ? time.GetUtcNow() : null;
        return (locked ? AuditAct.RoomLocked : AuditAct.RoomUnlocked, null, null);
    });

    /// <summary>
    /// Makes a member a moderator of the room, or one of lower rank, or oneself, a member again. Where the last one steps down, whoever
    /// has been in the room longest becomes one.
    /// </summary>
    /// <exception cref="RefusedException">Not theirs to do, not in the room, of equal or higher rank, or nobody could follow.</exception>
    public async Task SetModeratorAsync(Actor actor, long roomId, long userId, bool moderates)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var standing = await StandingAsync(db, actor, roomId, Right.ManageRoom, "choose its moderators");
        var (person, membership) = await PersonAsync(db, roomId, userId);
        if (membership is null)
        {
            throw RefusedException.NotFound("This person");
        }

        if (membership.IsManager == moderates)
        {
            return;
        }

        if (!moderates && userId != actor.UserId)
        {
            standing.RequireOver(person, membership);
        }

        membership.IsManager = moderates;
        await audit.AddAsync(db, actor, moderates ? AuditAct.RoomModeratorAdded : AuditAct.RoomModeratorRemoved, AuditMatter.Of(person, roomId), after: standing.Room.Name);
        await db.SaveChangesAsync();
        if (await db.KeepModeratedAsync(roomId, exceptId: userId) is { } heir)
        {
            var (follower, _) = await PersonAsync(db, roomId, heir.UserId);
            await audit.AddAsync(db, actor, AuditAct.RoomModeratorAdded, AuditMatter.Of(follower, roomId), after: standing.Room.Name);
            await db.SaveChangesAsync();
        }
        else if (!moderates && !await db.Memberships.AnyAsync(m => m.RoomId == roomId && m.IsManager))
        {
            throw new RefusedException(Refusal.Conflict, "A room needs a moderator, and nobody else is in this one.");
        }

        await transaction.CommitAsync();
        chat.Raise(new MembersChanged(roomId));
    }

    private async Task ChangeMuteAsync(
        Actor actor, long? roomId, long userId, AuditAct act, string? reason, Func<ChatDbContext, Mute?, Mute?> change)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var person = roomId is { } id ? await RequireInRoomAsync(db, actor, id, userId) : await RequireEverywhereAsync(db, actor, userId);
        var place = roomId ?? Mute.Everywhere;
        var mute = await db.Mutes.AsTracking().SingleOrDefaultAsync(m => m.UserId == userId && m.RoomId == place);
        var before = mute is not null && mute.Until > time.GetUtcNow() ? Until(mute) : null;
        var after = change(db, mute);
        if (before is not null || after is not null)
        {
            await audit.AddAsync(db, actor, act, AuditMatter.Of(person, roomId), before, after is null ? null : Until(after), reason);
        }

        await db.SaveChangesAsync();
        var rooms = roomId is { } only ? [only] : await db.Memberships.Where(m => m.UserId == userId).Select(m => m.RoomId).ToListAsync();
        await transaction.CommitAsync();
        chat.Raise(new MuteChanged(place, userId));
        rooms.ForEach(room => chat.Raise(new MutesChanged(room)));
    }

    private async Task<AppUser> RequireInRoomAsync(ChatDbContext db, Actor actor, long roomId, long userId)
    {
        var standing = await StandingAsync(db, actor, roomId, Right.MuteInRoom, "mute people in it");
        var (person, membership) = await PersonAsync(db, roomId, userId);
        standing.RequireOver(person, membership);
        return person;
    }

    private async Task<AppUser> RequireEverywhereAsync(ChatDbContext db, Actor actor, long userId)
    {
        await sessions.RequireAsync(actor, Scope.Write);
        limits.Spend(actor, Limited.Rooms);
        return await gate.RequireOverAsync(db, actor, Right.MuteEverywhere, userId);
    }

    private async Task ChangeAsync(
        Actor actor, long roomId, Right right, string what, Func<Room, (AuditAct Act, string? Before, string? After)?> change)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var room = (await StandingAsync(db, actor, roomId, right, what)).Room;
        if (change(room) is not var (act, before, after))
        {
            return;
        }

        await audit.AddAsync(db, actor, act, new AuditMatter(AuditSubject.Room, room.Id, room.Name, RoomId: room.Id), before, after);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        chat.Raise(RoomChanged.Of(room));
    }

    private async Task<Standing> StandingAsync(ChatDbContext db, Actor actor, long roomId, Right right, string what)
    {
        var scopes = await sessions.RequireAsync(actor, Scope.Write, roomId);
        limits.Spend(actor, Limited.Rooms);
        var standing = await db.StandingAsync(actor, roomId, scopes);
        standing.Require(s => RoomPolicy.May(s, right), $"Only a moderator of this room may {what}.");
        return standing;
    }

    private static async Task<(AppUser Person, Membership? Membership)> PersonAsync(ChatDbContext db, long roomId, long userId) => (
        await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == userId) ?? throw RefusedException.NotFound("This person"),
        await db.Memberships.AsTracking().SingleOrDefaultAsync(m => m.RoomId == roomId && m.UserId == userId));

    private static string Until(Mute mute) => $"until {mute.Until.UtcDateTime:yyyy-MM-dd HH:mm} UTC";

    private static string Seconds(int seconds) => seconds == 0 ? "off" : Silences.Duration(TimeSpan.FromSeconds(seconds));
}
