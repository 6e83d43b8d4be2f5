using System.Net;
using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Data;
using BlazorChat.Live;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Moderation;

/// <summary>
/// Bans networks: who comes from one is kept out of pages, API and sockets, and what is open from there is ended at once. Administrators
/// and owners are never kept out. <see cref="BanService.LiftAsync(Actor, long, bool)"/> lifts these bans too.
/// </summary>
public sealed class NetworkBans(
    IDbContextFactory<ChatDbContext> contexts, PolicyGate gate, SessionRegistry sessions, BlockedNetworks blocked, Sightings sightings,
    PeopleDirectory people, AuditLog audit, ChatService chat, TimeProvider time) : IHostedService, IDisposable
{
    /// <summary>Most people that a preview lists.</summary>
    public const int MaxListed = 50;

    /// <summary>How long somebody counts as seen recently.</summary>
    public static readonly TimeSpan Recently = TimeSpan.FromDays(30);

    private readonly SemaphoreSlim _loading = new(1);

    /// <summary>Bans a network, or one address.</summary>
    /// <param name="actor">Who bans it.</param>
    /// <param name="network">An address, or a network in CIDR form.</param>
    /// <param name="lasting">For how long; <see langword="null"/> for good.</param>
    /// <param name="reason">Why, for those who are kept out to read.</param>
    /// <returns>The ban's id.</returns>
    /// <exception cref="RefusedException">No network, one that is too wide, no reason; not the actor's to do; or a Conflict: it is banned already.</exception>
    public async Task<long> BanAsync(Actor actor, string? network, TimeSpan? lasting, string? reason)
    {
        var parsed = NetworkRange.Parse(network);
        var (text, now) = (NetworkRange.Text(parsed), time.GetUtcNow());
        var ban = new Ban { Network = text, Reason = BanText.Reason(reason), ById = actor.UserId, At = now, Until = BanText.End(lasting, now) };
        await using (var db = await contexts.CreateDbContextAsync())
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            await gate.RequireAsync(db, actor, Right.BanAddresses);
            if (await Active(db, now).FirstOrDefaultAsync(b => b.Network == text) is { } other)
            {
                throw new RefusedException(
                    Refusal.Conflict, $"{text} is banned already: by {(await people.GetAsync(other.ById)).Name}, {BanText.Until(other.Until)}.");
            }

            db.Bans.Add(ban);
            await db.SaveChangesAsync();
            await audit.AddAsync(
                db, actor, AuditAct.AddressBanned, new AuditMatter(AuditSubject.Ban, ban.Id, text), after: BanText.Until(ban.Until), reason: ban.Reason);
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
        }

        // First nobody new comes in, then those who are there go: whoever came in between was noted, and is found.
        await LoadAsync();
        await EndAllFromAsync(parsed);
        chat.Raise(new ModerationChanged(ModerationList.Bans));
        return ban.Id;
    }

    /// <summary>What banning a network would do, and to whom; nothing is changed.</summary>
    /// <param name="actor">Who asks; they are not listed.</param>
    /// <param name="network">An address, or a network in CIDR form.</param>
    /// <param name="besides">Somebody who is banned with it, and not listed either.</param>
    public async Task<NetworkPreview> PreviewAsync(Actor actor, string? network, long? besides = null)
    {
        await gate.RequireAsync(actor, Right.BanAddresses);
        var parsed = NetworkRange.Parse(network);
        await sightings.StoreAsync(all: true);
        var since = time.GetUtcNow() - Recently;
        await using var db = await contexts.CreateDbContextAsync();
        Dictionary<long, (string Address, DateTimeOffset At)> latest = [];
        await foreach (var session in SeenIn(db, parsed).Where(s => s.LastSeenAt > since && s.UserId != actor.UserId && s.UserId != besides)
            .Select(s => new { s.UserId, s.Address, s.LastSeenAt }).AsAsyncEnumerable())
        {
            if (NetworkRange.Contains(parsed, session.Address) && (!latest.TryGetValue(session.UserId, out var known) || known.At < session.LastSeenAt))
            {
                latest[session.UserId] = (session.Address!, session.LastSeenAt!.Value);
            }
        }

        var newest = latest.OrderByDescending(l => l.Value.At).Take(MaxListed).ToList();
        var named = await people.GetAsync([.. newest.Select(l => l.Key)]);
        var mine = sightings.AddressOf(actor.SessionId);
        return new NetworkPreview(
            NetworkRange.Text(parsed), NetworkRange.Contains(parsed, mine) ? mine : null,
            [.. newest.Where(l => named.ContainsKey(l.Key)).Select(l => new SeenThere(named[l.Key], l.Value.Address, l.Value.At))], latest.Count);
    }

    /// <summary>The address that somebody was last seen at, to ban it with them; <see langword="null"/> where none is known.</summary>
    public async Task<string?> LastAddressAsync(Actor actor, long userId)
    {
        await gate.RequireAsync(actor, Right.BanAddresses);
        await sightings.StoreAsync(all: true);
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Sessions.Where(s => s.UserId == userId && s.Address != null).OrderByDescending(s => s.LastSeenAt).Select(s => s.Address).FirstOrDefaultAsync();
    }

    /// <summary>Takes up what is stored; one at a time, so that the last word is the newest.</summary>
    internal async Task LoadAsync()
    {
        await _loading.WaitAsync();
        try
        {
            await using var db = await contexts.CreateDbContextAsync();
            var bans = await Active(db, time.GetUtcNow()).OrderBy(b => b.Id).ToListAsync();
            blocked.Set(bans.Select(b => new BlockedNetwork(b.Id, NetworkRange.Parse(b.Network), b.Reason, b.Until)));
        }
        finally
        {
            _loading.Release();
        }
    }

    async Task IHostedService.StartAsync(CancellationToken cancellationToken) => await LoadAsync();

    Task IHostedService.StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _loading.Dispose();

    private static IQueryable<Ban> Active(ChatDbContext db, DateTimeOffset now) =>
        db.Bans.AsNoTracking().Where(b => b.Network != null && b.LiftedAt == null && (b.Until == null || b.Until > now));

    /// <summary>Sessions last used from the network, and perhaps a few from beside it.</summary>
    private static IQueryable<Session> SeenIn(ChatDbContext db, IPNetwork network)
    {
        var (from, before) = NetworkRange.Bounds(network);
#pragma warning disable CA1309 // The database compares, byte by byte.
        var sessions = db.Sessions.AsNoTracking().Where(s => s.Address != null && string.Compare(s.Address, from) >= 0);
        return before is null ? sessions : sessions.Where(s => string.Compare(s.Address, before) < 0);
#pragma warning restore CA1309
    }

    /// <summary>
    /// Ends the sessions of browsers and apps that are or were used from a network. A token goes on, because the script that has it may run
    /// elsewhere too; its connections are cut, and do not come back from there.
    /// </summary>
    private async Task EndAllFromAsync(IPNetwork network)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var ids = sightings.From(network).Select(s => s.SessionId).ToHashSet();
        await foreach (var session in SeenIn(db, network).Where(s => s.EndedAt == null).Select(s => new { s.Id, s.Address }).AsAsyncEnumerable())
        {
            if (NetworkRange.Contains(network, session.Address))
            {
                ids.Add(session.Id);
            }
        }

        foreach (var some in ids.Chunk(500))
        {
            var open = await (
                from session in db.Sessions
                where some.Contains(session.Id) && session.EndedAt == null
                join user in db.Users on session.UserId equals user.Id
                select new { session.Id, session.UserId, session.Kind, user.Role }).ToListAsync();
            open.RemoveAll(s => !BlockedNetworks.KeepsOut(s.Role));
            Guid[] ending = [.. open.Where(s => s.Kind != SessionKind.Token).Select(s => s.Id)];
            sessions.Cut(await sessions.EndAsync(db, s => ending.Contains(s.Id)));
            foreach (var token in open.Where(s => s.Kind == SessionKind.Token))
            {
                chat.EndSession(token.UserId, token.Id);
            }
        }
    }
}
