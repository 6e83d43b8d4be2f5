using System.Diagnostics;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Journeys;

/// <summary>Who is signed in, where, and for how long.</summary>
public sealed class SessionJourney(Stage stage) : Journey(stage)
{
    [Fact]
    public async Task SignOutEverywhere_EndsEveryTabOfEveryBrowserWithinASecond()
    {
        var bob = await Community.JoinAsync("Bob");
        var secondTab = await bob.TabAsync("/");
        var phone = await Community.VisitAsync(bob.Name);
        await phone.SignInAsync();
        await phone.ReadyAsync();
        var settings = await bob.Context.NewPageAsync();
        await settings.GotoAsync("/account/manage");

        await settings.GetByTestId("sign-out-everywhere").ClickAsync();
        await Expect(settings.GetByTestId("login-form")).ToBeVisibleAsync();
        var ended = Stopwatch.StartNew();
        foreach (var page in new[] { bob.Page, secondTab.Page, phone.Page })
        {
            await Expect(page.GetByTestId("composer-input")).ToHaveCountAsync(0);
        }

        // The pages themselves take a moment more to arrive where one signs in.
        Assert.InRange(ended.Elapsed.TotalSeconds, 0, 1);
        foreach (var page in new[] { bob.Page, secondTab.Page, phone.Page })
        {
            await Expect(page.GetByTestId("login-form")).ToBeVisibleAsync();
        }
    }

    [Fact]
    public async Task SignInAsAnotherInASecondTab_TheFirstReloadsAsThem()
    {
        var bob = await Community.JoinAsync("Bob");
        var cem = await Community.JoinAsync("Cem");
        await bob.Input.FillAsync("bob's draft");
        var tab = await bob.Context.NewPageAsync();
        await tab.GotoAsync("/account/login");
        await tab.FillAsync("[name='Input.Email']", cem.Email);
        await tab.FillAsync("[name='Input.Password']", Community.Password);
        await tab.ClickAsync("main form button[type=submit]");
        await Expect(tab.GetByTestId("user-menu")).ToContainTextAsync(cem.Name);

        await Expect(bob.Page.GetByTestId("user-menu")).ToContainTextAsync(cem.Name);
        await bob.ReadyAsync();
        await Expect(bob.Input).ToHaveValueAsync("");
        await bob.SayAsync("who says this?");
        Assert.Equal(cem.Name, await Community.Server.QueryAsync<string>(
            """SELECT u."UserName" FROM "Messages" m JOIN "Users" u ON u."Id" = m."SenderId" WHERE m."Text" = 'who says this?'"""));
    }

    [Fact]
    public async Task OneTabTooMany_SaysSo_AndOpensWhenAnotherIsClosed()
    {
        var bob = await Community.JoinAsync("Bob");
        var tabs = new List<Person> { bob };
        while (tabs.Count < Stage.MostTabs)
        {
            tabs.Add(await bob.TabAsync("/"));
        }

        var page = await bob.Context.NewPageAsync();
        await page.GotoAsync($"/rooms/{bob.RoomId}");
        await Expect(page.GetByTestId("too-many-tabs")).ToContainTextAsync($"You have this open in {Stage.MostTabs} tabs. Close one and reload.");
        await bob.SayAsync("the others go on");
        await Expect(tabs[^1].List).ToContainTextAsync("the others go on");

        await tabs[^1].Page.CloseAsync();
        var notice = page.Url;
        await Wait.UntilAsync(async () =>
        {
            await page.GotoAsync(notice);
            await page.GetByTestId("reload").ClickAsync();
            await page.WaitForURLAsync($"**/rooms/{bob.RoomId}");
            await page.Locator("[data-testid=message-list][data-ready], [data-testid=too-many-tabs]").First.WaitForAsync();
            return await page.GetByTestId("too-many-tabs").CountAsync() == 0;
        });
    }

    [Fact]
    public async Task SignOut_ThenBack_ShowsNothing()
    {
        var bob = await Community.JoinAsync("Bob");
        await bob.SayAsync("bob was here");
        await bob.Page.GetByTestId("user-menu").ClickAsync();
        await bob.Page.GetByTestId("sign-out").ClickAsync();
        await Expect(bob.Page.GetByTestId("login-form")).ToBeVisibleAsync();
        await bob.Page.GoBackAsync();
        await bob.Page.WaitForLoadStateAsync();
        await Expect(bob.Page.GetByText("bob was here")).ToHaveCountAsync(0);
        await bob.Page.GotoAsync("/rooms/1");
        await Expect(bob.Page.GetByTestId("login-form")).ToBeVisibleAsync();
        await bob.SignInAsync(password: "not the password");
        await Expect(bob.Page.Locator(".notice[role=alert], .notice-line[role=alert] .notice-text, .admin [role=alert]").First).ToBeVisibleAsync();
        await bob.SignInAsync();
        await bob.ReadyAsync();
    }

    [Fact]
    public async Task ResetLink_GivesANewPasswordOnce_AndEndsTheOldSessions()
    {
        var bob = await Community.JoinAsync("Bob");
        var ada = await Community.AdaAsync();
        await FindAsync(ada, bob);
        await ada.Page.GetByTestId("reset-link").ClickAsync();
        var link = await ada.Page.GetByTestId("link").InnerTextAsync();

        var elsewhere = await Community.VisitAsync(bob.Name);
        await elsewhere.Page.GotoAsync(link);
        await elsewhere.Page.FillAsync("[name='Input.Password']", "another long phrase");
        await elsewhere.SubmitAsync();
        await Expect(elsewhere.Page.GetByTestId("login-form")).ToBeVisibleAsync();
        await Expect(bob.Page.GetByTestId("login-form")).ToBeVisibleAsync();
        await elsewhere.SignInAsync();
        await Expect(elsewhere.Page.GetByTestId("login-form")).ToBeVisibleAsync();
        await elsewhere.SignInAsync(password: "another long phrase");
        await elsewhere.ReadyAsync();

        await bob.Page.GotoAsync(link);
        await Expect(bob.Page.Locator(".notice[role=alert]")).ToContainTextAsync("not valid any more");
    }

    [Fact]
    public async Task DemotedAdministrator_WithThePageOpen_IsRefused()
    {
        var bob = await Community.JoinAsync("Bob");
        var ada = await Community.AdaAsync();
        await ChangeRoleAsync(ada, bob, "Administrator");
        await bob.Page.GotoAsync("/admin/invites");
        await bob.CircuitAsync();
        await Expect(bob.Page.GetByTestId("create-invite")).ToBeVisibleAsync();
        var (banning, promoting) = (await OpenPersonAsync(bob, await Community.JoinAsync("Cem")), await OpenPersonAsync(bob, await Community.JoinAsync("Dora")));
        await banning.GetByTestId("ban-person").ClickAsync();
        await banning.Locator("textarea[data-testid=ban-reason], [data-testid=ban-reason] textarea").First.FillAsync("I was an administrator a moment ago.");
        await promoting.GetByTestId("new-role").SelectOptionAsync("Moderator");
        await promoting.GetByTestId("change-role").ClickAsync();
        await ChangeRoleAsync(ada, bob, "Member");
        var before = await Community.Server.QueryAsync<long>("""SELECT COUNT(*) FROM "Invites" """);

        // Were the button gone by now, that would be as good a refusal.
        await bob.Page.GetByTestId("create-invite").Or(bob.Page.GetByText("for administrators")).First.ClickAsync();
        await Expect(bob.Page.Locator(".notice[role=alert], .notice-line[role=alert] .notice-text, .admin [role=alert]").First).ToBeVisibleAsync();
        Assert.Equal(before, await Community.Server.QueryAsync<long>("""SELECT COUNT(*) FROM "Invites" """));
        await bob.Page.ReloadAsync();
        await Expect(bob.Page.GetByText("This page is for administrators.")).ToBeVisibleAsync();

        // Both had the dialog open that asks once, and confirm it now.
        await banning.GetByTestId("confirm").ClickAsync();
        await Expect(banning.GetByTestId("ban-error")).ToHaveTextAsync("Only moderators may do this.");
        await promoting.GetByTestId("confirm").ClickAsync();
        await Expect(promoting.Locator(".notice-line[role=alert] .notice-text").First).ToContainTextAsync("Only administrators may do this.");
        Assert.Equal(0, await Community.Server.QueryAsync<long>("""SELECT COUNT(*) FROM "Bans" WHERE "Reason" = 'I was an administrator a moment ago.' """));
        Assert.Equal(0, await Community.Server.QueryAsync<long>("""SELECT COUNT(*) FROM "Users" WHERE "UserName" LIKE 'Dora%' AND "Role" > 0"""));
    }

    /// <summary>Another tab, with somebody's page of the administration.</summary>
    private static async Task<IPage> OpenPersonAsync(Person reader, Person other)
    {
        var tab = await reader.Context.NewPageAsync();
        await tab.GotoAsync($"/admin/people/{await ModeratedRoom.IdOfAsync(other)}");
        await Expect(tab.GetByTestId("person")).ToContainTextAsync(other.Name);
        await tab.WaitForFunctionAsync(Person.IsLive);
        return tab;
    }

    private static async Task ChangeRoleAsync(Person ada, Person person, string to)
    {
        await FindAsync(ada, person);
        await ada.Page.GetByTestId("new-role").SelectOptionAsync(to);
        await ada.Page.GetByTestId("change-role").ClickAsync();
        await ada.ConfirmAsync();
        await Expect(ada.Page.GetByTestId("person").Locator(".mark").First).ToHaveTextAsync(to);
    }

    private static async Task FindAsync(Person ada, Person person)
    {
        await ada.Page.GotoAsync("/admin/people");
        await ada.CircuitAsync();
        await ada.Field("people-filter").FillAsync(person.Name);
        await Expect(ada.Page.GetByTestId("account")).ToHaveCountAsync(1);
        await ada.Page.GetByTestId("account").ClickAsync();
        await Expect(ada.Page.GetByTestId("person")).ToContainTextAsync(person.Name);
    }
}
