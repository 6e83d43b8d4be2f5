using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Journeys;

/// <summary>A ban as those who are in it live it: the moderator, the banned with three tabs, and somebody beside them.</summary>
[Collection(Lane.Second)]
public sealed class BanJourney(Stage stage) : Journey(stage)
{
    [Fact]
    public async Task BannedPerson_LandsOnThePlainPageInEveryTab_Appeals_IsAnswered_AndComesBack()
    {
        var room = await ModeratedRoom.OpenAsync(Community);
        var (mira, bob, cem) = (room.Mira, room.Bob, room.Cem);
        var bobId = await ModeratedRoom.IdOfAsync(bob);
        await bob.SayAsync("buy my pears");
        await cem.SeesAsync("buy my pears");
        Person[] tabs = [bob, await bob.TabAsync($"/rooms/{room.Id}"), await bob.TabAsync("/")];
        var list = await mira.Context.NewPageAsync();
        await list.GotoAsync("/admin/bans");
        await Expect(list.GetByTestId("bans-grid")).ToBeVisibleAsync();
        await bob.Input.FillAsync("and my ap");

        // Loads that a ban cuts off are no fault of the page.
        bob.ExpectsLostConnections();
        bob.Expects(p => p.Contains("status of 401", StringComparison.Ordinal) || p.Contains("status of 403", StringComparison.Ordinal));
        await mira.Page.GotoAsync($"/admin/people/{bobId}");
        await mira.CircuitAsync();
        await mira.Page.GetByTestId("ban-person").ClickAsync();
        await mira.Page.GetByTestId("ban-messages").SelectOptionAsync("Of the last hour");
        await mira.Field("ban-reason").FillAsync("Advertising pears.");
        await mira.ConfirmAsync();

        foreach (var tab in tabs)
        {
            await Expect(tab.Page.GetByTestId("ban-reason")).ToHaveTextAsync("Advertising pears.");
        }

        await Expect(cem.Sent("buy my pears")).ToHaveCountAsync(0);
        var row = list.Locator("tr", new() { HasText = bob.Name });
        await Expect(row).ToBeVisibleAsync();

        await bob.Page.FillAsync("[name='Input.Text']", "My brother did that.");
        await bob.SubmitAsync();
        await Expect(bob.Page.GetByTestId("appeal-waits")).ToBeVisibleAsync();
        await Expect(row.GetByTestId("appealed")).ToBeVisibleAsync();
        await row.GetByTestId("answer-appeal").ClickAsync();
        await Expect(list.GetByTestId("appeal-text")).ToHaveTextAsync("My brother did that.");
        await list.Locator("textarea[data-testid=answer], [data-testid=answer] textarea").First.FillAsync("Then lock your screen.");
        await list.GetByTestId("restore-messages").CheckAsync();
        await list.GetByTestId("answer-lift").ClickAsync();
        await Expect(row).ToHaveCountAsync(0);
        await cem.SeesAsync("buy my pears");

        await bob.Page.ReloadAsync();
        await Expect(bob.Page.GetByTestId("no-ban")).ToContainTextAsync("not banned any more");
        await bob.SignInAsync();
        await bob.OpenAsync($"/rooms/{room.Id}");
        await bob.SayAsync("back again");
        await cem.SeesAsync("back again");
    }

    [Fact]
    public async Task BanOfANetwork_ShowsWhoElseIsThere_BeforeItIsMade()
    {
        var ada = await Community.AdaAsync();
        var dora = await Community.JoinAsync("Dora");
        await ada.Page.GotoAsync("/admin/bans");
        await ada.CircuitAsync();
        await ada.Page.GetByTestId("ban-a-network").ClickAsync();

        // The browser reaches the server by the one or the other.
        foreach (var address in (string[])["127.0.0.1", "::1"])
        {
            await ada.Field("network").FillAsync(address);
            await Expect(ada.Page.GetByTestId("confirm")).ToHaveTextAsync($"Ban {address}");
            if (await ada.Page.GetByTestId("network-mine").IsVisibleAsync())
            {
                break;
            }
        }

        await Expect(ada.Page.GetByTestId("network-mine")).ToBeVisibleAsync();
        await Expect(ada.Page.Locator("[data-testid=seen-there]", new() { HasText = dora.Name })).ToBeVisibleAsync();
        await ada.Field("network").FillAsync("10.0.0.0/4");
        await Expect(ada.Page.GetByTestId("network-error")).ToContainTextAsync("too wide");
        await ada.Field("network").FillAsync("203.0.113.77/24");
        await Expect(ada.Page.GetByTestId("network-nobody")).ToBeVisibleAsync();
        await ada.Field("network-reason").FillAsync("An attack.");
        await ada.ConfirmAsync();
        var row = ada.Page.Locator("tr", new() { HasText = "203.0.113.0/24" });
        await Expect(row).ToBeVisibleAsync();
        await row.GetByTestId("lift-ban").ClickAsync();
        await ada.ConfirmAsync();
        await Expect(row).ToHaveCountAsync(0);
    }
}
