using BlazorChat.Accounts;
using BlazorChat.Data;
using BlazorChat.Live;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Rooms;

/// <summary>Everyone who arrives joins the default rooms; the first to arrive finds "General" made for them.</summary>
public sealed class DefaultRooms(ChatService chat, TimeProvider time) : INewcomerWelcome
{
    /// <summary>The room that exists from set-up on.</summary>
    public const string General = "General";

    /// <inheritdoc/>
    public async Task WelcomeAsync(ChatDbContext db, AppUser newcomer)
    {
        var now = time.GetUtcNow();
        var rooms = await db.Rooms.Where(r => r.IsDefault && r.ArchivedAt == null).ToListAsync();
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
    public void Welcomed(AppUser newcomer) => chat.Raise(new NewcomerArrived(newcomer.Id));
}
