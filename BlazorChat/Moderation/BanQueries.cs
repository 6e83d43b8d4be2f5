using BlazorChat.Accounts;
using BlazorChat.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Moderation;

/// <summary>Bans as moderators see them. Networks are shown to those who may ban them: addresses are not for every moderator's eyes.</summary>
public sealed class BanQueries(
    IDbContextFactory<ChatDbContext> contexts, PolicyGate gate, PeopleDirectory people, ILookupNormalizer normalizer, TimeProvider time)
{
    private const int MaxSearch = 100;

    /// <summary>A page of bans.</summary>
    public async Task<Slice<BanView>> ListAsync(Actor actor, BanQuery query)
    {
        var role = await gate.RequireAsync(actor, Right.Ban);
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync();
        var bans = Sought(db, Chosen(db, query.Filter, now, Policy.Allows(role, Right.BanAddresses)), query.Search);
        var total = await bans.CountAsync();
        var page = Slice.Clamp(query.Page);
        var found = await Sorted(db, bans, query).Skip(page * Slice.PageSize).Take(Slice.PageSize).ToListAsync();
        return new Slice<BanView>(await ViewsAsync(db, found, now), page, total);
    }

    /// <summary>One ban.</summary>
    /// <exception cref="RefusedException">Not the actor's to see, or there is none of this id.</exception>
    public async Task<BanView> GetAsync(Actor actor, long banId)
    {
        var role = await gate.RequireAsync(actor, Right.Ban);
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync();
        var ban = await Chosen(db, BanFilter.All, now, Policy.Allows(role, Right.BanAddresses)).SingleOrDefaultAsync(b => b.Id == banId);
        return ban is null ? throw RefusedException.NotFound("This ban") : (await ViewsAsync(db, [ban], now))[0];
    }

    /// <summary>The appeal of a ban and its answer; <see langword="null"/> where nobody appealed.</summary>
    internal static async Task<AppealView?> AppealOfAsync(Ban ban, PeopleDirectory people) => ban.Appeal is not { } text ? null : new AppealView(
        text, ban.AppealedAt ?? ban.At, ban.AppealAnswer, ban.AnsweredAt, ban.AnsweredById is { } by ? (await people.GetAsync(by)).Name : null);

    private static IQueryable<Ban> Chosen(ChatDbContext db, BanFilter filter, DateTimeOffset now, bool withNetworks)
    {
        var bans = db.Bans.AsNoTracking().Where(b => withNetworks || b.UserId != null);
        return filter switch
        {
            BanFilter.Active => bans.Where(b => b.LiftedAt == null && (b.Until == null || b.Until > now)),
            BanFilter.Over => bans.Where(b => b.LiftedAt != null || b.Until <= now),
            BanFilter.Appealed => bans.Where(b => b.AppealedAt != null && b.AnsweredAt == null && b.LiftedAt == null && (b.Until == null || b.Until > now)),
            _ => bans,
        };
    }

    private IQueryable<Ban> Sought(ChatDbContext db, IQueryable<Ban> bans, string? search)
    {
        if (search?.Trim() is not { Length: > 0 and <= MaxSearch } text || !PasswordRules.IsWellFormed(text))
        {
            return bans;
        }

        var name = normalizer.NormalizeName(text);
        var anywhere = $"%{text.Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_")}%";
        return bans.Where(b => EF.Functions.Like(b.Reason, anywhere, "\\") || (b.Network != null && b.Network.Contains(text))
            || db.Users.Any(u => u.Id == b.UserId && u.NormalizedUserName!.Contains(name)));
    }

    private static IQueryable<Ban> Sorted(ChatDbContext db, IQueryable<Ban> bans, BanQuery query)
    {
        var forGood = ActivePeople.Forever;
        return (query.Order, query.IsDescending) switch
        {
            (BanOrder.Name, false) => bans.OrderBy(b => b.Network ?? db.Users.Where(u => u.Id == b.UserId).Select(u => u.NormalizedUserName).FirstOrDefault()).ThenBy(b => b.Id),
            (BanOrder.Name, true) => bans.OrderByDescending(b => b.Network ?? db.Users.Where(u => u.Id == b.UserId).Select(u => u.NormalizedUserName).FirstOrDefault()).ThenBy(b => b.Id),
            (BanOrder.At, false) => bans.OrderBy(b => b.At).ThenBy(b => b.Id),
            (BanOrder.At, true) => bans.OrderByDescending(b => b.At).ThenByDescending(b => b.Id),
            (BanOrder.Until, false) => bans.OrderBy(b => b.Until ?? forGood).ThenBy(b => b.Id),
            (BanOrder.Until, true) => bans.OrderByDescending(b => b.Until ?? forGood).ThenBy(b => b.Id),
            _ => bans.OrderByDescending(b => b.AppealedAt != null && b.AnsweredAt == null && b.LiftedAt == null).ThenByDescending(b => b.At).ThenByDescending(b => b.Id),
        };
    }

    private async Task<IReadOnlyList<BanView>> ViewsAsync(ChatDbContext db, List<Ban> bans, DateTimeOffset now)
    {
        long?[] ids = [.. bans.Select(b => (long?)b.Id)];
        var restorable = await db.RemovedMessages.Where(r => ids.Contains(r.BanId) && r.Text != null)
            .GroupBy(r => r.BanId!.Value).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count);
        var named = await people.GetAsync([.. bans.SelectMany(b => new[] { b.UserId, b.ById, b.LiftedById, b.AnsweredById }).OfType<long>().Distinct()]);
        List<BanView> views = new(bans.Count);
        foreach (var ban in bans)
        {
            views.Add(new BanView(
                ban.Id, ban.UserId is { } id ? named[id] : null, ban.Network, ban.Reason, named[ban.ById].Name, ban.At, ban.Until, BanService.StateOf(ban, now),
                ban.LiftedById is { } lifter ? named[lifter].Name : null, ban.LiftedAt, restorable.GetValueOrDefault(ban.Id), await AppealOfAsync(ban, people)));
        }

        return views;
    }
}
