using BlazorChat.Accounts;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Tests.Messages;

public sealed class CalloutTests : IAsyncLifetime
{
    private ChatHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ChatHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("@all lunch", Callout.All)]
    [InlineData("who is @HERE?", Callout.Here)]
    [InlineData("@here and @all", Callout.All)]
    [InlineData("`@all`", Callout.None)]
    [InlineData("\\@all", Callout.None)]
    [InlineData("@allan", Callout.None)]
    [InlineData("mail@all.example", Callout.None)]
    [InlineData("[@all](https://example.com)", Callout.None)]
    public async Task Post_CallsWhomItSays(string text, Callout callout)
    {
        var message = await _host.Messages.PostAsync(_host.Ann, _host.General, text);
        Assert.Equal(callout, message.Callout);
        Assert.Equal(callout != Callout.None, message.Html.Contains("class=\"mention callout\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Edit_ChangesWhoIsCalled()
    {
        var message = await _host.Messages.PostAsync(_host.Ann, _host.General, "@all lunch");
        Assert.Equal(Callout.None, (await _host.Messages.EditAsync(_host.Ann, message.Id, "lunch")).Callout);
    }

    [Fact]
    public async Task LargeRoom_IsCalledByWhoManagesIt_AndForOthersItIsAWord()
    {
        var bob = await _host.AddAsync("Bob");
        var others = Enumerable.Range(1, RoomPolicy.MaxCalledByAnyone).Select(i => (i, _host.General));
        Assert.Equal(Callout.All, (await _host.Messages.PostAsync(bob, _host.General, "@all")).Callout);
        foreach (var (i, room) in others)
        {
            _host.Execute($"""INSERT INTO Users (Id, UserName, NormalizedUserName, Role, IsBot, CreatedAt, EmailConfirmed, PhoneNumberConfirmed, TwoFactorEnabled, LockoutEnabled, AccessFailedCount) VALUES ({1000 + i}, 'U{i}', 'U{i}', 0, 0, 0, 1, 0, 0, 1, 0)""");
            _host.Execute($"INSERT INTO Memberships (RoomId, UserId, IsManager, LastReadSeq, JoinedAt) VALUES ({room}, {1000 + i}, 0, 0, 0)");
        }

        var message = await _host.Messages.PostAsync(bob, _host.General, "@all");
        Assert.Equal((Callout.None, "<p dir=\"auto\">@all</p>"), (message.Callout, message.Html.Trim()));
        Assert.Equal(Callout.All, (await _host.Messages.PostAsync(_host.Ann, _host.General, "@all")).Callout);
        Assert.False((await _host.RoomQueries.FindAsync(bob, _host.General)).CanCall);
        Assert.True((await _host.RoomQueries.FindAsync(_host.Ann, _host.General)).CanCall);
    }

    [Theory]
    [InlineData("all")]
    [InlineData("Here")]
    public async Task Name_ThatCalls_IsNobodys(string name) =>
        await ChatHost.RefusedAsync(Refusal.Invalid, () => _host.AddAsync(name));
}
