using BlazorChat.Accounts;
using BlazorChat.Rooms;

namespace BlazorChat.Tests.Rooms;

public sealed class BlockServiceTests
{
    [Fact]
    public async Task BlockAsync_IsKnownToOneselfAlone()
    {
        await using var host = await ChatHost.StartAsync();
        var (bob, cem) = (await host.AddAsync("Bob"), await host.AddAsync("Cem"));
        using var bobs = host.Listen(bob);
        using var cems = host.Listen(cem);

        await Blocks(host).BlockAsync(bob, cem.UserId);
        await Blocks(host).BlockAsync(bob, cem.UserId);

        Assert.Equal(["Cem"], (await Blocks(host).ListAsync(bob)).Select(b => b.Person.Name));
        Assert.Equal([cem.UserId], await Blocks(host).IdsAsync(bob));
        Assert.Empty(await Blocks(host).ListAsync(cem));
        Assert.Single(await bobs.DrainedAsync<BlocksChanged>());
        Assert.Empty(await cems.DrainedAsync<BlocksChanged>());
        await ChatHost.RefusedAsync(Refusal.Invalid, () => Blocks(host).BlockAsync(bob, bob.UserId));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => Blocks(host).BlockAsync(bob, 4711));

        await Blocks(host).UnblockAsync(bob, cem.UserId);
        await Blocks(host).UnblockAsync(bob, cem.UserId);
        Assert.Empty(await Blocks(host).IdsAsync(bob));
        Assert.Equal(2, (await bobs.DrainedAsync<BlocksChanged>()).Length);
    }

    [Fact]
    public async Task OpenDirectAsync_WithSomebodyWhoBlockedOrIsBlocked_IsRefusedInTheSameWords()
    {
        await using var host = await ChatHost.StartAsync();
        var (bob, cem, dee) = (await host.AddAsync("Bob"), await host.AddAsync("Cem"), await host.AddAsync("Dee"));
        await Blocks(host).BlockAsync(bob, cem.UserId);

        var his = await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Rooms.OpenDirectAsync(bob, [cem.UserId]));
        var theirs = await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Rooms.OpenDirectAsync(cem, [bob.UserId]));
        Assert.Equal(his.Message, theirs.Message);
        await host.Rooms.OpenDirectAsync(cem, [bob.UserId, dee.UserId]);
        await host.Rooms.OpenDirectAsync(cem, [dee.UserId]);

        await Blocks(host).UnblockAsync(bob, cem.UserId);
        await host.Rooms.OpenDirectAsync(cem, [bob.UserId]);
    }

    [Fact]
    public async Task BlockAsync_ByAGuest_FindsNobodyOutsideTheirRooms()
    {
        await using var host = await ChatHost.StartAsync();
        var (guest, bob, cem) = (await host.AddAsync("Guest"), await host.AddAsync("Bob"), await host.AddAsync("Cem"));
        await host.Get<PeopleService>().SetRoleAsync(host.Ann, guest.UserId, Role.Guest);
        await host.Memberships.LeaveAsync(bob, host.General);

        await ChatHost.RefusedAsync(Refusal.NotFound, () => Blocks(host).BlockAsync(guest, bob.UserId));
        await Blocks(host).BlockAsync(guest, cem.UserId);
        await Blocks(host).BlockAsync(guest, host.Ann.UserId);
        Assert.Equal(2, (await Blocks(host).IdsAsync(guest)).Count);
    }

    private static BlockService Blocks(ChatHost host) => host.Get<BlockService>();
}
