using System.Net;
using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Live;
using BlazorChat.Moderation;

namespace BlazorChat.Tests.Moderation;

/// <summary>A banned network keeps out whoever comes from it, but those who can undo it; and it is said before whom that concerns.</summary>
public sealed class NetworkBansTests
{
    private static readonly IPAddress Inside = IPAddress.Parse("203.0.113.9");
    private static readonly IPAddress Outside = IPAddress.Parse("203.0.114.9");

    [Fact]
    public async Task Preview_NamesWhoElseWasSeenThere_AndTheActorsOwnAddress()
    {
        await using var host = await ChatHost.StartAsync();
        var networks = host.Get<NetworkBans>();
        foreach (var (name, address) in ((string, string)[])[("Bob", "203.0.113.9"), ("Eve", "203.0.113.200"), ("Cem", "203.0.114.1"), ("Dan", "2001:db8::7")])
        {
            var actor = await host.AddAsync(name);
            host.Get<Sightings>().Note(actor, IPAddress.Parse(address));
        }

        var max = await BanServiceTests.ModeratorAsync(host, role: Role.Administrator);
        host.Get<Sightings>().Note(max, Inside);
        var preview = await networks.PreviewAsync(host.Ann, "203.0.113.77/24");
        Assert.Equal(("203.0.113.0/24", 3, null), (preview.Network, preview.Count, preview.MyAddress));
        Assert.Equal(["Bob", "Eve", "Max"], preview.People.Select(p => p.Person.Name).Order());
        Assert.Equal("Max", Assert.Single(preview.People, p => p.IsSpared).Person.Name);
        Assert.Equal("203.0.113.9", (await networks.PreviewAsync(max, "203.0.113.0/24")).MyAddress);
        Assert.Equal("Dan", Assert.Single((await networks.PreviewAsync(host.Ann, "2001:db8::/32")).People).Person.Name);
        Assert.Equal("203.0.113.200", await networks.LastAddressAsync(host.Ann, preview.People.Single(p => p.Person.Name == "Eve").Person.Id));

        host.Pass(NetworkBans.Recently + TimeSpan.FromMinutes(1));
        Assert.Equal(0, (await networks.PreviewAsync(host.Ann, "203.0.113.0/24")).Count);
    }

    [Fact]
    public async Task Preview_OfManyPeople_ListsTheLatestAndCountsTheRest()
    {
        await using var host = await ChatHost.StartAsync();
        await using (var db = await host.OpenAsync())
        {
            db.Users.AddRange(Enumerable.Range(0, 70).Select(i => new AppUser
            {
                Id = 1000 + i, UserName = $"P{i}", NormalizedUserName = $"P{i}", SecurityStamp = "", CreatedAt = host.Time.GetUtcNow(),
            }));
            db.Sessions.AddRange(Enumerable.Range(0, 70).Select(i => new Session
            {
                Id = Guid.NewGuid(), UserId = 1000 + i, Device = "a browser", CreatedAt = host.Time.GetUtcNow(), Address = $"198.51.100.{i}",
                LastSeenAt = host.Time.GetUtcNow().AddMinutes(-i),
            }));
            await db.SaveChangesAsync();
        }

        var preview = await host.Get<NetworkBans>().PreviewAsync(host.Ann, "198.51.100.0/24");
        Assert.Equal((70, NetworkBans.MaxListed, "P0"), (preview.Count, preview.People.Count, preview.People[0].Person.Name));
    }

    [Fact]
    public async Task BanAsync_EndsWhoIsThere_LeavesAdministratorsAndOthersAlone_AndKeepsPeopleOut()
    {
        await using var host = await ChatHost.StartAsync();
        var sightings = host.Get<Sightings>();
        var (bob, cem) = (await host.AddAsync("Bob"), await host.AddAsync("Cem"));
        var max = await BanServiceTests.ModeratorAsync(host, role: Role.Administrator);
        var token = await host.Get<TokenService>().CreateAsync(bob, "script", Scope.Read);
        var program = (await host.Get<TokenRegistry>().FindAsync(token.Token))!.Actor;
        var moved = await host.SignInAsync(cem.UserId);
        sightings.Note(bob, IPAddress.Parse("::ffff:203.0.113.9"));
        sightings.Note(program, Inside);
        sightings.Note(max, Inside);
        sightings.Note(cem, Outside);

        // A tab that was opened there stays open while the laptop goes on elsewhere.
        sightings.Note(moved, Inside);
        sightings.Note(moved, Outside);
        using Ear bobs = host.Listen(bob), programs = host.Listen(program), maxs = host.Listen(max), cems = host.Listen(cem), moveds = host.Listen(moved);
        await host.Get<NetworkBans>().BanAsync(host.Ann, "203.0.113.0/24", TimeSpan.FromHours(1), "An attack.");

        await bobs.HearsAsync<SessionEnded>();
        await programs.HearsAsync<SessionEnded>();
        await moveds.HearsAsync<SessionEnded>();
        Assert.False(await host.Sessions.IsActiveAsync(bob));
        Assert.False(await host.Sessions.IsActiveAsync(moved));
        Assert.True(await host.Sessions.IsActiveAsync(program));
        Assert.Empty(await maxs.DrainedAsync<SessionEnded>());
        Assert.Empty(await cems.DrainedAsync<SessionEnded>());

        var refused = await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Sessions.StartAsync(bob.UserId, "x", SessionKind.Browser, Inside));
        Assert.Contains("An attack.", refused.Message, StringComparison.Ordinal);
        await host.Sessions.StartAsync(bob.UserId, "x", SessionKind.Browser, Outside);
        await host.Sessions.StartAsync(max.UserId, "x", SessionKind.Browser, Inside);
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Get<RegistrationService>().RegisterAsync("Zed", "zed@example.com", ChatHost.Password, "x", Inside));
        await ChatHost.RefusedAsync(Refusal.Conflict, () => host.Get<NetworkBans>().BanAsync(max, "203.0.113.255/24", null, "The same."));

        host.Time.Advance(TimeSpan.FromHours(1));
        await host.Sessions.StartAsync(bob.UserId, "x", SessionKind.Browser, Inside);
    }

    [Fact]
    public async Task BannedNetwork_IsKnownAfterARestart_UntilItIsLifted()
    {
        var host = await ChatHost.StartAsync();
        try
        {
            var bob = await host.AddAsync("Bob");
            var ban = await host.Get<NetworkBans>().BanAsync(host.Ann, "203.0.113.9", null, "An attack.");
            host = await host.RestartAsync();
            Assert.NotNull(host.Get<BlockedNetworks>().Find(Inside));
            Assert.Null(host.Get<BlockedNetworks>().Find(Outside));
            Assert.Null(host.Get<BlockedNetworks>().Find(null));
            Assert.NotNull(await host.Get<BlockedNetworks>().FindForAsync(bob.UserId, Inside));
            Assert.Null(await host.Get<BlockedNetworks>().FindForAsync(host.Ann.UserId, Inside));
            await host.Get<BanService>().LiftAsync(host.Ann, ban);
            Assert.Null(host.Get<BlockedNetworks>().Find(Inside));
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task Networks_AreShownToThoseWhoMayBanThem()
    {
        await using var host = await ChatHost.StartAsync();
        var max = await BanServiceTests.ModeratorAsync(host);
        await host.Get<NetworkBans>().BanAsync(host.Ann, "203.0.113.9", null, "An attack.");
        Assert.Empty((await host.Get<BanQueries>().ListAsync(max, new BanQuery(BanFilter.All))).Rows);
        Assert.Equal("203.0.113.9", Assert.Single((await host.Get<BanQueries>().ListAsync(host.Ann, new BanQuery(Search: "113"))).Rows).Network);
    }
}
