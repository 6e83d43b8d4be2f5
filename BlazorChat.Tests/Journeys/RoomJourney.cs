using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Journeys;

/// <summary>Rooms: who is in them, and who knows of them.</summary>
[Collection(Lane.Second)]
public sealed class RoomJourney(Stage stage) : Journey(stage)
{
    [Fact]
    public async Task PublicRoom_IsFoundJoinedRenamedAndArchived_InEveryonesView()
    {
        var bob = await Community.JoinAsync("Bob");
        var cem = await Community.JoinAsync("Cem");
        var room = await bob.CreateRoomAsync("Garden club", description: "Plants");

        await cem.Page.GetByTestId("browse-rooms").ClickAsync();
        await cem.Field("browse-search").FillAsync("garden");
        await cem.Page.Locator($"[data-room-id='{room}']").GetByTestId("browse-join").ClickAsync();
        await Expect(cem.Page.Locator("h1")).ToHaveTextAsync("# Garden club");
        await cem.ReadyAsync();
        await cem.SayAsync("Tulips!");
        await bob.SeesAsync("Tulips!");

        await bob.Page.GetByTestId("room-settings").ClickAsync();
        await bob.Field("room-name").FillAsync("Allotment");
        await bob.Field("room-description").FillAsync("Vegetables too");
        await bob.Page.GetByTestId("save-room").ClickAsync();
        await Expect(cem.Page.Locator("h1")).ToHaveTextAsync("# Allotment");
        await Expect(cem.RoomLink(room)).ToContainTextAsync("Allotment");
        await Expect(cem.Page.Locator(".room-head")).ToContainTextAsync("Vegetables too");

        await cem.Input.FillAsync("one more thing");
        await bob.Page.GetByTestId("room-settings").ClickAsync();
        await bob.Page.GetByTestId("archive-room").ClickAsync();
        await Expect(cem.Page.Locator(".composer-refusal")).ToBeVisibleAsync();
        await Expect(cem.Input).ToBeDisabledAsync();
        await Expect(cem.Input).ToHaveValueAsync("one more thing");
        await cem.SeesAsync("Tulips!");

        await bob.Page.GetByTestId("room-settings").ClickAsync();
        await bob.Page.GetByTestId("archive-room").ClickAsync();
        await Expect(cem.Input).ToBeEnabledAsync();
        await cem.Input.PressAsync("Enter");
        await bob.SeesAsync("one more thing");

        await cem.Page.GetByTestId("room-settings").ClickAsync();
        await cem.Page.GetByTestId("leave-room").ClickAsync();
        await Expect(cem.RoomLink(room)).ToHaveCountAsync(0);

        // By way of the home page to another room; the one that was left may still be in view until then.
        await Expect(cem.Page).ToHaveURLAsync(new Regex($@"/rooms/(?!{room}$)\d+$"));
        await cem.ReadyAsync();
    }

    [Fact]
    public async Task PrivateRoom_IsThereForItsMembersOnly()
    {
        var bob = await Community.JoinAsync("Bob");
        var cem = await Community.JoinAsync("Cem");
        var room = await bob.CreateRoomAsync("Surprise party", isPrivate: true);
        await bob.SayAsync("Saturday at eight");

        await cem.Page.GetByTestId("browse-rooms").ClickAsync();
        await cem.Field("browse-search").FillAsync("Surprise");
        await Expect(cem.Page.GetByText("No room matches.")).ToBeVisibleAsync();
        await cem.Page.GotoAsync($"/rooms/{room}");
        await Expect(cem.Page.GetByTestId("room-missing")).ToBeVisibleAsync();
        var hidden = await cem.Page.Locator("main").InnerTextAsync();
        await cem.Page.GotoAsync("/rooms/123456789");
        await Expect(cem.Page.GetByTestId("room-missing")).ToBeVisibleAsync();
        Assert.Equal(await cem.Page.Locator("main").InnerTextAsync(), hidden);
        Assert.False(cem.WasSent("Saturday at eight"));
        Assert.False(cem.WasSent("Surprise party"));

        await bob.AddToRoomAsync(cem);
        await cem.RoomLink(room).ClickAsync();
        await cem.SeesAsync("Saturday at eight");
    }

    [Fact]
    public async Task DirectConversation_SameSet_IsTheSameOne()
    {
        var bob = await Community.JoinAsync("Bob");
        var cem = await Community.JoinAsync("Cem");
        var dora = await Community.JoinAsync("Dora");

        var pair = await OpenDirectAsync(bob, cem);
        await bob.SayAsync("psst");
        await Expect(cem.Unread(pair)).ToHaveTextAsync("1");
        Assert.Equal(pair, await OpenDirectAsync(cem, bob));
        await cem.SeesAsync("psst");

        var three = await OpenDirectAsync(dora, bob, cem);
        Assert.NotEqual(pair, three);
        Assert.Equal(three, await OpenDirectAsync(cem, dora, bob));
        await Expect(dora.RoomLink(pair)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task RemovedMember_WithThePageOpen_SeesAndSendsNothingWithinASecond()
    {
        var ada = await Community.JoinAsync("Amy");
        var bob = await Community.JoinAsync("Bob");
        var room = await ada.CreateRoomAsync("Inner circle", isPrivate: true);
        await ada.AddToRoomAsync(bob);
        await bob.OpenAsync($"/rooms/{room}");
        var otherTab = await bob.TabAsync($"/rooms/{room}");
        await ada.SayAsync("Welcome");
        await otherTab.SeesAsync("Welcome");
        await bob.Input.FillAsync("what I still wanted to say");

        await ada.ShowMembersAsync();
        await ada.Member(bob).HoverAsync();
        await ada.Member(bob).GetByTestId("member-more").ClickAsync();
        await ada.Member(bob).GetByTestId("remove-member").ClickAsync();
        await ada.ConfirmAsync();
        await Expect(ada.Member(bob)).ToHaveCountAsync(0);
        var removed = Stopwatch.StartNew();
        var gone = $"[data-testid=message-list][data-room-id='{room}']";
        await Expect(bob.Page.Locator(gone)).ToHaveCountAsync(0);
        await Expect(otherTab.Page.Locator(gone)).ToHaveCountAsync(0);
        Assert.InRange(removed.Elapsed.TotalSeconds, 0, 1);
        await ada.SayAsync("behind-his-back");

        await bob.Page.GotoAsync($"/rooms/{room}");
        await Expect(bob.Page.GetByTestId("room-missing")).ToBeVisibleAsync();
        await otherTab.ReadyAsync();
        Assert.NotEqual(room, otherTab.RoomId);
        Assert.False(bob.WasSent("behind-his-back"));

        await ada.AddToRoomAsync(bob);
        await bob.OpenAsync($"/rooms/{room}");
        await Expect(bob.Input).ToHaveValueAsync("what I still wanted to say");
    }

    private static async Task<long> OpenDirectAsync(Person person, params Person[] others)
    {
        await person.Page.GetByTestId("new-direct").ClickAsync();
        foreach (var other in others)
        {
            await person.ChooseAsync(other);
        }

        await person.Page.GetByTestId("open-direct").ClickAsync();
        await Expect(person.Page.Locator(".room-head h1")).ToContainTextAsync(others[0].Name);
        await person.ReadyAsync();
        return person.RoomId;
    }
}
