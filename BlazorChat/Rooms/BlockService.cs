using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Live;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Rooms;

/// <summary>A person whom the reader blocked.</summary>
/// <param name="Person">Who.</param>
/// <param name="At">Since when.</param>
public sealed record BlockedPerson(PersonView Person, DateTimeOffset At);

/// <summary>
/// Whom somebody wants nothing of: their messages collapse for that one alone, who is told of none of them; and neither writes to the
/// other directly. Who is blocked is not told, and nobody else sees it.
/// </summary>
public sealed class BlockService(
    IDbContextFactory<ChatDbContext> contexts, SessionRegistry sessions, RateLimits limits, ChatService chat, TimeProvider time)
{
    /// <summary>Most people that one person blocks.</summary>
    public const int MaxBlocks = 500;

    private static readonly IReadOnlySet<long> Nobody = new HashSet<long>();

    /// <summary>Blocks somebody. Blocking twice changes nothing.</summary>
    /// <exception cref="RefusedException">Oneself, nobody whom the actor may know of, or too many.</exception>
    public async Task BlockAsync(Actor actor, long userId)
    {
        await sessions.RequireAsync(actor, Scope.Account);
        limits.Spend(actor, Limited.Rooms);
        if (userId == actor.UserId)
        {
            throw RefusedException.Invalid("You cannot block yourself.");
        }

        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (!await MayKnowAsync(db, actor, userId))
        {
            throw RefusedException.NotFound("This person");
        }

        if (await db.Blocks.AnyAsync(b => b.UserId == actor.UserId && b.BlockedId == userId))
        {
            return;
        }

        if (await db.Blocks.CountAsync(b => b.UserId == actor.UserId) >= MaxBlocks)
        {
            throw new RefusedException(Refusal.Conflict, $"You can block at most {MaxBlocks} people. Unblock somebody first.");
        }

        db.Blocks.Add(new Block { UserId = actor.UserId, BlockedId = userId, At = time.GetUtcNow() });
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        chat.Raise(new BlocksChanged(actor.UserId));
    }

    /// <summary>Blocks somebody no more. Doing so twice changes nothing.</summary>
    public async Task UnblockAsync(Actor actor, long userId)
    {
        await sessions.RequireAsync(actor, Scope.Account);
        await using var db = await contexts.CreateDbContextAsync();
        if (await db.Blocks.Where(b => b.UserId == actor.UserId && b.BlockedId == userId).ExecuteDeleteAsync() > 0)
        {
            chat.Raise(new BlocksChanged(actor.UserId));
        }
    }

    /// <summary>Whom the actor blocked, the last one first.</summary>
    public async Task<IReadOnlyList<BlockedPerson>> ListAsync(Actor actor)
    {
        await sessions.RequireAsync(actor, Scope.Account);
        await using var db = await contexts.CreateDbContextAsync();
        return await (
            from block in db.Blocks
            where block.UserId == actor.UserId
            join user in db.Users on block.BlockedId equals user.Id
            orderby block.At descending, user.Id
            select new BlockedPerson(new PersonView(user.Id, user.UserName!, user.Avatar, user.Role, user.IsBot), block.At)).ToListAsync();
    }

    /// <summary>The same by account alone, for those who show messages.</summary>
    public async Task<IReadOnlySet<long>> IdsAsync(Actor actor)
    {
        await sessions.RequireAsync(actor, Scope.Account);
        await using var db = await contexts.CreateDbContextAsync();
        var ids = await db.Blocks.Where(b => b.UserId == actor.UserId).Select(b => b.BlockedId).ToListAsync();
        return ids.Count == 0 ? Nobody : ids.ToHashSet();
    }

    /// <summary>Who may find people may block anybody; a guest, those of their rooms, so that nobody is found by blocking numbers.</summary>
    private static async Task<bool> MayKnowAsync(ChatDbContext db, Actor actor, long userId)
    {
        var role = await db.Users.Where(u => u.Id == actor.UserId).Select(u => u.Role).SingleAsync();
        return await db.Users.AnyAsync(u => u.Id == userId) && (Policy.Allows(role, Right.FindRooms)
            || await db.Memberships.AnyAsync(m => m.UserId == userId && db.Memberships.Any(s => s.RoomId == m.RoomId && s.UserId == actor.UserId)));
    }
}
