using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Journeys;

/// <summary>What somebody chooses to be told of, and what they are told then.</summary>
[Collection(Lane.Second)]
public sealed class NoticesJourney(Stage stage) : Journey(stage)
{
    [Fact]
    public async Task Bell_ChoosesMentionsAndMutes_WithEffectAtOnce()
    {
        var amy = await Community.JoinAsync("Amy");
        var bob = await Community.JoinAsync("Bob");
        var general = bob.RoomId;
        var room = await amy.CreateRoomAsync("Bakery");
        await bob.JoinRoomAsync(room);

        await bob.Page.GetByTestId("room-notifications").ClickAsync();
        var dialog = bob.Page.GetByTestId("room-notices");
        await Expect(dialog.GetByLabel("What my account says")).ToBeCheckedAsync();
        await dialog.GetByLabel("Mentions and replies").CheckAsync();
        await bob.Page.GetByTestId("close-notifications").ClickAsync();
        await bob.OpenAsync($"/rooms/{general}");

        // What is not for him counts and makes no card; what calls him does.
        var card = bob.Page.GetByTestId("in-page-notice");
        await amy.SayAsync("Bread at noon");
        await Expect(bob.Unread(room)).ToHaveTextAsync("1");
        await amy.SayAsync("Who wants buns, @all?");
        await Expect(card).ToContainTextAsync("Who wants buns, @all?");
        Assert.DoesNotContain("Bread", await card.InnerTextAsync());
        await bob.Page.Keyboard.PressAsync("Escape");

        // Muted: the count stays, the title and the cards are quiet, and another tab of his knows at once.
        var second = await bob.TabAsync($"/rooms/{room}");
        await second.Page.GetByTestId("room-notifications").ClickAsync();
        await Expect(second.Page.GetByTestId("room-notices").GetByLabel("Mentions and replies")).ToBeCheckedAsync();
        await second.Page.GetByTestId("mute-8").ClickAsync();
        await Expect(second.Page.GetByTestId("muted-until")).ToHaveTextAsync("Muted for 8 hours more.");
        await second.Page.CloseAsync();
        await Expect(bob.RoomLink(room)).ToHaveAttributeAsync("data-muted", "");
        await amy.SayAsync($"@{bob.Name} last call");
        await Expect(bob.Unread(room)).Not.ToHaveCountAsync(0);
        await Expect(bob.Page).ToHaveTitleAsync(new Regex("^General"));
        await Expect(card).ToHaveCountAsync(0);

        await bob.RoomLink(room).ClickAsync();
        await bob.Page.GetByTestId("room-notifications").ClickAsync();
        await bob.Page.GetByTestId("unmute").ClickAsync();
        await Expect(bob.Page.GetByTestId("mute-8")).ToBeVisibleAsync();
        await bob.Page.GetByTestId("close-notifications").ClickAsync();
        await Expect(bob.RoomLink(room)).Not.ToHaveAttributeAsync("data-muted", "");
    }

    [Fact]
    public async Task Callout_IsOfferedWithWhatItMeans_AndStandsOutForEveryone()
    {
        var amy = await Community.JoinAsync("Amy");
        var bob = await Community.JoinAsync("Bob");
        var room = await amy.CreateRoomAsync("Kitchen");
        await bob.JoinRoomAsync(room);

        await amy.Input.PressSequentiallyAsync("Dinner, @al");
        var choice = amy.Page.Locator("#composer-mentions [role=option]").First;
        await Expect(choice).ToContainTextAsync("Everybody in this room");
        await amy.Input.PressAsync("Enter");
        await Expect(amy.Input).ToHaveValueAsync("Dinner, @all ");
        await amy.Input.PressAsync("Enter");
        await Expect(bob.Page.Locator(".mention.callout")).ToHaveTextAsync("@all");
    }
}
