using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Rooms;

/// <summary>By what rooms are sorted.</summary>
public enum RoomOrder
{
    /// <summary>Their names.</summary>
    Name,

    /// <summary>Who may find them.</summary>
    Kind,

    /// <summary>How many people are in them.</summary>
    People,

    /// <summary>How much was said in them.</summary>
    Messages,

    /// <summary>When they were made.</summary>
    Created,
}

/// <summary>Which rooms are looked for.</summary>
/// <param name="Search">Part of a name.</param>
/// <param name="Archived">Only archived rooms, or only those that are not; <see langword="null"/> for both.</param>
/// <param name="Order">By what they are sorted.</param>
/// <param name="Descending">The other way round.</param>
/// <param name="Page">Which page; they count from 0.</param>
public sealed record RoomQuery(string? Search = null, bool? Archived = null, RoomOrder Order = RoomOrder.Name, bool Descending = false, int Page = 0);

/// <summary>A room in the list of all; of a private one no more than this is told.</summary>
/// <param name="Id">The room.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Who may find it.</param>
/// <param name="People">How many people are in it.</param>
/// <param name="Messages">How many messages were posted in it, ever.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="IsDefault">Whether newcomers are brought into it.</param>
/// <param name="IsArchived">Whether nobody posts any more.</param>
/// <param name="IsLocked">Whether only its moderators post.</param>
/// <param name="SlowSeconds">How long each person waits from one message to their next; 0 for not at all.</param>
/// <param name="RetentionDays">After how many days its messages go; 0 for never, <see langword="null"/> as the community says.</param>
/// <param name="CanOpen">Whether the reader may look into it.</param>
/// <param name="CanManage">Whether the reader may archive it and open it again.</param>
public sealed record RoomRow(
    long Id, string Name, RoomKind Kind, int People, long Messages, DateTimeOffset CreatedAt, bool IsDefault, bool IsArchived, bool IsLocked, int SlowSeconds,
    int? RetentionDays, bool CanOpen, bool CanManage);

/// <summary>All rooms but direct conversations, for moderators: that they exist and how large they are, never what is said in them.</summary>
public sealed class RoomDirectory(IDbContextFactory<ChatDbContext> contexts, PolicyGate gate, AuditLog audit)
{
    /// <summary>A page of rooms.</summary>
    public async Task<Slice<RoomRow>> ListAsync(Actor actor, RoomQuery query)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var role = await gate.RequireAsync(db, actor, Right.SeeCommunity);
        var rooms = db.Rooms.AsNoTracking().Where(r => r.Kind != RoomKind.Direct);
        rooms = query.Archived is { } archived ? rooms.Where(r => r.ArchivedAt != null == archived) : rooms;
        if (query.Search?.Trim().TrimStart('#').Trim() is { Length: > 0 and <= Room.MaxNameLength } text && PasswordRules.IsWellFormed(text))
        {
            var wanted = text.ToLowerInvariant();
#pragma warning disable CA1862 // Translated to SQL's lower().
            rooms = rooms.Where(r => r.Name.ToLower().Contains(wanted));
#pragma warning restore CA1862
        }

        var page = Slice.Clamp(query.Page);
        var rows = await Sorted(db, rooms, query).Skip(page * Slice.PageSize).Take(Slice.PageSize).Select(r => new
        {
            Room = r,
            People = db.Memberships.Count(m => m.RoomId == r.Id),
            Mine = db.Memberships.Where(m => m.RoomId == r.Id && m.UserId == actor.UserId).Select(m => (bool?)m.IsManager).FirstOrDefault(),
        }).ToListAsync();
        return new Slice<RoomRow>(
            [.. rows.Select(r => Row(r.Room, r.People, new Standing(r.Room, r.Mine is not null, r.Mine ?? false, role)))], page, await rooms.CountAsync());
    }

    /// <summary>The rooms that newcomers are brought into, by name.</summary>
    public async Task<IReadOnlyList<RoomRow>> DefaultsAsync(Actor actor)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var role = await gate.RequireAsync(db, actor, Right.SeeCommunity);
        var rooms = await db.Rooms.AsNoTracking().Where(r => r.IsDefault).OrderBy(r => r.Name)
            .Select(r => new { Room = r, People = db.Memberships.Count(m => m.RoomId == r.Id) }).ToListAsync();
        return [.. rooms.Select(r => Row(r.Room, r.People, new Standing(r.Room, false, false, role)))];
    }

    /// <summary>The rooms of somebody, by name, but direct conversations. For those who manage people.</summary>
    public async Task<IReadOnlyList<RoomRow>> OfAsync(Actor actor, long userId)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var role = await gate.RequireAsync(db, actor, Right.ManagePeople);
        var rooms = await db.Memberships.AsNoTracking()
            .Where(m => m.UserId == userId && m.Room!.Kind != RoomKind.Direct).OrderBy(m => m.Room!.Name).Take(Slice.PageSize * 4)
            .Select(m => new
            {
                m.Room,
                People = db.Memberships.Count(o => o.RoomId == m.RoomId),
                IsMine = db.Memberships.Any(o => o.RoomId == m.RoomId && o.UserId == actor.UserId),
            })
            .ToListAsync();
        return [.. rooms.Select(r => Row(r.Room!, r.People, new Standing(r.Room!, r.IsMine, false, role)))];
    }

    /// <summary>Brings newcomers into a room from now on, or no longer; who is in the community already stays as they are.</summary>
    /// <exception cref="RefusedException">Not theirs to do, no such room, or one that not everybody may find.</exception>
    public async Task SetDefaultAsync(Actor actor, long roomId, bool isDefault)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await gate.RequireAsync(db, actor, Right.ChangeSettings);
        var room = await db.Rooms.AsTracking().SingleOrDefaultAsync(r => r.Id == roomId && r.Kind != RoomKind.Direct) ?? throw RoomAccess.NotFound();
        if (isDefault && (room.Kind != RoomKind.Public || room.ArchivedAt is not null))
        {
            throw RefusedException.Invalid("Newcomers are brought into public rooms only, and not into archived ones.");
        }

        if (room.IsDefault != isDefault)
        {
            room.IsDefault = isDefault;
            await audit.AddAsync(
                db, actor, AuditAct.SettingChanged, new AuditMatter(AuditSubject.Room, room.Id, $"Default room: {room.Name}", RoomId: room.Id),
                isDefault ? "no" : "yes", isDefault ? "yes" : "no");
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
        }
    }

    private static IQueryable<Room> Sorted(ChatDbContext db, IQueryable<Room> rooms, RoomQuery query) => (query.Order, query.Descending) switch
    {
        (RoomOrder.Kind, false) => rooms.OrderBy(r => r.Kind).ThenBy(r => r.Name).ThenBy(r => r.Id),
        (RoomOrder.Kind, true) => rooms.OrderByDescending(r => r.Kind).ThenBy(r => r.Name).ThenBy(r => r.Id),
        (RoomOrder.People, false) => rooms.OrderBy(r => db.Memberships.Count(m => m.RoomId == r.Id)).ThenBy(r => r.Id),
        (RoomOrder.People, true) => rooms.OrderByDescending(r => db.Memberships.Count(m => m.RoomId == r.Id)).ThenBy(r => r.Id),
        (RoomOrder.Messages, false) => rooms.OrderBy(r => r.LastSeq).ThenBy(r => r.Id),
        (RoomOrder.Messages, true) => rooms.OrderByDescending(r => r.LastSeq).ThenBy(r => r.Id),
        (RoomOrder.Created, false) => rooms.OrderBy(r => r.CreatedAt).ThenBy(r => r.Id),
        (RoomOrder.Created, true) => rooms.OrderByDescending(r => r.CreatedAt).ThenBy(r => r.Id),
        (_, false) => rooms.OrderBy(r => r.Name.ToLower()).ThenBy(r => r.Id),
        _ => rooms.OrderByDescending(r => r.Name.ToLower()).ThenBy(r => r.Id),
    };

    private static RoomRow Row(Room room, int people, Standing standing) => new(
        room.Id, room.Name, room.Kind, people, room.LastSeq, room.CreatedAt, room.IsDefault, standing.IsArchived, room.LockedAt is not null, room.SlowSeconds,
        room.RetentionDays, RoomPolicy.CanSee(standing), RoomPolicy.CanManage(standing));
}
