using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Journeys;

/// <summary>A conversation: what is said, answered, changed and taken back.</summary>
[Collection(Lane.Second)]
public sealed class TalkJourney(Stage stage) : Journey(stage)
{
    [Fact]
    public async Task Talk_ThreePeople_EachHearsTheOthersLive()
    {
        var ada = await Community.AdaAsync("/");
        var room = await ada.CreateRoomAsync("Talk");
        var bob = await Community.JoinAsync("Bob");
        var cem = await Community.JoinAsync("Cem");
        await bob.JoinRoomAsync(room);
        await cem.JoinRoomAsync(room);

        await ada.SayAsync("Good morning");
        await bob.SeesAsync("Good morning");
        await cem.SeesAsync("Good morning");
        await bob.SayAsync("**Bold** and `code`\nsecond line");
        await cem.SayAsync("| a | b |\n|---|---|\n| 1 | 2 |");

        var marked = ada.Sent("Bold and code");
        await Expect(marked.Locator("strong")).ToHaveTextAsync("Bold");
        await Expect(marked.Locator("code")).ToHaveTextAsync("code");
        await Expect(marked.Locator("br")).ToHaveCountAsync(1);
        await Expect(ada.Page.Locator(".message-body table td").First).ToHaveTextAsync("1");
        foreach (var person in new[] { ada, bob, cem })
        {
            await Expect(person.Page.Locator("[data-testid=message]")).ToHaveCountAsync(3);
            await Expect(person.Page.Locator("[data-testid=message][data-state=sent]")).ToHaveCountAsync(3);
        }
    }

    [Fact]
    public async Task Mention_CompletedInTheComposer_StandsOutForTheOneNamedOnly()
    {
        var ada = await Community.AdaAsync("/");
        var room = await ada.CreateRoomAsync("Mentions");
        var bob = await Community.JoinAsync("Bob");
        var cem = await Community.JoinAsync("Cem");
        await bob.JoinRoomAsync(room);
        await cem.JoinRoomAsync(room);

        await ada.Input.FillAsync("");
        await ada.Input.PressSequentiallyAsync($"Dear @{bob.Name[..3]}");
        await Expect(ada.Page.Locator("#composer-mentions [role=option]").First).ToContainTextAsync(bob.Name);
        await ada.Input.PressAsync("Enter");
        await Expect(ada.Input).ToHaveValueAsync($"Dear @{bob.Name} ");
        await ada.Input.PressSequentiallyAsync("look");
        await ada.Input.PressAsync("Enter");

        await bob.SeesAsync("look");
        await cem.SeesAsync("look");
        const string background = "e => getComputedStyle(e).backgroundColor";
        var his = await bob.Page.Locator(".mention").EvaluateAsync<string>(background);
        var anothers = await cem.Page.Locator(".mention").EvaluateAsync<string>(background);
        Assert.NotEqual(anothers, his);
    }

    [Fact]
    public async Task Reply_QuoteLeadsToTheOriginal_AndDeletingRedactsBothForEveryone()
    {
        var ada = await Community.AdaAsync("/");
        var room = await ada.CreateRoomAsync("Replies");
        var bob = await Community.JoinAsync("Bob");
        await bob.JoinRoomAsync(room);
        await bob.SayAsync("The secret is 4711");
        for (var i = 0; i < 25; i++)
        {
            await ada.TypeAndSendAsync($"line {i}\n\nand more of it");
        }

        await Expect(ada.Sent("line 24")).ToBeVisibleAsync();
        await ada.ActAsync("The secret is 4711", "reply");
        await ada.SayAsync("I will keep it");
        await Expect(bob.Page.Locator(".quote")).ToContainTextAsync("The secret is 4711");

        await Expect(bob.Sent("The secret is 4711").First).Not.ToBeInViewportAsync();
        await bob.Page.Locator(".quote").ClickAsync();
        await Expect(bob.Page.Locator("[data-testid=message][data-seq='1']")).ToBeInViewportAsync();

        await bob.Page.Locator("[data-testid=message][data-seq='1']").HoverAsync();
        await bob.Page.GetByTestId("message-remove").ClickAsync();
        await bob.ConfirmAsync();
        foreach (var person in new[] { ada, bob })
        {
            await Expect(person.Page.Locator("[data-testid=message][data-seq='1']")).ToContainTextAsync("This message was deleted");
            await Expect(person.Page.Locator(".quote")).ToContainTextAsync("This message was deleted");
            await Expect(person.Page.GetByText("4711")).ToHaveCountAsync(0);
        }

        Assert.DoesNotContain("4711", await ada.Page.ContentAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await Community.Server.QueryAsync<long>($"""SELECT COUNT(*) FROM "Messages" WHERE "RoomId" = {room} AND ("Text" LIKE '%4711%' OR "Html" LIKE '%4711%')"""));
    }

    [Fact]
    public async Task Edit_ByArrowUp_ChangesTheMessageForEveryone()
    {
        var ada = await Community.AdaAsync("/");
        var room = await ada.CreateRoomAsync("Edits");
        var bob = await Community.JoinAsync("Bob");
        await bob.JoinRoomAsync(room);
        await ada.SayAsync("Teh answer");
        await bob.SayAsync("What?");

        await ada.Input.PressAsync("ArrowUp");
        await Expect(ada.Input).ToHaveValueAsync("Teh answer");
        await ada.Input.FillAsync("The answer");
        await ada.Input.PressAsync("Enter");

        await bob.SeesAsync("The answer");
        await Expect(bob.Sent("The answer")).ToContainTextAsync("(edited)");
        await Expect(bob.Page.GetByText("Teh answer")).ToHaveCountAsync(0);
        await Expect(ada.Input).ToHaveValueAsync("");

        // A member may neither edit nor delete what another said.
        await bob.Sent("The answer").HoverAsync();
        await Expect(bob.Page.GetByTestId("message-edit")).ToBeHiddenAsync();
        await Expect(bob.Page.GetByTestId("message-remove")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Permalink_OpensTheMessageInItsContext()
    {
        var ada = await Community.AdaAsync("/");
        var room = await ada.CreateRoomAsync("Links");
        await ada.SayAsync("first of all");
        var link = await ada.Sent("first of all").Locator(".permalink").GetAttributeAsync("href");
        for (var i = 0; i < 30; i++)
        {
            await ada.TypeAndSendAsync($"then {i}\n\nwith room to scroll");
        }

        await Expect(ada.Sent("then 29")).ToBeVisibleAsync();
        var bob = await Community.JoinAsync("Bob");
        await bob.JoinRoomAsync(room);
        await bob.OpenAsync(link!);

        await Expect(bob.Sent("first of all")).ToBeInViewportAsync();
        await Expect(bob.Sent("then 0")).ToBeInViewportAsync();
        await Expect(bob.Sent("first of all")).ToBeFocusedAsync();

        await bob.Page.GotoAsync($"/rooms/{room}/99999999");
        await bob.CircuitAsync();
        await Expect(bob.Page.Locator("#blazor-error-ui")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Draft_SurvivesAReload_AndTooLongATextIsRefusedWhole()
    {
        var ada = await Community.AdaAsync("/");
        await ada.CreateRoomAsync("Drafts");
        await ada.Input.FillAsync("half a thou");
        await ada.Page.ReloadAsync();
        await ada.ReadyAsync();
        await Expect(ada.Input).ToHaveValueAsync("half a thou");

        var tooLong = new string('x', 10_001);
        await ada.Input.FillAsync(tooLong);
        await ada.Input.PressAsync("Enter");
        await Expect(ada.Page.Locator(".composer-problem")).ToContainTextAsync("too long");
        await Expect(ada.Page.GetByTestId("composer-send")).ToBeDisabledAsync();
        await Expect(ada.Input).ToHaveValueAsync(tooLong);
        await Expect(ada.Page.GetByTestId("message")).ToHaveCountAsync(0);

        await ada.Input.FillAsync(tooLong[1..]);
        await ada.Input.PressAsync("Enter");
        await Expect(ada.Page.Locator("[data-testid=message][data-state=sent][data-id]")).ToHaveCountAsync(1);
        await Expect(ada.Input).ToHaveValueAsync("");
    }

    [Fact]
    public async Task Typing_ShowsTheName_AndEndsWithTheMessage()
    {
        var ada = await Community.AdaAsync("/");
        var room = await ada.CreateRoomAsync("Typing");
        var bob = await Community.JoinAsync("Bob");
        await bob.JoinRoomAsync(room);

        await bob.Input.PressSequentiallyAsync("I am wri");
        await Expect(ada.Page.GetByTestId("typing-indicator")).ToHaveTextAsync($"{bob.Name} is typing");
        await Expect(bob.Page.GetByTestId("typing-indicator")).ToHaveTextAsync("");
        await bob.Input.PressAsync("Enter");
        await ada.SeesAsync("I am wri");
        await Expect(ada.Page.GetByTestId("typing-indicator")).ToHaveTextAsync("");

        await bob.Input.PressSequentiallyAsync("and again");
        await Expect(ada.Page.GetByTestId("typing-indicator")).ToHaveTextAsync($"{bob.Name} is typing");
        await Expect(ada.Page.GetByTestId("typing-indicator")).ToHaveTextAsync("", new() { Timeout = 12_000 });
    }
}
