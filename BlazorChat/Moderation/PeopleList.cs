using BlazorChat.Accounts;
using BlazorChat.Data;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Moderation;

/// <summary>Everybody in the community, for moderators; what only administrators see of them is left out for others.</summary>
public sealed class PeopleList(IDbContextFactory<ChatDbContext> contexts, PolicyGate gate, ILookupNormalizer normalizer, TimeProvider time)
{
    /// <summary>
    /// Up to here, those who match a search are found first and sorted then; above, the list is walked in its order, because among so
    /// many the next match is near.
    /// </summary>
    private const int MaxFound = 3_000;

    /// <summary>A page of people.</summary>
    public async Task<Slice<PersonRow>> ListAsync(Actor actor, PeopleQuery query)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var role = await gate.RequireAsync(db, actor, Right.SeeCommunity);
        var seesDetails = Policy.Allows(role, Right.ManagePeople);
        var now = time.GetUtcNow();
        var found = db.Users.AsNoTracking();
        found = query.Role is { } wanted ? found.Where(u => u.Role == wanted) : found;
        found = WithStatus(db, found, query.Status, now);
        if (query.Status is PersonStatus.Ended or PersonStatus.Deleted)
        {
            // No index knows them: they are found in the order of the table, which is read faster than in any other.
            found = Among(found, await WithStatus(db, db.Users, query.Status, now).OrderBy(u => u.Id).Select(u => u.Id).Take(MaxFound + 1).ToListAsync()) ?? found;
        }

        // How many match is known from finding them, where nothing else leaves some of them out.
        int? matches = null;
        if (query.Search?.Trim() is { Length: > 0 and <= EmailAddress.MaxLength } text && PasswordRules.IsWellFormed(text))
        {
            (found, matches) = await MatchingAsync(db, found, normalizer.NormalizeName(text), seesDetails);
        }

        var all = query is { Status: null, Role: null } && string.IsNullOrWhiteSpace(query.Search);
        var page = Math.Min(Slice.Clamp(query.Page), all ? int.MaxValue : Slice.MaxCounted / Slice.PageSize - 1);
        var rows = await Sorted(found, query).Skip(page * Slice.PageSize).Take(Slice.PageSize)
            .Select(u => new
            {
                u.Id, u.UserName, u.Avatar, u.Role, u.IsBot, u.Email, u.CreatedAt, u.LastSeenAt, u.TwoFactorEnabled, u.BannedUntil, u.LockoutEnd, u.DeletedAt,
                MutedUntil = db.Mutes.Where(m => m.UserId == u.Id && m.RoomId == Mute.Everywhere).Select(m => (DateTimeOffset?)m.Until).FirstOrDefault(),
            })
            .ToListAsync();

        // All are counted from an index; of those that something leaves, no more than anybody turns through.
        var total = query is { Status: null, Role: null } && matches is { } known ? known
            : all ? await found.CountAsync()
            : await Sorted(found, query).Take(Slice.MaxCounted + 1).CountAsync();
        return new Slice<PersonRow>(
            [.. rows.Select(u => Row(
                new PersonView(u.Id, u.UserName!, u.Avatar, u.Role, u.IsBot), seesDetails ? u.Email : null,
                u.DeletedAt, u.LockoutEnd, u.BannedUntil, u.MutedUntil, u.CreatedAt, u.LastSeenAt, seesDetails && u.TwoFactorEnabled, now))],
            page, all ? total : Math.Min(total, Slice.MaxCounted), !all && total > Slice.MaxCounted);
    }

    /// <summary>One person.</summary>
    /// <exception cref="RefusedException">Not for the actor to see, or nobody has this id.</exception>
    public async Task<PersonFile> FindAsync(Actor actor, long userId)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var role = await gate.RequireAsync(db, actor, Right.SeeCommunity);
        var seesDetails = Policy.Allows(role, Right.ManagePeople);
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == userId) ?? throw RefusedException.NotFound("This person");
        var mutedUntil = await db.Mutes.Where(m => m.UserId == userId && m.RoomId == Mute.Everywhere).Select(m => (DateTimeOffset?)m.Until).SingleOrDefaultAsync();
        var row = Row(
            new PersonView(user.Id, user.Name, user.Avatar, user.Role, user.IsBot), seesDetails ? user.Email : null, user.DeletedAt, user.LockoutEnd,
            user.BannedUntil, mutedUntil, user.CreatedAt, user.LastSeenAt, seesDetails && user.TwoFactorEnabled, time.GetUtcNow());
        var isThere = row.Status is not (PersonStatus.Ended or PersonStatus.Deleted);
        var outranks = Policy.Outranks(role, user.Role);
        return new PersonFile(
            row, seesDetails, Policy.Allows(role, Right.ReadAuditLog),
            MayManage: isThere && seesDetails && (outranks || userId == actor.UserId),
            MayMute: isThere && outranks && Policy.Allows(role, Right.MuteEverywhere),
            MayBan: isThere && outranks && Policy.Allows(role, Right.Ban),
            isThere ? Roles(role, user, actor) : []);
    }

    /// <summary>How many people have each role.</summary>
    public async Task<IReadOnlyDictionary<Role, int>> CountAsync(Actor actor)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await gate.RequireAsync(db, actor, Right.SeeCommunity);
        return await db.Users.GroupBy(u => u.Role).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count);
    }

    /// <summary>The roles that <see cref="PeopleService.SetRoleAsync"/> would let the reader give, but the one that they have.</summary>
    private static Role[] Roles(Role mine, AppUser user, Actor actor)
    {
        var isOwn = user.Id == actor.UserId;
        return user.IsBot || !Policy.Allows(mine, Right.ChangeRoles) || !(isOwn || Policy.Outranks(mine, user.Role))
            ? []
            : [.. Enum.GetValues<Role>().OrderDescending().Where(r =>
                r != Role.Bot && r != user.Role && r <= mine && (r != Role.Owner || Policy.Allows(mine, Right.ShareOwnership)))];
    }

    /// <summary>
    /// Who has a text in their name or address. The search reads the two indexes, which are a tenth of the accounts, and looks up an
    /// account only where it is shown.
    /// </summary>
    private static async Task<(IQueryable<AppUser> Found, int Count)> MatchingAsync(ChatDbContext db, IQueryable<AppUser> users, string wanted, bool byEmail)
    {
        HashSet<long> ids = [.. await db.Users.Where(u => u.NormalizedUserName!.Contains(wanted)).OrderBy(u => u.NormalizedUserName)
            .Select(u => u.Id).Take(MaxFound + 1).ToListAsync()];
        if (byEmail && ids.Count <= MaxFound)
        {
            ids.UnionWith(await db.Users.Where(u => u.NormalizedEmail!.Contains(wanted)).OrderBy(u => u.NormalizedEmail)
                .Select(u => u.Id).Take(MaxFound + 1).ToListAsync());
        }

        return (
            Among(users, ids) ?? users.Where(u => u.NormalizedUserName!.Contains(wanted) || byEmail && u.NormalizedEmail!.Contains(wanted)), ids.Count);
    }

    private static IQueryable<AppUser>? Among(IQueryable<AppUser> users, ICollection<long> ids) =>
        ids.Count <= MaxFound ? users.Where(u => ids.Contains(u.Id)) : null;

    private static IQueryable<AppUser> WithStatus(ChatDbContext db, IQueryable<AppUser> users, PersonStatus? status, DateTimeOffset now) => status switch
    {
        PersonStatus.Deleted => users.Where(u => u.DeletedAt != null),
        PersonStatus.Ended => users.Where(u => u.DeletedAt == null && u.LockoutEnd >= ActivePeople.Forever),
        PersonStatus.Banned => users.Where(u => u.BannedUntil > now && u.DeletedAt == null && (u.LockoutEnd == null || u.LockoutEnd < ActivePeople.Forever)),
        PersonStatus.Muted => users.Where(u => db.Mutes.Where(m => m.RoomId == Mute.Everywhere && m.Until > now).Select(m => m.UserId).Contains(u.Id)
            && (u.BannedUntil == null || u.BannedUntil <= now) && u.DeletedAt == null && (u.LockoutEnd == null || u.LockoutEnd < ActivePeople.Forever)),
        PersonStatus.Active => users.Where(u => u.DeletedAt == null && (u.BannedUntil == null || u.BannedUntil <= now)
            && (u.LockoutEnd == null || u.LockoutEnd < ActivePeople.Forever)
            && !db.Mutes.Any(m => m.UserId == u.Id && m.RoomId == Mute.Everywhere && m.Until > now)),
        _ => users,
    };

    private static IQueryable<AppUser> Sorted(IQueryable<AppUser> users, PeopleQuery query) => (query.Order, query.Descending) switch
    {
        (PeopleOrder.Role, false) => users.OrderBy(u => u.Role).ThenBy(u => u.Id),
        (PeopleOrder.Role, true) => users.OrderByDescending(u => u.Role).ThenByDescending(u => u.Id),
        (PeopleOrder.Created, false) => users.OrderBy(u => u.CreatedAt).ThenBy(u => u.Id),
        (PeopleOrder.Created, true) => users.OrderByDescending(u => u.CreatedAt).ThenByDescending(u => u.Id),
        (PeopleOrder.LastSeen, false) => users.OrderBy(u => u.LastSeenAt).ThenBy(u => u.Id),
        (PeopleOrder.LastSeen, true) => users.OrderByDescending(u => u.LastSeenAt).ThenByDescending(u => u.Id),
        (_, false) => users.OrderBy(u => u.NormalizedUserName),
        _ => users.OrderByDescending(u => u.NormalizedUserName),
    };

    private static PersonRow Row(
        PersonView person, string? email, DateTimeOffset? deletedAt, DateTimeOffset? lockoutEnd, DateTimeOffset? bannedUntil, DateTimeOffset? mutedUntil,
        DateTimeOffset createdAt, DateTimeOffset? lastSeenAt, bool hasTwoFactor, DateTimeOffset now)
    {
        var status = deletedAt is not null ? PersonStatus.Deleted
            : lockoutEnd >= ActivePeople.Forever ? PersonStatus.Ended
            : bannedUntil > now ? PersonStatus.Banned
            : mutedUntil > now ? PersonStatus.Muted
            : PersonStatus.Active;
        var until = status switch
        {
            PersonStatus.Banned when bannedUntil < ActivePeople.Forever => bannedUntil,
            PersonStatus.Muted => mutedUntil,
            _ => null,
        };
        return new PersonRow(person, email, status, until, createdAt, lastSeenAt, hasTwoFactor);
    }
}
