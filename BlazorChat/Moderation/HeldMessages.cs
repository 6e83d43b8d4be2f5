using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Moderation;

/// <summary>A message that waits, as moderators see it.</summary>
/// <param name="Id">The held message.</param>
/// <param name="Sender">Who would say it.</param>
/// <param name="Room">Where, in words.</param>
/// <param name="Text">The source.</param>
/// <param name="Found">What the word filter found.</param>
/// <param name="HeldAt">Since when it waits.</param>
/// <param name="AliasName">The name that it would be shown under, where a bot's webhook gave another one than the bot's.</param>
public sealed record HeldView(long Id, PersonView Sender, string Room, string Text, string Found, DateTimeOffset HeldAt, string? AliasName = null);

/// <summary>What becomes of a held message.</summary>
public enum HeldState
{
    /// <summary>No moderator has looked at it.</summary>
    Waiting,

    /// <summary>It is a message now.</summary>
    Approved,

    /// <summary>It was turned down.</summary>
    Rejected,
}

/// <summary>A held message as its author sees it.</summary>
public sealed record OwnHeldView(long Id, string Room, string Text, DateTimeOffset HeldAt, HeldState State);

/// <summary>What the word filter holds: moderators let it through or turn it down, and its author can read it until then and for a while after.</summary>
public sealed class HeldMessages(
    IDbContextFactory<ChatDbContext> contexts, SessionRegistry sessions, PolicyGate gate, PeopleDirectory people, HeldPosts posts,
    AuditLog audit, ChatService chat, TimeProvider time)
{
    /// <summary>Most of their own that a person sees.</summary>
    public const int MaxMine = 100;

    /// <summary>Longest note of a moderator.</summary>
    public const int MaxNoteLength = 500;

    /// <summary>How long a message that was decided on can still be read by its author.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>What waits, those that have waited longest first.</summary>
    public async Task<Slice<HeldView>> ListAsync(Actor actor, int page = 0)
    {
        await gate.RequireAsync(actor, Right.Review);
        page = Slice.Clamp(page);
        await using var db = await contexts.CreateDbContextAsync();
        var waiting = db.HeldMessages.AsNoTracking().Where(h => h.DecidedAt == null);
        var total = await waiting.CountAsync();
        var found = await waiting.OrderBy(h => h.Id).Skip(page * Slice.PageSize).Take(Slice.PageSize).ToListAsync();
        var senders = await people.GetAsync([.. found.Select(h => h.SenderId).Distinct()]);
        var rooms = await RoomsAsync(db, found);
        return new Slice<HeldView>(
            [.. found.Select(h => new HeldView(h.Id, senders[h.SenderId], rooms.GetValueOrDefault(h.RoomId, ""), h.Text, h.Found, h.HeldAt, h.AliasName))],
            page, total);
    }

    /// <summary>The actor's own, newest first: what waits, and what was decided on lately.</summary>
    public async Task<IReadOnlyList<OwnHeldView>> MineAsync(Actor actor)
    {
        var only = await sessions.RequireInRoomsAsync(actor, Scope.Read);
        await using var db = await contexts.CreateDbContextAsync();
        var found = await db.HeldMessages.AsNoTracking().Where(h => h.SenderId == actor.UserId && (only == null || h.RoomId == only))
            .OrderByDescending(h => h.Id).Take(MaxMine).ToListAsync();
        var rooms = await RoomsAsync(db, found);
        return [.. found.Select(h => new OwnHeldView(
            h.Id, rooms.GetValueOrDefault(h.RoomId, ""), h.Text, h.HeldAt,
            h.DecidedAt is null ? HeldState.Waiting : h.IsApproved ? HeldState.Approved : HeldState.Rejected))];
    }

    /// <summary>Lets a message through: it is posted now, as its sender's.</summary>
    /// <exception cref="RefusedException">Not theirs to do, or somebody else has decided; or its sender cannot post there any more.</exception>
    public async Task<MessageView> ApproveAsync(Actor actor, long heldId)
    {
        await gate.RequireAsync(actor, Right.Review);
        HeldMessage held;
        await using (var db = await contexts.CreateDbContextAsync())
        {
            held = await db.HeldMessages.AsNoTracking().SingleOrDefaultAsync(h => h.Id == heldId) ?? throw RefusedException.NotFound("This message");
            await RequirePossibleAsync(db, held);
        }

        var message = await posts.PostAsync(held, db => DecideAsync(db, actor, held, approve: true, note: null));
        chat.Raise(new ModerationChanged(ModerationList.Held));
        return message;
    }

    /// <summary>Turns a message down: nobody else ever sees it; its author can still read it, and write it differently.</summary>
    /// <param name="actor">Who decides.</param>
    /// <param name="heldId">The message.</param>
    /// <param name="note">Why, for the audit log.</param>
    /// <exception cref="RefusedException">Not theirs to do, or somebody else has decided.</exception>
    public async Task RejectAsync(Actor actor, long heldId, string? note = null)
    {
        if (note?.Length > MaxNoteLength)
        {
            throw RefusedException.Invalid($"A note has at most {MaxNoteLength} characters.");
        }

        await using (var db = await contexts.CreateDbContextAsync())
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            await gate.RequireAsync(db, actor, Right.Review);
            var held = await db.HeldMessages.AsNoTracking().SingleOrDefaultAsync(h => h.Id == heldId) ?? throw RefusedException.NotFound("This message");
            await DecideAsync(db, actor, held, approve: false, string.IsNullOrWhiteSpace(note) ? null : note.Trim());
            await transaction.CommitAsync();
        }

        chat.Raise(new ModerationChanged(ModerationList.Held));
    }

    /// <summary>Decides once: of two moderators at the same moment, the update of one finds nothing any more.</summary>
    private async Task DecideAsync(ChatDbContext db, Actor actor, HeldMessage held, bool approve, string? note)
    {
        // Asked again in the transaction that counts: a demotion may have come between.
        await gate.RequireAsync(db, actor, Right.Review);
        var now = time.GetUtcNow();
        if (await db.HeldMessages.Where(h => h.Id == held.Id && h.DecidedAt == null).ExecuteUpdateAsync(set => set
            .SetProperty(h => h.DecidedAt, now).SetProperty(h => h.DecidedById, actor.UserId).SetProperty(h => h.IsApproved, approve)) == 0)
        {
            throw Decided();
        }

        await db.HeldMessages.Where(h => h.DecidedAt < now - Kept).ExecuteDeleteAsync();
        var sender = await people.GetAsync(held.SenderId);
        await audit.AddAsync(
            db, actor, approve ? AuditAct.HeldApproved : AuditAct.HeldRejected,
            new AuditMatter(AuditSubject.Message, Name: sender.Name, PersonId: held.SenderId, RoomId: held.RoomId), before: held.Text, reason: note);
        await db.SaveChangesAsync();
    }

    /// <summary>Says in words why a message cannot be posted any more, where that is known; the writer has the last word.</summary>
    private async Task RequirePossibleAsync(ChatDbContext db, HeldMessage held)
    {
        if (held.DecidedAt is not null)
        {
            throw Decided();
        }

        var now = time.GetUtcNow();
        var (room, sender) = (await db.Rooms.AsNoTracking().SingleOrDefaultAsync(r => r.Id == held.RoomId), await db.Users.AsNoTracking().SingleAsync(u => u.Id == held.SenderId));
        var why = sender.BannedUntil > now || sender.LockoutEnd >= ActivePeople.Forever ? $"{sender.Name} is banned, or their account has ended."
            : room is null ? "The room is gone."
            : room.ArchivedAt is not null ? "The room is archived."
            : !await db.Memberships.AnyAsync(m => m.RoomId == held.RoomId && m.UserId == held.SenderId) ? $"{sender.Name} has left the room."
            : null;
        if (why is not null)
        {
            throw new RefusedException(Refusal.Conflict, $"{why} The message cannot be posted; you can turn it down.");
        }
    }

    private static async Task<Dictionary<long, string>> RoomsAsync(ChatDbContext db, List<HeldMessage> held)
    {
        var ids = held.Select(h => h.RoomId).Distinct().ToList();
        return await db.Rooms.AsNoTracking().Where(r => ids.Contains(r.Id))
            .ToDictionaryAsync(r => r.Id, r => r.Kind == RoomKind.Direct ? "A direct conversation" : r.Name);
    }

    private static RefusedException Decided() => new(Refusal.Conflict, "Another moderator has decided on this message already.");
}
