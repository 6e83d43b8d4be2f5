using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Journeys;

/// <summary>People let programs in on the pages made for it; what they are shown there works as it stands, until they revoke it.</summary>
public sealed class ProgramsJourney(Stage stage) : Journey(stage)
{
    [Fact]
    public async Task Webhook_MadeInTheRoomsSettings_PostsThereAsABotUntilItIsRevoked()
    {
        using var http = new HttpClient();
        var eve = await Community.JoinAsync("Eve");
        var bob = await Community.JoinAsync("Bob");
        var room = await eve.CreateRoomAsync("Builds");
        await bob.JoinRoomAsync(room);

        await eve.Page.GetByTestId("room-settings").ClickAsync();
        await Expect(eve.Page.GetByTestId("no-webhooks")).ToBeVisibleAsync();
        await eve.Page.GetByTestId("webhook-name").FillAsync("Smithy");
        await eve.Page.GetByTestId("add-webhook").ClickAsync();
        var address = await eve.Page.GetByTestId("webhook-address").GetAttributeAsync("data-copy");
        await Expect(eve.Page.GetByTestId("webhook-curl")).ToContainTextAsync(address!);

        using var answer = await http.PostAsJsonAsync(address, new { text = "Build *7* passed", username = "CI main", icon_emoji = ":rocket:" });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await bob.SeesAsync("Build 7 passed");
        await Expect(bob.Message("Build 7 passed").Locator(".author")).ToHaveTextAsync("CI main");
        await Expect(bob.Message("Build 7 passed").Locator(".bot-badge")).ToBeVisibleAsync();

        await eve.Page.GetByTestId("revoke-webhook").ClickAsync();
        await eve.Page.GetByTestId("confirm-revoke-webhook").ClickAsync();
        await Expect(eve.Page.GetByTestId("no-webhooks")).ToBeVisibleAsync();
        using var late = await http.PostAsJsonAsync(address, new { text = "too late" });
        Assert.Equal(HttpStatusCode.NotFound, late.StatusCode);
        await eve.Page.Keyboard.PressAsync("Escape");
        await bob.SeesAsync("Build 7 passed");
    }

    [Fact]
    public async Task PersonalToken_IsShownOnce_Works_AndIsRevoked()
    {
        var eve = await Community.JoinAsync("Eve");
        await eve.Page.GotoAsync("/account/tokens");
        await Expect(eve.Page.GetByTestId("no-tokens")).ToBeVisibleAsync();
        await eve.Page.Locator("[data-testid=token-form] input[name='Input.Name']").FillAsync("backup script");
        await eve.Page.Locator("[data-testid=token-form] button[type=submit]").ClickAsync();
        var token = await eve.Page.GetByTestId("new-token").InnerTextAsync();

        Assert.Equal(eve.Name, (await MeAsync(token)).GetProperty("name").GetString());
        await eve.Page.GotoAsync("/account/tokens");
        await Expect(eve.Page.GetByTestId("token")).ToContainTextAsync("backup script");
        Assert.DoesNotContain(token, await eve.Page.ContentAsync(), StringComparison.Ordinal);

        await eve.Page.GetByTestId("revoke-token").ClickAsync();
        await Expect(eve.Page.GetByTestId("no-tokens")).ToBeVisibleAsync();
        using var refused = await AskAsync(token);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task Bot_MadeByAnAdministrator_SpeaksByItsToken_UntilItIsEnded()
    {
        var ada = await Community.AdaAsync();
        await ada.Page.GotoAsync("/admin/bots");
        await ada.CircuitAsync();
        await ada.Field("bot-name").FillAsync("Lamplighter");
        await ada.Page.GetByTestId("create-bot").ClickAsync();
        var bot = ada.Page.GetByTestId("bot").Filter(new() { HasText = "Lamplighter" });
        await bot.GetByTestId("token-name").FillAsync("Production");
        await bot.GetByTestId("create-token").ClickAsync();
        var token = await bot.GetByTestId("token").InnerTextAsync();
        Assert.True((await MeAsync(token)).GetProperty("isBot").GetBoolean());

        await bot.GetByTestId("deactivate-bot").ClickAsync();
        await ada.ConfirmAsync();
        await Wait.UntilAsync(async () =>
        {
            using var answer = await AskAsync(token);
            return answer.StatusCode == HttpStatusCode.Unauthorized;
        });
    }

    private async Task<JsonElement> MeAsync(string token)
    {
        using var answer = await AskAsync(token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<HttpResponseMessage> AskAsync(string token)
    {
        using var http = new HttpClient { BaseAddress = Community.Server.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await http.GetAsync("/api/me");
    }
}
