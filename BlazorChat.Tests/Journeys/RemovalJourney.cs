using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Journeys;

/// <summary>What is taken away and brought back, pinned, and not wanted, seen by a moderator and two members side by side.</summary>
[Collection(Lane.Second)]
public sealed class RemovalJourney(Stage stage) : Journey(stage)
{
    private static readonly LocatorAssertionsToContainTextOptions Second = new() { Timeout = 1_000 };

    [Fact]
    public async Task Remove_IsSeenByAllWithinASecond_ItsAuthorReadsWhy_AndItComesBack()
    {
        var (_, _, mira, bob, cem) = await ModeratedRoom.OpenAsync(Community);
        await bob.SayAsync("a rude remark");
        await cem.SeesAsync("a rude remark");

        // Without a reason there is no removal.
        await mira.ActAsync("a rude remark", "remove");
        await Expect(mira.Page.GetByTestId("confirm")).ToBeDisabledAsync();
        await mira.Field("remove-reason").FillAsync("Please stay polite.");
        await mira.ConfirmAsync();
        foreach (var person in new[] { mira, bob, cem })
        {
            await Expect(Removed(person)).ToContainTextAsync("This message was removed by a moderator.", person == mira ? null : Second);
            await Expect(person.Page.GetByText("a rude remark")).ToHaveCountAsync(0);
        }

        await Expect(cem.Page.GetByTestId("message-why")).ToBeHiddenAsync();
        await bob.Page.GetByTestId("message-why").ClickAsync();
        await Expect(bob.Page.GetByTestId("why-removed")).ToContainTextAsync("Please stay polite.");
        await bob.Page.GetByRole(AriaRole.Button, new() { Name = "Close", Exact = true }).Last.ClickAsync();

        await mira.Page.GetByTestId("notice-offer").ClickAsync();
        await cem.SeesAsync("a rude remark");
        await bob.SeesAsync("a rude remark");

        await mira.ActAsync("a rude remark", "remove");
        await mira.Field("remove-reason").FillAsync("Twice is once too often.");
        await mira.ConfirmAsync();
        await Expect(Removed(cem)).ToHaveCountAsync(1);
        await mira.Page.GetByLabel("Dismiss").ClickAsync();
        await bob.Page.GotoAsync("/account/moderation");
        await Expect(bob.Page.GetByTestId("removal")).ToContainTextAsync("Twice is once too often.");
        await mira.MenuAsync("removed by a moderator", "restore");
        await cem.SeesAsync("a rude remark");
        await bob.Page.ReloadAsync();
        await Expect(bob.Page.GetByTestId("no-removals")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Pin_IsAtHandForEveryone_LeadsToTheMessage_AndGoesWithIt()
    {
        var (_, _, mira, bob, cem) = await ModeratedRoom.OpenAsync(Community);
        await bob.SayAsync("the meeting is at ten");
        await bob.SayAsync("and lunch at one");
        await mira.SeesAsync("and lunch at one");

        await mira.MenuAsync("the meeting is at ten", "pin");
        await mira.MenuAsync("and lunch at one", "pin");
        await Expect(cem.Page.GetByTestId("pins")).ToContainTextAsync("2");
        await cem.Page.GetByTestId("pins").ClickAsync();
        await Expect(cem.Page.GetByTestId("pinned")).ToHaveCountAsync(2);
        await Expect(cem.Page.GetByTestId("pin-unpin")).ToHaveCountAsync(0);
        await bob.ActAsync("and lunch at one", "remove");
        await bob.ConfirmAsync();
        await Expect(cem.Page.GetByTestId("pinned")).ToHaveCountAsync(1);
        await cem.Page.GetByTestId("pin-jump").ClickAsync();
        await Expect(cem.Sent("the meeting is at ten")).ToBeFocusedAsync();

        await mira.Page.GetByTestId("pins").ClickAsync();
        await mira.Page.GetByTestId("pin-unpin").ClickAsync();
        await Expect(mira.Page.GetByTestId("no-pins")).ToBeVisibleAsync();
        await Expect(cem.Page.GetByTestId("pins")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Block_CollapsesWhatTheySay_ForTheOneWhoBlocksAlone()
    {
        var (_, _, mira, bob, cem) = await ModeratedRoom.OpenAsync(Community);
        await cem.SayAsync($"hello @{bob.Name}, it is me");
        await bob.SeesAsync("it is me");

        await bob.MenuAsync("it is me", "block");
        await Expect(bob.Page.GetByText("is not told")).ToBeVisibleAsync();
        await bob.ConfirmAsync();
        await Expect(Body(bob, "it is me")).ToBeHiddenAsync();
        await cem.SayAsync("and again");
        await mira.SeesAsync("and again");
        await Expect(Body(bob, "and again")).ToBeHiddenAsync();
        await Expect(Body(mira, "and again")).ToBeVisibleAsync();
        await mira.ActAsync("and again", "reply");
        await mira.SayAsync("I hear you");
        await Expect(bob.Sent("I hear you").Locator(".quote span")).ToBeHiddenAsync();

        // One is shown when it is asked for; and a page that is loaded anew never shows them before.
        await bob.Sent("it is me").ClickAsync();
        await Expect(Body(bob, "it is me")).ToBeVisibleAsync();
        await bob.Page.ReloadAsync();
        await Expect(Body(bob, "it is me")).ToBeHiddenAsync();

        await bob.Page.GotoAsync("/account/moderation");
        await Expect(bob.Page.GetByTestId("blocked")).ToContainTextAsync(cem.Name);
        await bob.Page.GetByTestId("unblock").ClickAsync();
        await Expect(bob.Page.GetByTestId("no-blocks")).ToBeVisibleAsync();
        await bob.OpenAsync("/");
        await Expect(Body(bob, "and again")).ToBeVisibleAsync();

        // The same by the list of people, with the keyboard.
        await bob.ShowMembersAsync();
        await bob.Member(cem).GetByTestId("member-more").PressAsync("Enter");
        await bob.Member(cem).GetByTestId("block-member").PressAsync("Enter");
        await Expect(bob.Page.GetByText("is not told")).ToBeVisibleAsync();
        await bob.ConfirmAsync();
        await Expect(Body(bob, "and again")).ToBeHiddenAsync();
        await Expect(bob.Member(cem).GetByTestId("member-blocked")).ToBeVisibleAsync();
        await bob.Member(cem).GetByTestId("unblock-member").PressAsync("Enter");
        await Expect(Body(bob, "and again")).ToBeVisibleAsync();
        await Expect(bob.Member(cem).GetByTestId("member-blocked")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Retention_OfARoom_IsAskedOnceAndRemembered()
    {
        var ada = await Community.AdaAsync("/");
        await ada.CreateRoomAsync("Short memory");
        await ada.Page.GetByTestId("room-settings").ClickAsync();
        await ada.Page.GetByTestId("room-retention").SelectOptionAsync("30");
        await ada.Page.GetByTestId("save-retention").ClickAsync();
        await Expect(ada.Page.GetByText("older than 30 days")).ToBeVisibleAsync();
        await ada.Page.GetByTestId("confirm-retention").ClickAsync();
        await Expect(ada.Page.GetByText("Saved.")).ToBeVisibleAsync();
        await ada.Page.ReloadAsync();
        await ada.ReadyAsync();
        await ada.Page.GetByTestId("room-settings").ClickAsync();
        await Expect(ada.Page.GetByTestId("room-retention")).ToHaveValueAsync("30");
    }

    private static ILocator Removed(Person person) => person.Page.Locator("[data-testid=message][data-removed]");

    private static ILocator Body(Person person, string text) => person.Sent(text).First.Locator(".message-body");
}
