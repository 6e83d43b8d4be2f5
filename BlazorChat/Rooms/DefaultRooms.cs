using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Live;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Rooms;

/// <summary>
/// Everyone who arrives joins the default rooms, and those that their invite names; guests only these. The first to arrive finds
/// "General" made for them.
/// </summary>
public sealed class DefaultRooms(ChatService chat, TimeProvider time) : INewcomerWelcome
{
    /// <summary>The room that exists from set-up on.</summary>
    public const string General = "General";

    /// <inheritdoc/>
    public async Task WelcomeAsync(ChatDbContext db, AppUser newcomer, IReadOnlyCollection<long> roomIds)
    {
        var now = time.GetUtcNow();
        var isGuest = newcomer.Role == Role.Guest;

        // What was archived since the invite was made is nobody's to come into.
        var rooms = await db.Rooms
            .Where(r => (!isGuest && r.IsDefault || roomIds.Contains(r.Id) && r.Kind != RoomKind.Direct) && r.ArchivedAt == null)
            .ToListAsync();
        var isFirst = !await db.Rooms.AnyAsync();
        if (isFirst)
        {
            var general = new Room
            {
                Name = General, Description = "Everyone is here.", IsDefault = true, CreatedById = newcomer.Id, CreatedAt = now,
            };
            db.Rooms.Add(general);
            await db.SaveChangesAsync();
            rooms.Add(general);
        }

        db.Memberships.AddRange(rooms.Select(room => new Membership
        {
            RoomId = room.Id, UserId = newcomer.Id, IsManager = isFirst, LastReadSeq = room.LastSeq, JoinedAt = now,
        }));
        await db.SaveChangesAsync();
    }

    /// <inheritdoc/>
    async Task INewcomerWelcome.RequireRoomsAsync(Actor actor, ChatDbContext db, IReadOnlyCollection<long> roomIds)
    {
        foreach (var id in roomIds)
        {
            (await db.StandingAsync(actor, id, Scope.All)).Require(RoomPolicy.CanAdd, "You cannot bring people into one of these rooms.");
        }
    }

    /// <inheritdoc/>
    public void Welcomed(AppUser newcomer) => chat.Raise(new NewcomerArrived(newcomer.Id));
}
