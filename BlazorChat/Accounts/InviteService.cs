using System.Buffers.Text;
using System.Security.Cryptography;
using BlazorChat.Accounts.Audit;
using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Accounts;

/// <summary>Whether an invite admits, or why not.</summary>
public enum InviteState
{
    /// <summary>It admits at least one more person.</summary>
    Valid,

    /// <summary>There is none with this code.</summary>
    Unknown,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>It has admitted as many as it may.</summary>
    UsedUp,

    /// <summary>An administrator withdrew it.</summary>
    Revoked,
}

/// <summary>An invite as administrators see it.</summary>
/// <param name="Id">Key.</param>
/// <param name="Code">The secret part; <see cref="Path"/> is the link.</param>
/// <param name="CreatedByName">Who made it.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="ExpiresAt">From here on it admits nobody.</param>
/// <param name="MaxUses">How many it admits at the most.</param>
/// <param name="Uses">How many it has admitted.</param>
/// <param name="State">Whether it admits now.</param>
/// <param name="Role">What people become by it.</param>
/// <param name="RoomIds">Rooms that they are brought into besides the default ones; for guests the only ones.</param>
public sealed record InviteView(
    long Id, string Code, string CreatedByName, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, int MaxUses, int Uses, InviteState State,
    Role Role, IReadOnlyList<long> RoomIds)
{
    /// <summary>The link to give away, relative to the site.</summary>
    public string Path => $"/join/{Code}";
}

/// <summary>Links that admit people. Administrators make and revoke them.</summary>
public sealed class InviteService(
    IDbContextFactory<ChatDbContext> contexts, PolicyGate gate, PeopleDirectory people, AuditLog audit, IEnumerable<INewcomerWelcome> welcomes,
    TimeProvider time)
{
    /// <summary>Most people that one invite admits.</summary>
    public const int MaxUses = 10_000;

    /// <summary>Most rooms that one invite brings people into.</summary>
    public const int MaxRooms = 20;

    /// <summary>Makes an invite that is good for some days and some people.</summary>
    /// <param name="actor">Who makes it.</param>
    /// <param name="days">For how many days.</param>
    /// <param name="maxUses">For how many people.</param>
    /// <param name="role">What they become: members, or guests.</param>
    /// <param name="roomIds">Rooms that they are brought into besides the default ones; for guests the only ones, one at least.</param>
    /// <exception cref="RefusedException">Out of these limits, or a room that is not the actor's to bring people into.</exception>
    public async Task<InviteView> CreateAsync(
        Actor actor, int days, int maxUses, Role role = Role.Member, IReadOnlyCollection<long>? roomIds = null)
    {
        long[] rooms = [.. (roomIds ?? []).Distinct()];
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await gate.RequireAsync(db, actor, Right.Invite);
        Check(days, maxUses, role, rooms);
        foreach (var welcome in welcomes)
        {
            await welcome.RequireRoomsAsync(actor, db, rooms);
        }

        var now = time.GetUtcNow();
        var invite = new Invite
        {
            Code = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)),
            CreatedById = actor.UserId,
            CreatedAt = now,
            ExpiresAt = now.AddDays(days),
            MaxUses = maxUses,
            Role = role,
            RoomIds = [.. rooms],
        };
        db.Invites.Add(invite);
        await db.SaveChangesAsync();
        await audit.AddAsync(
            db, actor, AuditAct.InviteMade, MatterOf(invite),
            after: $"{maxUses} {(role == Role.Guest ? "guests" : "people")}, {days} days" + (rooms.Length > 0 ? $", rooms {string.Join(", ", rooms)}" : ""));
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return await ViewAsync(invite, now);
    }

    /// <summary>A page of invites, the newest first.</summary>
    public async Task<Slice<InviteView>> ListAsync(Actor actor, int page = 0)
    {
        await gate.RequireAsync(actor, Right.Invite);
        page = Slice.Clamp(page);
        await using var db = await contexts.CreateDbContextAsync();
        var invites = await db.Invites.AsNoTracking().OrderByDescending(i => i.Id).Skip(page * Slice.PageSize).Take(Slice.PageSize).ToListAsync();
        var now = time.GetUtcNow();
        List<InviteView> views = [];
        foreach (var invite in invites)
        {
            views.Add(await ViewAsync(invite, now));
        }

        return new Slice<InviteView>(views, page, await db.Invites.CountAsync());
    }

    /// <summary>Withdraws an invite; it admits nobody from now on.</summary>
    public async Task RevokeAsync(Actor actor, long id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await gate.RequireAsync(db, actor, Right.Invite);
        var invite = await db.Invites.AsTracking().SingleOrDefaultAsync(i => i.Id == id) ?? throw RefusedException.NotFound("This invite");
        if (invite.RevokedAt is null)
        {
            invite.RevokedAt = time.GetUtcNow();
            await audit.AddAsync(db, actor, AuditAct.InviteRevoked, MatterOf(invite), before: $"{invite.Uses} of {invite.MaxUses} used");
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
        }
    }

    /// <summary>Whether a code admits somebody now. For anybody who has the link.</summary>
    public async Task<InviteState> PeekAsync(string? code)
    {
        if (string.IsNullOrEmpty(code))
        {
            return InviteState.Unknown;
        }

        await using var db = await contexts.CreateDbContextAsync();
        return await db.Invites.AsNoTracking().SingleOrDefaultAsync(i => i.Code == code) is { } invite
            ? StateOf(invite, time.GetUtcNow())
            : InviteState.Unknown;
    }

    /// <summary>Why a code admits nobody, in words for the person who holds it.</summary>
    public static string Explain(InviteState state) => state switch
    {
        InviteState.Valid => "This invite is good.",
        InviteState.Expired => "This invite has expired. Ask for a new one.",
        InviteState.UsedUp => "This invite has been used up. Ask for a new one.",
        InviteState.Revoked => "This invite was withdrawn. Ask for a new one.",
        _ => "There is no such invite. Check the link, or ask for a new one.",
    };

    /// <summary>Counts one use in the caller's transaction.</summary>
    /// <exception cref="RefusedException">It does not admit anybody any more.</exception>
    internal async Task<Admittance> ConsumeAsync(ChatDbContext db, string code)
    {
        // One statement decides and counts, so that of several at the last place exactly one gets it.
        var now = time.GetUtcNow();
        var admitted = await db.Invites
            .Where(i => i.Code == code && i.RevokedAt == null && i.ExpiresAt > now && i.Uses < i.MaxUses)
            .ExecuteUpdateAsync(set => set.SetProperty(i => i.Uses, i => i.Uses + 1));
        if (admitted == 0)
        {
            var invite = await db.Invites.AsNoTracking().SingleOrDefaultAsync(i => i.Code == code);
            throw Refuse(invite is null ? InviteState.Unknown : StateOf(invite, now));
        }

        var used = await db.Invites.AsNoTracking().SingleAsync(i => i.Code == code);
        return new Admittance(used.Role, used.RoomIds);
    }

    internal static RefusedException Refuse(InviteState state) =>
        new(Refusal.Forbidden, Explain(state)) { Field = InputField.InviteCode };

    private static void Check(int days, int maxUses, Role role, long[] rooms)
    {
        if (days is < 1 or > Invite.MaxDays)
        {
            throw RefusedException.Invalid($"An invite is good for 1 to {Invite.MaxDays} days.", "Days");
        }

        if (maxUses is < 1 or > MaxUses)
        {
            throw RefusedException.Invalid($"An invite admits 1 to {MaxUses:N0} people.", "MaxUses");
        }

        if (role is not (Role.Member or Role.Guest))
        {
            throw RefusedException.Invalid("People become members or guests by an invite. Give them another role afterwards.");
        }

        if (rooms.Length > MaxRooms || (role == Role.Guest && rooms.Length == 0))
        {
            throw RefusedException.Invalid(
                rooms.Length > MaxRooms ? $"An invite brings people into {MaxRooms} rooms at the most." : "Guests are only in the rooms that they are invited to: choose one at least.",
                InputField.Rooms);
        }
    }

    // Not by its code: who reads the log is not who gives the link away.
    private static AuditMatter MatterOf(Invite invite) => new(AuditSubject.Invite, invite.Id, $"Invite {invite.Id}");

    private static InviteState StateOf(Invite invite, DateTimeOffset now) =>
        invite.Admits(now) ? InviteState.Valid
        : invite.RevokedAt is not null ? InviteState.Revoked
        : invite.Uses >= invite.MaxUses ? InviteState.UsedUp
        : InviteState.Expired;

    private async Task<InviteView> ViewAsync(Invite invite, DateTimeOffset now) => new(
        invite.Id, invite.Code, (await people.GetAsync(invite.CreatedById)).Name,
        invite.CreatedAt, invite.ExpiresAt, invite.MaxUses, invite.Uses, StateOf(invite, now), invite.Role, invite.RoomIds);
}
