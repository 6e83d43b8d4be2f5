using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Journeys;

/// <summary>What is unread, and when it counts as read.</summary>
public sealed class UnreadJourney(Stage stage) : Journey(stage)
{
    [Fact]
    public async Task Unread_CountsElsewhere_ShowsADivider_AndClearsInEveryTab()
    {
        var ada = await Community.JoinAsync("Amy");
        var bob = await Community.JoinAsync("Bob");
        var general = bob.RoomId;
        var room = await ada.CreateRoomAsync("Unread");
        await bob.JoinRoomAsync(room);
        await ada.SayAsync("read at once");
        await bob.SeesAsync("read at once");
        await bob.RoomLink(general).ClickAsync();
        await Expect(bob.Page.Locator($"[data-testid=message-list][data-room-id='{general}'][data-ready]")).ToBeVisibleAsync();
        var otherTab = await bob.TabAsync($"/rooms/{general}");

        await ada.SayAsync("one");
        await ada.SayAsync("two");
        await Expect(bob.Unread(room)).ToHaveTextAsync("2");
        await Expect(otherTab.Unread(room)).ToHaveTextAsync("2");

        await bob.RoomLink(room).ClickAsync();
        await bob.SeesAsync("two");
        var divider = bob.Page.Locator("[data-testid=unread-divider]");
        await Expect(divider).ToHaveCountAsync(1);
        var seq = await divider.EvaluateAsync<string>("e => e.closest('.blocks').querySelectorAll('[data-seq]') && [...document.querySelectorAll('[data-seq]')].find(r => e.compareDocumentPosition(r) & Node.DOCUMENT_POSITION_FOLLOWING).dataset.seq");
        Assert.Equal("2", seq);
        await Expect(bob.Unread(room)).ToHaveCountAsync(0);
        await Expect(otherTab.Unread(room)).ToHaveCountAsync(0);

        await bob.ActAsync("one", "unread");
        await Expect(otherTab.Unread(room)).ToHaveTextAsync("2");
        await bob.Page.ReloadAsync();
        await bob.ReadyAsync();
        await Expect(otherTab.Unread(room)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Read_OnlyWhileVisibleAndFocused()
    {
        var ada = await Community.JoinAsync("Amy");
        var bob = await Community.JoinAsync("Bob");
        var general = bob.RoomId;
        var room = await ada.CreateRoomAsync("Focus");
        await bob.JoinRoomAsync(room);
        var watcher = await bob.TabAsync($"/rooms/{general}");
        await ada.SayAsync("seen");
        await bob.SeesAsync("seen");
        await Expect(watcher.Unread(room)).ToHaveCountAsync(0);

        await bob.SetFrontAsync(false);
        await ada.SayAsync("while hidden");
        await bob.SeesAsync("while hidden");
        await Expect(watcher.Unread(room)).ToHaveTextAsync("1");
        await bob.SetFrontAsync(true);
        await Expect(watcher.Unread(room)).ToHaveCountAsync(0);

        await bob.SetFocusAsync(false);
        await ada.SayAsync("while unfocused");
        await bob.SeesAsync("while unfocused");
        await Expect(watcher.Unread(room)).ToHaveTextAsync("1");
        await bob.SetFocusAsync(true);
        await Expect(watcher.Unread(room)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Presence_FollowsTheTab()
    {
        var ada = await Community.JoinAsync("Amy");
        var bob = await Community.JoinAsync("Bob");
        await ada.ShowMembersAsync();
        var dot = ada.Member(bob).GetByTestId("presence");
        await Expect(dot).ToHaveAttributeAsync("data-state", "online");
        await bob.SetFrontAsync(false);
        await Expect(dot).ToHaveAttributeAsync("data-state", "away");
        await bob.SetFrontAsync(true);
        await Expect(dot).ToHaveAttributeAsync("data-state", "online");
        await bob.Page.GotoAsync("/account/manage");
        await Expect(dot).ToHaveAttributeAsync("data-state", "offline");
        await bob.OpenAsync("/");
        await Expect(dot).ToHaveAttributeAsync("data-state", "online");
    }
}
