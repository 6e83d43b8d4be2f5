using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Journeys;

/// <summary>Finding what was said, and going there.</summary>
public sealed class SearchJourney(Stage stage) : Journey(stage)
{
    [Fact]
    public async Task Search_MarksTheWord_OpensTheMessage_AndKeepsToOnesRooms()
    {
        var ada = await Community.JoinAsync("Ida");
        var bob = await Community.JoinAsync("Ben");
        var room = await ada.CreateRoomAsync("Orchard", isPrivate: true);
        await ada.SayAsync("The <b>quinces</b> are ripe");
        await ada.SayAsync("The pears are not");

        await ada.Page.Keyboard.PressAsync("Control+k");
        var input = ada.Page.GetByTestId("search-input");
        await Expect(input).ToBeFocusedAsync();
        await Expect(ada.Page.GetByTestId("search-hints")).ToBeVisibleAsync();
        await input.FillAsync("QUINCE");
        await input.PressAsync("Enter");
        var hits = ada.Page.GetByTestId("search-result");
        await Expect(hits).ToHaveCountAsync(1);
        await Expect(hits.Locator("mark")).ToHaveTextAsync("quince");
        await Expect(hits).ToContainTextAsync("<b>quinces</b>");
        await Expect(hits).ToContainTextAsync("Orchard");
        Assert.EndsWith("/search?q=QUINCE", ada.Page.Url, StringComparison.Ordinal);

        await hits.ClickAsync();
        await ada.ReadyAsync();
        await Expect(ada.Sent("quinces")).ToBeInViewportAsync();
        Assert.Equal(room, ada.RoomId);

        await ada.Page.GetByTestId("search-room").ClickAsync();
        await Expect(ada.Page.GetByTestId("search-everywhere")).ToBeVisibleAsync();
        await input.FillAsync("pears");
        await input.PressAsync("Enter");
        await Expect(hits).ToHaveCountAsync(1);
        await input.FillAsync("before:soon");
        await input.PressAsync("Enter");
        await Expect(ada.Page.GetByTestId("search-error")).ToBeVisibleAsync();

        // Somebody who is not in the room, by the address.
        await bob.Page.GotoAsync("/search?q=quince");
        await Expect(bob.Page.GetByTestId("search-empty")).ToBeVisibleAsync();
        await bob.Page.GotoAsync($"/search?q=quince&roomId={room}");
        await Expect(bob.Page.GetByTestId("search-error")).ToBeVisibleAsync();
    }
}
