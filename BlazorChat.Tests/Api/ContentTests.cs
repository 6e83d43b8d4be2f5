using System.Net;
using System.Text.RegularExpressions;
using AngleSharp.Html.Parser;
using BlazorChat.Messages;
using BlazorChat.Tests.Messages;

namespace BlazorChat.Tests.Api;

/// <summary>What the API gives out: nothing that runs, and nothing of rooms that are not the caller's.</summary>
public sealed partial class ContentTests(ApiSite site) : ApiTest(site)
{
    private const string Marked = "zebrafish-4711";

    [Fact]
    public async Task Payloads_PostedThroughTheApi_ComeBackHarmless()
    {
        using var bob = await Site.JoinAsync("Bob");
        var room = await Site.PrivateRoomAsync(bob);
        var parser = new HtmlParser();
        foreach (var payload in XssPayloads.All)
        {
            var answer = await bob.PostAsync($"/api/rooms/{room}/messages", new { text = payload });
            if (answer.Status == HttpStatusCode.BadRequest)
            {
                // Nothing to see in it.
                continue;
            }

            var message = answer.Ok(HttpStatusCode.Created);
            Assert.Equal("application/json", answer.MediaType);
            foreach (var element in parser.ParseDocument(message.GetProperty("html").GetString()!).Body!.QuerySelectorAll("*"))
            {
                Assert.DoesNotContain(element.LocalName, (string[])["script", "style", "iframe", "object", "embed", "form", "svg", "math", "base", "meta", "link"]);
                Assert.All(element.Attributes, a => Assert.False(
                    a.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase) || Script().IsMatch(a.Value), $"{payload}: {element.OuterHtml}"));
            }
        }

        // Names are text: they come back as they were typed, in JSON, which no browser takes for a page.
        const string Name = "\"><img src=x onerror=alert(1)>";
        var named = await bob.PostAsync("/api/rooms", new { name = Name, kind = "private" });
        Assert.Equal(("application/json", "nosniff"), (named.MediaType, Assert.Single(named.Headers.GetValues("X-Content-Type-Options"))));
        Assert.Equal(Name, named.Ok(HttpStatusCode.Created).GetProperty("name").GetString());
        var sent = await bob.PostAsync($"/api/rooms/{room}/messages", new { text = "x", clientMessageId = Name });
        Assert.Equal(Name, sent.Ok(HttpStatusCode.Created).GetProperty("clientMessageId").GetString());
        using var hub = await bob.RawAsync();
        await hub.InvokeAsync("JoinRoom", room);
        await hub.InvokeAsync("SendMessage", room, "<script>alert(1)</script>", Name + "2");
        Assert.DoesNotContain("<script", (await hub.HearsAsync("newMessage")).GetProperty("html").GetString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task PrivateRoom_CrawledByTheTokensOfAnOutsiderAndAnExMember_IsNowhere()
    {
        using var bob = await Site.JoinAsync("Bob");
        using var former = await Site.JoinAsync("Former");
        using var outsider = await Site.JoinAsync("Outsider");
        var name = $"{Marked} {bob.Name}";
        var room = (await bob.PostAsync("/api/rooms", new { name, kind = "private", memberIds = new[] { former.Actor.UserId } })).Ok(HttpStatusCode.Created).GetProperty("id").GetInt64();
        (await bob.DeleteAsync($"/api/rooms/{room}/members/{former.Actor.UserId}")).NoContent();
        var message = (await bob.SayAsync(room, $"{Marked} for @{former.Name} and @{outsider.Name}", $"id-of-{bob.Name}")).GetProperty("id").GetInt64();
        foreach (var client in (ApiClient[])[outsider, former])
        {
            using var hub = await client.RawAsync();
            string[] paths =
            [
                "/api/me", "/api/rooms", $"/api/rooms/{room}/members", $"/api/rooms/{room}/messages", $"/api/rooms/{room}/messages?before=99", $"/api/rooms/{room}/messages?after=0",
                $"/api/rooms/{Site.General}/messages?limit=200", $"/api/rooms/{Site.General}/members", $"/api/search?q={Marked}", "/api/search?q=zebrafish", "/api/search?q=ze",
                $"/api/search?q={Marked}&roomId={room}", $"/api/search?q=in:{Marked}", $"/api/search?q=from:{bob.Name}", $"/api/search?q=zebrafish&beforeId={message + 1}",
                $"/api/rooms/{room}", $"/api/messages/{message}", "/openapi/v1.json",
            ];
            foreach (var path in paths)
            {
                Assert.DoesNotContain(Marked, (await client.GetAsync(path)).Text, StringComparison.OrdinalIgnoreCase);
            }

            // Replying to it would quote it, and its client id would answer a resend.
            var reply = await client.PostAsync($"/api/rooms/{Site.General}/messages", new { text = "x", replyToId = message });
            reply.Problem(HttpStatusCode.NotFound);
            var resend = await client.PostAsync($"/api/rooms/{Site.General}/messages", new { text = "mine", clientMessageId = $"id-of-{bob.Name}" });
            Assert.Equal("mine", resend.Ok(HttpStatusCode.Created).GetProperty("text").GetString());
            (await client.DeleteAsync($"/api/messages/{resend.Json.GetProperty("id").GetInt64()}")).NoContent();

            foreach (var (method, arguments) in ((string, object?[])[])
                [("JoinRoom", [room]), ("GetMessages", [room, 0, 200]), ("SendMessage", [room, "x", null]), ("SendReply", [Site.General, "x", null, message]),
                 ("EditMessage", [message, "x"]), ("DeleteMessage", [message]), ("Typing", [room])])
            {
                await hub.RefusedAsync(method, arguments);
            }

            await hub.InvokeAsync("JoinRoom", Site.General);
            await hub.InvokeAsync("GetMessages", Site.General, 0, 200);
            await hub.CompletedAsync("LeaveRoom", room);
            await hub.CompletedAsync("MarkRead", room, 1);
            await bob.SayAsync(room, $"{Marked} again");
            await hub.InvokeAsync("SendMessage", Site.General, "done", null);
            Assert.DoesNotContain(hub.Records, r => r.Contains(Marked, StringComparison.OrdinalIgnoreCase));
        }
    }

    [GeneratedRegex(@"^\s*(javascript|vbscript|data):", RegexOptions.IgnoreCase)]
    private static partial Regex Script();
}
