using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Journeys;

/// <summary>The first minutes of a community.</summary>
[Collection(Lane.Second)]
public sealed class SetUpJourney(Stage stage) : Journey(stage)
{
    protected override bool IsShared => false;

    [Fact]
    public async Task SetUp_TwoAtOnceAndAThirdLater_GivesOneAdministrator()
    {
        var server = new ServerProcess();
        await server.StartAsync();
        var community = Own(server);
        var first = await community.VisitAsync("Ada");
        var second = await community.VisitAsync("Eve");
        foreach (var visitor in new[] { first, second })
        {
            await visitor.Page.GotoAsync("/");
            await Expect(visitor.Page.GetByTestId("setup-form")).ToBeVisibleAsync();
            await visitor.FillAccountAsync("The Reading Circle");
        }

        await Task.WhenAll(first.SubmitAsync(), second.SubmitAsync());

        var names = await server.RowsAsync("""SELECT "UserName", "Role" FROM "Users" """);
        var administrator = Assert.Single(names)[0].ToString() == "Ada" ? first : second;
        await administrator.ReadyAsync();
        await Expect(administrator.Page.Locator("h1")).ToHaveTextAsync("# General");

        var third = await community.VisitAsync("Mallory");
        await third.Page.GotoAsync("/setup");
        await Expect(third.Page.GetByTestId("login-form")).ToBeVisibleAsync();
        Assert.Equal(1, await server.QueryAsync<long>("""SELECT COUNT(*) FROM "Users" """));
    }

    [Fact]
    public async Task Register_WithoutInvite_IsRefused_AndARevokedLinkLetsNobodyIn()
    {
        var community = await FoundAsync();
        var mallory = await community.VisitAsync("Mallory");
        await mallory.Page.GotoAsync("/join/wrong");
        await mallory.FillAccountAsync(community: null);
        if (await mallory.Page.Locator("[name='Input.InviteCode']").IsVisibleAsync())
        {
            await mallory.Page.FillAsync("[name='Input.InviteCode']", "wrong");
        }

        await mallory.SubmitAsync();
        await Expect(mallory.Page.GetByTestId("register-form")).ToBeVisibleAsync();
        Assert.Equal(1, await community.Server.QueryAsync<long>("""SELECT COUNT(*) FROM "Users" """));

        var ada = await community.AdaAsync();
        await ada.Page.GotoAsync("/admin/invites");
        await ada.CircuitAsync();
        var link = await ada.Page.GetByTestId("invite-link").InnerTextAsync();
        await ada.Page.GetByTestId("revoke-invite").ClickAsync();
        await ada.ConfirmAsync();
        await Expect(ada.Page.GetByTestId("invite")).ToContainTextAsync("Revoked");
        await mallory.Page.GotoAsync(link);
        await mallory.FillAccountAsync(community: null);
        if (await mallory.Page.Locator("[name='Input.InviteCode']").GetAttributeAsync("value") is null or "")
        {
            await mallory.Page.FillAsync("[name='Input.InviteCode']", link.Split('/')[^1]);
        }

        await mallory.SubmitAsync();
        await Expect(mallory.Page.GetByTestId("register-form")).ToBeVisibleAsync();
        Assert.Equal(1, await community.Server.QueryAsync<long>("""SELECT COUNT(*) FROM "Users" """));
    }
}
