using BlazorChat.Components.Messages;
using BlazorChat.Components.Rooms;
using BlazorChat.Rooms;
using Bunit;

namespace BlazorChat.Tests.Components;

public sealed class RoomPageTests
{
    [Fact]
    public async Task MutedWithThePageOpen_SeesItAtOnce_AndItsEndByTheClockAlone()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        await using var tab = new Tab(host, bob);
        tab.ComponentFactories.AddStub<MessageList>();
        var page = tab.Render<RoomPage>(p => p.Add(r => r.Id, host.General));
        Assert.True(Composer().CanPost);

        await host.Get<RoomModeration>().MuteAsync(host.Ann, host.General, bob.UserId, TimeSpan.FromMinutes(10), "Calm down.");
        await page.WaitForAssertionAsync(() => Assert.Equal((false, "Reason: Calm down."), (Composer().CanPost, Composer().Why)));
        Assert.Equal("You are muted in this room", Composer().Reason);
        Assert.Equal(host.Time.GetUtcNow().AddMinutes(10), Composer().MutedUntil);

        host.Time.Advance(TimeSpan.FromMinutes(10));
        await page.WaitForAssertionAsync(() => Assert.True(Composer().CanPost));

        Composer Composer() => page.FindComponent<Composer>().Instance;
    }

    [Fact]
    public async Task SlowedRoom_TellsTheComposerHowLongIsLeft()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        await host.Get<RoomModeration>().SlowDownAsync(host.Ann, host.General, 30);
        await host.Messages.PostAsync(bob, host.General, "one");
        host.Time.Advance(TimeSpan.FromSeconds(10));
        await using var tab = new Tab(host, bob);
        tab.ComponentFactories.AddStub<MessageList>();
        var page = tab.Render<RoomPage>(p => p.Add(r => r.Id, host.General));

        var root = page.Find("[data-composer]");
        Assert.Equal(("30", "true", "20000"), (root.GetAttribute("data-slow"), root.GetAttribute("data-slowed"), root.GetAttribute("data-slow-left")));
        Assert.NotNull(page.Find("[data-testid=room-slow]"));

        await host.Get<RoomModeration>().SlowDownAsync(host.Ann, host.General, 0);
        await page.WaitForAssertionAsync(() => Assert.Equal("0", page.Find("[data-composer]").GetAttribute("data-slow")));
        Assert.Empty(page.FindAll("[data-testid=room-slow]"));
    }

    [Fact]
    public async Task MembersPanel_MutedEverywhere_IsEndedByModeratorsOfTheCommunityOnly()
    {
        await using var host = await ChatHost.StartAsync();
        var (bob, cem) = (await host.AddAsync("Bob"), await host.AddAsync("Cem"));
        var room = await host.PrivateAsync(bob, cem, host.Ann);
        await host.Get<RoomModeration>().MuteAsync(host.Ann, null, cem.UserId, TimeSpan.FromHours(3), "Spam.");
        var (bobsView, annsView) = (await host.RoomQueries.FindAsync(bob, room), await host.RoomQueries.FindAsync(host.Ann, room));
        await using var bobs = new Tab(host, bob);
        var panel = bobs.Render<MembersPanel>(p => p.Add(m => m.Room, bobsView));
        Assert.Equal("Muted everywhere for 3 hours", panel.Find("[data-testid=member-muted]").TextContent.Trim());
        panel.Find($"[data-user-id='{cem.UserId}'] [data-testid=member-more]").Click();
        Assert.NotNull(panel.Find("[data-testid=mute-member]"));
        Assert.Empty(panel.FindAll("[data-testid=unmute-everywhere]"));

        await using var anns = new Tab(host, host.Ann);
        var other = anns.Render<MembersPanel>(p => p.Add(m => m.Room, annsView));
        other.Find($"[data-user-id='{cem.UserId}'] [data-testid=member-more]").Click();
        other.Find("[data-testid=unmute-everywhere]").Click();
        await other.WaitForAssertionAsync(() => Assert.Empty(other.FindAll("[data-testid=member-muted]")));
        await panel.WaitForAssertionAsync(() => Assert.Empty(panel.FindAll("[data-testid=member-muted]")));
        await host.Messages.PostAsync(cem, room, "back");
    }

    [Fact]
    public async Task MembersPanel_OfAMember_OffersToBlockAnybodyElse_AndNothingMore()
    {
        await using var host = await ChatHost.StartAsync();
        var (bob, cem) = (await host.AddAsync("Bob"), await host.AddAsync("Cem"));
        var room = await host.PrivateAsync(bob, cem);
        var view = await host.RoomQueries.FindAsync(cem, room);
        await using var tab = new Tab(host, cem);
        var panel = tab.Render<MembersPanel>(p => p.Add(m => m.Room, view));
        Assert.Empty(panel.FindAll($"[data-user-id='{cem.UserId}'] [data-testid=member-more]"));
        panel.Find($"[data-user-id='{bob.UserId}'] [data-testid=member-more]").Click();
        Assert.Equal(["Block Bob"], panel.FindAll(".acts button").Select(b => b.TextContent));

        await host.Get<BlockService>().BlockAsync(cem, bob.UserId);
        await panel.WaitForAssertionAsync(() => Assert.NotNull(panel.Find("[data-testid=member-blocked]")));
        panel.Find("[data-testid=unblock-member]").Click();
        await panel.WaitForAssertionAsync(() => Assert.Empty(panel.FindAll("[data-testid=member-blocked]")));
        Assert.Empty(await host.Get<BlockService>().IdsAsync(cem));
    }
}
