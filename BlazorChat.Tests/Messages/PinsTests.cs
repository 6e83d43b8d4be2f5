using BlazorChat.Accounts;
using BlazorChat.Live;
using BlazorChat.Messages;

namespace BlazorChat.Tests.Messages;

public sealed class PinsTests
{
    [Fact]
    public async Task PinAsync_ByAModerator_IsHeardByTheRoomAndOnRecord()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var (one, two) = (await host.Messages.PostAsync(bob, host.General, "one"), await host.Messages.PostAsync(host.Ann, host.General, "two"));
        using var ear = host.Listen(bob, Topic.RoomState(host.General));

        await Pins(host).PinAsync(host.Ann, one.Id);
        await Pins(host).PinAsync(host.Ann, one.Id);
        host.Time.Advance(TimeSpan.FromSeconds(1));
        await Pins(host).PinAsync(host.Ann, two.Id);

        Assert.Equal([[one.Id], [two.Id, one.Id]], (await ear.HearsAsync<PinsChanged>(2)).Select(e => e.MessageIds.ToArray()));
        Assert.Equal([("two", "Ann"), ("one", "Ann")], (await Pins(host).ListAsync(bob, host.General)).Select(p => (p.Message.Text, p.By.Name)));
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => Pins(host).PinAsync(bob, one.Id));
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => Pins(host).UnpinAsync(bob, one.Id));
        await Pins(host).UnpinAsync(host.Ann, one.Id);
        await Pins(host).UnpinAsync(host.Ann, one.Id);
        Assert.Equal([two.Id], await Pins(host).IdsAsync(bob, host.General));
        Assert.Equal((2, 1), (
            host.Scalar<long>("SELECT count(*) FROM AuditEntries WHERE Act = 'MessagePinned'"), host.Scalar<long>("SELECT count(*) FROM AuditEntries WHERE Act = 'MessageUnpinned'")));
    }

    [Fact]
    public async Task PinAsync_InADirectConversation_IsEachMembers()
    {
        await using var host = await ChatHost.StartAsync();
        var (bob, cem) = (await host.AddAsync("Bob"), await host.AddAsync("Cem"));
        var direct = await host.Rooms.OpenDirectAsync(bob, [cem.UserId]);
        var said = await host.Messages.PostAsync(bob, direct, "between us");
        await Pins(host).PinAsync(cem, said.Id);
        Assert.Equal([said.Id], await Pins(host).IdsAsync(bob, direct));
        await Pins(host).UnpinAsync(bob, said.Id);
        await ChatHost.RefusedAsync(Refusal.NotFound, () => Pins(host).PinAsync(host.Ann, said.Id));
        Assert.Equal(0, host.Scalar<long>("SELECT count(*) FROM AuditEntries WHERE Act = 'MessagePinned'"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task DeletedOrRemoved_IsPinnedNoMore(bool byItsAuthor)
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var (one, two) = (await host.Messages.PostAsync(bob, host.General, "one"), await host.Messages.PostAsync(bob, host.General, "two"));
        await Pins(host).PinAsync(host.Ann, one.Id);
        await Pins(host).PinAsync(host.Ann, two.Id);
        using var ear = host.Listen(bob, Topic.RoomState(host.General));

        await host.Messages.DeleteAsync(byItsAuthor ? bob : host.Ann, one.Id);

        Assert.Equal([two.Id], Assert.Single(await ear.HearsAsync<PinsChanged>()).MessageIds);
        Assert.Equal([two.Id], await Pins(host).IdsAsync(bob, host.General));
        await ChatHost.RefusedAsync(Refusal.Conflict, () => Pins(host).PinAsync(host.Ann, one.Id));
    }

    [Fact]
    public async Task PinAsync_TheHundredAndFirst_IsRefused()
    {
        await using var host = await ChatHost.StartAsync();
        for (var i = 0; i < BlazorChat.Messages.Pins.MaxPerRoom; i++)
        {
            await Pins(host).PinAsync(host.Ann, (await host.Messages.PostAsync(host.Ann, host.General, $"{i}")).Id);
        }

        var more = await host.Messages.PostAsync(host.Ann, host.General, "more");
        await ChatHost.RefusedAsync(Refusal.Conflict, () => Pins(host).PinAsync(host.Ann, more.Id));
        await Pins(host).UnpinAsync(host.Ann, (await Pins(host).IdsAsync(host.Ann, host.General))[0]);
        await Pins(host).PinAsync(host.Ann, more.Id);
    }

    private static Pins Pins(ChatHost host) => host.Get<Pins>();
}
