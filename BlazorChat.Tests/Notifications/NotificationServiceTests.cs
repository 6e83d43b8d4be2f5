using BlazorChat.Accounts;
using BlazorChat.Live;
using BlazorChat.Notifications;
using BlazorChat.Rooms;

namespace BlazorChat.Tests.Notifications;

public sealed class NotificationServiceTests : IAsyncLifetime
{
    private ChatHost _host = null!;

    private NotificationService Service => _host.Get<NotificationService>();

    public async ValueTask InitializeAsync() => _host = await ChatHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task SaveAsync_IsKept_AndTellsMyOtherTabs()
    {
        using var mine = _host.Listen(_host.Ann);
        var choices = new NotificationChoices(NotifyLevel.Mentions, new TimeOnly(22, 0), new TimeOnly(7, 30), "Asia/Kolkata", ShowsText: false, EmailAfterMinutes: null);
        await Service.SaveAsync(_host.Ann, choices);
        Assert.Equal(choices, await Service.GetAsync(_host.Ann));
        await mine.HearsAsync<NotificationsChanged>();

        var bob = await _host.AddAsync("Bob");
        Assert.Equal(new NotificationChoices(NotifyLevel.Everything, null, null, "UTC", ShowsText: true, EmailAfterMinutes: 60), await Service.GetAsync(bob));
    }

    [Fact]
    public async Task SaveAsync_WhatMakesNoSense_IsRefused()
    {
        var good = await Service.GetAsync(_host.Ann);
        foreach (var bad in (NotificationChoices[])
        [
            good with { QuietFrom = new TimeOnly(22, 0) },
            good with { QuietUntil = new TimeOnly(22, 0) },
            good with { QuietFrom = new TimeOnly(22, 0), QuietUntil = new TimeOnly(22, 0) },
            good with { TimeZone = "Middle/Earth" },
            good with { TimeZone = new string('x', 10_000) },
            good with { TimeZone = "../../etc/passwd" },
            good with { EmailAfterMinutes = 0 },
            good with { EmailAfterMinutes = 61 },
            good with { DefaultLevel = (NotifyLevel)9 },
        ])
        {
            await ChatHost.RefusedAsync(Refusal.Invalid, () => Service.SaveAsync(_host.Ann, bad));
        }

        Assert.Equal(good, await Service.GetAsync(_host.Ann));
    }

    [Fact]
    public async Task Room_FollowsTheAccount_UntilItHasALevelOfItsOwn()
    {
        var bob = await _host.AddAsync("Bob");
        var direct = await _host.Rooms.OpenDirectAsync(_host.Ann, [bob.UserId]);
        await Service.SaveAsync(_host.Ann, await Service.GetAsync(_host.Ann) with { DefaultLevel = NotifyLevel.Nothing });
        Assert.Equal(new RoomNotices(null, NotifyLevel.Nothing, null), await Service.GetRoomAsync(_host.Ann, _host.General));
        Assert.Equal(new RoomNotices(null, NotifyLevel.Everything, null), await Service.GetRoomAsync(_host.Ann, direct));

        await Service.SetLevelAsync(_host.Ann, _host.General, NotifyLevel.Mentions);
        Assert.Equal(NotifyLevel.Mentions, (await Service.GetRoomAsync(_host.Ann, _host.General)).Level);
        await Service.SetLevelAsync(_host.Ann, _host.General, null);
        Assert.Equal(NotifyLevel.Nothing, (await Service.GetRoomAsync(_host.Ann, _host.General)).Level);
        await ChatHost.RefusedAsync(Refusal.Invalid, () => Service.SetLevelAsync(_host.Ann, _host.General, (NotifyLevel)7));
    }

    [Fact]
    public async Task Mute_EndsByItself_AcrossARestart()
    {
        var until = _host.Time.GetUtcNow().AddHours(1);
        await Service.MuteAsync(_host.Ann, _host.General, until);
        Assert.Equal(until, (await Service.GetRoomAsync(_host.Ann, _host.General)).MutedUntil);
        Assert.Equal(until, Assert.Single(await _host.RoomQueries.MineAsync(_host.Ann)).MutedUntil);

        _host = await _host.RestartAsync();
        Assert.Equal(until, (await Service.GetRoomAsync(_host.Ann, _host.General)).MutedUntil);
        _host.Time.Advance(TimeSpan.FromHours(1));
        Assert.Null((await Service.GetRoomAsync(_host.Ann, _host.General)).MutedUntil);
    }

    [Fact]
    public async Task Mute_ForYears_IsForGood_AndInThePastIsNone()
    {
        await Service.MuteAsync(_host.Ann, _host.General, _host.Time.GetUtcNow().AddYears(30));
        Assert.Equal(NotificationService.ForGood, (await Service.GetRoomAsync(_host.Ann, _host.General)).MutedUntil);
        await Service.MuteAsync(_host.Ann, _host.General, _host.Time.GetUtcNow());
        Assert.Null((await Service.GetRoomAsync(_host.Ann, _host.General)).MutedUntil);
    }

    [Fact]
    public async Task Room_OfOthers_IsNotThere()
    {
        var bob = await _host.AddAsync("Bob");
        var hidden = await _host.PrivateAsync(_host.Ann);
        await ChatHost.RefusedAsync(Refusal.NotFound, () => Service.GetRoomAsync(bob, hidden));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => Service.SetLevelAsync(bob, hidden, NotifyLevel.Nothing));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => Service.MuteAsync(bob, hidden, _host.Time.GetUtcNow().AddHours(1)));
    }
}
