using BlazorChat.Accounts;
using BlazorChat.Rooms;

namespace BlazorChat.Tests.Rooms;

public sealed class RoomDirectoryTests : IAsyncLifetime
{
    private ChatHost _host = null!;
    private Actor _bob = null!;
    private long _private;
    private long _open;

    private RoomDirectory Directory => _host.Get<RoomDirectory>();

    public async ValueTask InitializeAsync()
    {
        _host = await ChatHost.StartAsync();
        _bob = await _host.AddAsync("Bob");
        _private = await _host.PrivateAsync(_bob);
        _open = await _host.Rooms.CreateAsync(_bob, "open house", RoomKind.Public);
        await _host.Rooms.OpenDirectAsync(_bob, [_host.Ann.UserId]);
        await _host.Messages.PostAsync(_bob, _open, "hello");
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task ListAsync_HasEveryRoomButDirectOnes_AndNoButtonsWhereTheReaderMayNot()
    {
        var rows = (await Directory.ListAsync(_host.Ann, new RoomQuery())).Rows;

        Assert.Equal(["General", "Hidden", "open house"], rows.Select(r => r.Name));
        Assert.Equal([(2, 0L), (1, 0L), (1, 1L)], rows.Select(r => (r.People, r.Messages)));
        Assert.Equal([true, false, true], rows.Select(r => r.CanOpen));
        Assert.Equal([true, false, true], rows.Select(r => r.CanManage));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => _host.Rooms.SetArchivedAsync(_host.Ann, _private, true));
    }

    [Theory]
    [InlineData("OPEN", null, RoomOrder.Name, false, "open house")]
    [InlineData("# general", null, RoomOrder.Name, false, "General")]
    [InlineData("%", null, RoomOrder.Name, false, "")]
    [InlineData(null, true, RoomOrder.Name, false, "")]
    [InlineData(null, false, RoomOrder.People, true, "General,Hidden,open house")]
    [InlineData(null, null, RoomOrder.Messages, true, "open house,General,Hidden")]
    [InlineData(null, null, RoomOrder.Kind, true, "Hidden,General,open house")]
    [InlineData(null, null, RoomOrder.Created, false, "General,Hidden,open house")]
    [InlineData(null, null, RoomOrder.Name, true, "open house,Hidden,General")]
    public async Task ListAsync_SearchedAndSorted_IsInOrder(string? search, bool? archived, RoomOrder order, bool descending, string expected)
    {
        var slice = await Directory.ListAsync(_host.Ann, new RoomQuery(search, archived, order, descending));
        Assert.Equal(expected, string.Join(',', slice.Rows.Select(r => r.Name)));
        Assert.Equal(slice.Rows.Count, slice.Total);
    }

    [Fact]
    public async Task SetDefaultAsync_NewcomersAreBroughtIntoIt_FromThenOn()
    {
        await Directory.SetDefaultAsync(_host.Ann, _open, true);
        var cid = await _host.AddAsync("Cid");
        Assert.True(await _host.RoomQueries.IsMemberAsync(cid, _open));
        Assert.Equal(["General", "open house"], (await Directory.DefaultsAsync(_host.Ann)).Select(r => r.Name));

        await Directory.SetDefaultAsync(_host.Ann, _open, false);
        Assert.False(await _host.RoomQueries.IsMemberAsync(await _host.AddAsync("Dan"), _open));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => Directory.SetDefaultAsync(_host.Ann, _private, true));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => Directory.SetDefaultAsync(_host.Ann, 4711, true));
    }

    [Fact]
    public async Task Invite_IntoRooms_BringsMembersThereBesides_AndGuestsThereOnly()
    {
        var member = await JoinAsync("Cid", Role.Member, [_open]);
        var guest = await JoinAsync("Guest", Role.Guest, [_open]);

        Assert.Equal(["General", "open house"], (await _host.RoomQueries.MineAsync(member)).Select(r => r.Name));
        Assert.Equal(["open house"], (await _host.RoomQueries.MineAsync(guest)).Select(r => r.Name));
        Assert.Equal(Role.Guest, (await _host.Get<PeopleDirectory>().GetAsync(guest.UserId)).Role);
        await ChatHost.RefusedAsync(Refusal.NotFound, () => JoinAsync("Dan", Role.Member, [_private]));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => JoinAsync("Dan", Role.Guest, []));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => JoinAsync("Dan", Role.Administrator, []));
    }

    private async Task<Actor> JoinAsync(string name, Role role, long[] rooms)
    {
        var invite = await _host.Get<InviteService>().CreateAsync(_host.Ann, 1, 1, role, rooms);
        var user = await _host.Get<RegistrationService>().RegisterAsync(name, $"{name}@example.com", ChatHost.Password, invite.Code);
        return await _host.SignInAsync(user.Id);
    }
}
