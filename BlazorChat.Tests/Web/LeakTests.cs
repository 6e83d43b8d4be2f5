using System.Net;
using System.Text.RegularExpressions;
using BlazorChat.Tests.Journeys;
using BlazorChat.Tests.Messages;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Web;

/// <summary>Nothing of a private room leaves it, and nothing that is written runs.</summary>
public sealed partial class LeakTests(Stage stage) : Journey(stage)
{
    private const string Marked = "zebrafish-4711";

    [Fact]
    public async Task PrivateRoom_CrawledByAnOutsiderAndAnExMember_IsNowhere()
    {
        var bob = await Community.JoinAsync("Bob");
        var former = await Community.JoinAsync("Former");
        var room = await bob.CreateRoomAsync($"{Marked} name", isPrivate: true, description: $"{Marked} description");
        await bob.AddToRoomAsync(former);
        await bob.RemoveFromRoomAsync(former);
        await bob.SayAsync($"{Marked} text for @{former.Name}");
        var message = (await bob.Sent(Marked).GetAttributeAsync("data-id"))!;

        foreach (var outsider in new[] { await Community.JoinAsync("Outsider"), former })
        {
            using var visitor = await Visitor.OfAsync(outsider, Community.Server.Address);
            var (seen, pages) = await CrawlAsync(visitor, $"/rooms/{room}", $"/rooms/{room}/{message}", $"/rooms/1/{message}");
            Assert.True(pages > 5, $"{pages} pages crawled");
            Assert.DoesNotContain(Marked, seen, StringComparison.Ordinal);
            Assert.Equal(await AnswerAsync(visitor, "/rooms/987654321"), await AnswerAsync(visitor, $"/rooms/{room}"));
            Assert.Equal(await AnswerAsync(visitor, "/rooms/987654321/1"), await AnswerAsync(visitor, $"/rooms/{room}/{message}"));

            // Live: as the page shows it, and on the wire.
            var shown = new List<string>();
            foreach (var path in new[] { $"/rooms/{room}", "/rooms/987654321", $"/rooms/{room}/{message}", "/rooms/987654321/1" })
            {
                await outsider.Page.GotoAsync(path);
                await outsider.CircuitAsync();
                await Expect(outsider.Page.GetByTestId("room-missing")).ToBeVisibleAsync();
                shown.Add(await outsider.Page.TitleAsync() + await outsider.Page.Locator("main").InnerTextAsync());
            }

            Assert.Single(shown.Distinct());

            // A message of another room is not found through one's own room either.
            await outsider.OpenAsync($"/rooms/1/{message}");
            await outsider.Page.GetByTestId("browse-rooms").ClickAsync();
            await outsider.Field("browse-search").FillAsync("zebrafish");
            await Expect(outsider.Page.GetByText("No room matches.")).ToBeVisibleAsync();
            await bob.SayAsync($"{Marked} again, to @{outsider.Name}");
            await Expect(outsider.Page.GetByTestId("room-list")).Not.ToContainTextAsync(Marked);
        }

        // The former member was told of the room while in it; of its messages never.
        Assert.False(former.WasSent($"{Marked} text"));
        Assert.False(former.WasSent($"{Marked} again"));
    }

    [Fact]
    public async Task Payloads_InTextNamesAndRoomNames_RunNothing()
    {
        var bob = await Community.JoinAsync("Bob");
        var ada = await Community.AdaAsync();
        var payloads = XssPayloads.All.Where((_, i) => i % 6 == 0).Take(40).ToList();
        var room = await bob.CreateRoomAsync("Payloads");
        await ada.JoinRoomAsync(room);
        await ada.SayAsync("before");
        foreach (var payload in payloads)
        {
            await bob.TypeAndSendAsync(payload);
        }

        await bob.AllSentAsync();
        await Expect(ada.Page.Locator("[data-testid=message][data-sender]")).Not.ToHaveCountAsync(0);
        await Expect(ada.Page.Locator("[data-testid=message][data-id]").Last).ToBeVisibleAsync();
        await bob.ActAsync("before", "reply");
        await bob.SayAsync("<img src=x onerror=alert(1)>");

        foreach (var name in new[] { "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>", "<script>alert(1)</script>" })
        {
            await bob.CreateRoomAsync(name);
            await bob.OpenAsync($"/rooms/{bob.RoomId}");
            await Expect(bob.Page.Locator("h1")).ToContainTextAsync(name);
        }

        await bob.Page.GotoAsync("/account/manage");
        await bob.Page.FillAsync("[data-testid=profile-name-form] input[name='Input.Name']", "<svg onload=alert(1)>");
        await bob.Page.ClickAsync("[data-testid=profile-name-form] button");
        await Expect(bob.Page.GetByText("A name has letters")).ToBeVisibleAsync();

        // Written by the server into the page, and drawn live: both ways they are read.
        await ada.OpenAsync($"/rooms/{room}");
        await ada.ShowMembersAsync();
        await ada.Page.GetByTestId("browse-rooms").ClickAsync();
        await Expect(ada.Page.GetByTestId("browse-join").First).ToBeVisibleAsync();
        var handlers = await ada.Page.EvaluateAsync<int>("""
            [...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => /^on/i.test(a.name) && !e.closest('.mud-popover, .mud-dialog'))).length
            """);
        Assert.Equal(0, handlers);
        Assert.Equal(0, await ada.Page.Locator(".message-body script, .message-body iframe, .message-body form, .message-body [href^='javascript:' i]").CountAsync());
    }

    private static async Task<(string Text, int Pages)> CrawlAsync(Visitor visitor, params string[] start)
    {
        Queue<string> queue = new(["/", .. start]);
        HashSet<string> visited = [];
        var text = new System.Text.StringBuilder();
        while (queue.TryDequeue(out var path) && visited.Count < 60)
        {
            if (!visited.Add(path))
            {
                continue;
            }

            using var answer = await visitor.GetAsync(path);
            var body = await answer.Content.ReadAsStringAsync();
            text.Append(answer.Headers).Append(body);
            foreach (Match link in Link().Matches(body))
            {
                queue.Enqueue(WebUtility.HtmlDecode(link.Groups[1].Value));
            }
        }

        return (text.ToString(), visited.Count);
    }

    /// <summary>Status and page, without what is new in every answer.</summary>
    private static async Task<string> AnswerAsync(Visitor visitor, string path)
    {
        using var answer = await visitor.GetAsync(path);
        var body = await answer.Content.ReadAsStringAsync();
        body = BlazorComment().Replace(body, "");
        body = Secret().Replace(body, "");
        return $"{(int)answer.StatusCode}\n{body}";
    }

    [GeneratedRegex("href=\"(/[^\"#]*)\"")]
    private static partial Regex Link();

    [GeneratedRegex("<!--Blazor.*?-->", RegexOptions.Singleline)]
    private static partial Regex BlazorComment();

    [GeneratedRegex("nonce=\"[^\"]*\"|value=\"CfDJ8[^\"]*\"|returnUrl=[^\"]*")]
    private static partial Regex Secret();
}
