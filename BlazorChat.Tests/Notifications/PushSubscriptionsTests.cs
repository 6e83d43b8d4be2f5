using BlazorChat.Accounts;
using BlazorChat.Notifications;

namespace BlazorChat.Tests.Notifications;

public sealed class PushSubscriptionsTests : IAsyncLifetime
{
    private PushHost _push = null!;

    private PushSubscriptions Subscriptions => _push.Subscriptions;

    public async ValueTask InitializeAsync() => _push = await PushHost.StartAsync();

    public ValueTask DisposeAsync() => _push.DisposeAsync();

    [Fact]
    public async Task AddAsync_Again_IsTheSameBrowser_WithTheNewKeys()
    {
        var before = Assert.Single(await Subscriptions.ListAsync(_push.Bob));
        Assert.True(before.IsThis);
        var again = await _push.AllowAsync(await _push.Chat.SignInAsync(_push.Bob.UserId), _push.Phone);
        Assert.Equal(before.Id, again.Id);
        Assert.False(Assert.Single(await Subscriptions.ListAsync(_push.Bob)).IsThis);
    }

    [Fact]
    public async Task AddAsync_InPlaceOfAnother_ForgetsThatOne()
    {
        var renewed = _push.Service.NewBrowser();
        await _push.AllowAsync(_push.Bob, renewed, replaces: _push.Phone.Endpoint);
        Assert.Null(await _push.StoredAsync(_push.Phone));

        // Not somebody else's.
        await _push.AllowAsync(_push.Ann, _push.Service.NewBrowser(), replaces: renewed.Endpoint);
        Assert.NotNull(await _push.StoredAsync(renewed));
    }

    [Fact]
    public async Task AddAsync_ByTheNextPersonOfTheBrowser_IsTheirsAlone()
    {
        await _push.AllowAsync(_push.Ann, _push.Phone);
        Assert.Empty(await Subscriptions.ListAsync(_push.Bob));
        await _push.SayAsync("for Ann alone", actor: _push.Bob);
        Assert.Equal("for Ann alone", Assert.Single(await _push.ShownAsync(1)).Json.GetProperty("body").GetString());
    }

    [Fact]
    public async Task AddAsync_OfSomebodyElseWithoutTheBrowsersSecret_IsRefused()
    {
        var other = _push.Service.NewBrowser();
        await ChatHost.RefusedAsync(Refusal.Conflict, () => Subscriptions.AddAsync(_push.Ann, _push.Phone.Endpoint, other.P256dh, other.Auth, "Mine"));
        Assert.Equal(_push.Bob.UserId, (await _push.StoredAsync(_push.Phone))!.UserId);
    }

    [Theory]
    [InlineData("https://example.com/push", null, null)]
    [InlineData("http://fcm.googleapis.com/x", null, null)]
    [InlineData("", null, null)]
    [InlineData(null, "", null)]
    [InlineData(null, "AAAA", null)]
    [InlineData(null, null, "AAAA")]
    [InlineData(null, null, "not base64url!")]
    // A point that is not on the curve.
    [InlineData(null, "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", null)]
    public async Task AddAsync_WhatCannotBeNotified_IsRefused(string? endpoint, string? p256dh, string? auth)
    {
        var browser = _push.Service.NewBrowser();
        await ChatHost.RefusedAsync(Refusal.Invalid, () => Subscriptions.AddAsync(
            _push.Bob, endpoint ?? browser.Endpoint, p256dh ?? browser.P256dh, auth ?? browser.Auth, "A phone"));
        Assert.Single(await Subscriptions.ListAsync(_push.Bob));
    }

    [Fact]
    public async Task AddAsync_OneTooMany_TakesThePlaceOfTheOldest()
    {
        for (var i = 0; i < PushSubscriptions.MaxDevices; i++)
        {
            await _push.AllowAsync(_push.Bob, _push.Service.NewBrowser());
        }

        Assert.Equal(PushSubscriptions.MaxDevices, (await Subscriptions.ListAsync(_push.Bob)).Count);
        Assert.Null(await _push.StoredAsync(_push.Phone));
    }

    [Fact]
    public async Task RemoveAsync_OfSomebodyElse_RemovesNothing()
    {
        var phone = (await _push.StoredAsync(_push.Phone))!;
        await Subscriptions.RemoveAsync(_push.Ann, phone.Id);
        await Subscriptions.RemoveAsync(_push.Ann, phone.Endpoint);
        Assert.NotNull(await _push.StoredAsync(_push.Phone));
        await Subscriptions.RemoveAsync(_push.Bob, phone.Endpoint);
        Assert.Null(await _push.StoredAsync(_push.Phone));
        await _push.SayAsync("nobody there");
        await _push.PassAsync(5);
        Assert.Equal(0, _push.Phone.Arrived);
    }

    [Fact]
    public async Task TestAsync_SaysWhatHappened()
    {
        var id = (await _push.StoredAsync(_push.Phone))!.Id;
        _push.Phone.AnswerWith(PushScript.Created, PushScript.Status(500), PushScript.Status(410));
        Assert.Null(await TestAsync());
        Assert.Equal("test", _push.Phone.Shown.Single().Json.GetProperty("tag").GetString());
        Assert.NotNull(await TestAsync());
        Assert.NotNull((await _push.StoredAsync(_push.Phone))!.LastError);
        Assert.NotNull(await TestAsync());
        Assert.Null(await _push.StoredAsync(_push.Phone));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => Subscriptions.TestAsync(_push.Bob, id));

        // What came of it is stored in groups, by the clock.
        async Task<string?> TestAsync()
        {
            var test = Subscriptions.TestAsync(_push.Bob, id);
            await _push.UntilAsync(() => test.IsCompleted);
            return await test;
        }
    }
}
