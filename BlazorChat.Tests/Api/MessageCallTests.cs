using System.Net;
using System.Text;
using System.Text.Json;

namespace BlazorChat.Tests.Api;

/// <summary>The contract's calls about messages.</summary>
public sealed class MessageCallTests(ApiSite site) : ApiTest(site)
{
    private static readonly string[] Fields =
    [
        "id", "roomId", "seq", "senderId", "senderName", "senderIsBot", "text", "html", "clientMessageId", "replyToId", "sentAt", "editedAt", "deletedAt",
        "isRemoved",
    ];

    [Fact]
    public async Task PostMessage_IsCreated_WithEveryFieldOfTheContract()
    {
        using var bob = await Site.JoinAsync("Bob");
        var room = await Site.PrivateRoomAsync(bob);
        var before = TimeProvider.System.GetUtcNow().AddSeconds(-1);
        var message = (await bob.PostAsync($"/api/rooms/{room}/messages", new { text = "Hello **you**", clientMessageId = "c-1" })).Ok(HttpStatusCode.Created);
        Assert.Equal(Fields, RoomCallTests.Names(message));
        Assert.Equal(JsonValueKind.Number, message.GetProperty("id").ValueKind);
        Assert.True(message.GetProperty("id").GetInt64() < 1L << 53);
        Assert.Equal(room, message.GetProperty("roomId").GetInt64());
        Assert.Equal(1, message.GetProperty("seq").GetInt64());
        Assert.Equal(bob.Actor.UserId, message.GetProperty("senderId").GetInt64());
        Assert.Equal(bob.Name, message.GetProperty("senderName").GetString());
        Assert.Equal("Hello **you**", message.GetProperty("text").GetString());
        Assert.Contains("<strong>you</strong>", message.GetProperty("html").GetString(), StringComparison.Ordinal);
        Assert.Equal("c-1", message.GetProperty("clientMessageId").GetString());
        Assert.Equal(JsonValueKind.Null, message.GetProperty("replyToId").ValueKind);
        Assert.Equal(JsonValueKind.Null, message.GetProperty("editedAt").ValueKind);
        Assert.Equal(JsonValueKind.Null, message.GetProperty("deletedAt").ValueKind);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$", message.GetProperty("sentAt").GetString());
        Assert.InRange(message.GetProperty("sentAt").GetDateTimeOffset(), before, TimeProvider.System.GetUtcNow().AddSeconds(1));

        var reply = (await bob.PostAsync($"/api/rooms/{room}/messages", new { text = "And me", replyToId = message.GetProperty("id").GetInt64() })).Ok(HttpStatusCode.Created);
        Assert.Equal(message.GetProperty("id").GetInt64(), reply.GetProperty("replyToId").GetInt64());
        Assert.Equal(2, reply.GetProperty("seq").GetInt64());
    }

    [Fact]
    public async Task PostMessage_TheSameClientMessageIdAgain_AnswersTheFirstWith200()
    {
        using var bob = await Site.JoinAsync("Bob");
        var room = await Site.PrivateRoomAsync(bob);
        var first = await bob.PostAsync($"/api/rooms/{room}/messages", new { text = "once", clientMessageId = "same" });
        var again = await bob.PostAsync($"/api/rooms/{room}/messages", new { text = "twice?", clientMessageId = "same" });
        Assert.Equal(first.Ok(HttpStatusCode.Created).GetRawText(), again.Ok().GetRawText());
        Assert.Single(await SeqsAsync(bob, room, "limit=50"));
    }

    [Fact]
    public async Task PostMessage_FiveAtOnceWithOneClientMessageId_StoreOneMessage()
    {
        using var bob = await Site.JoinAsync("Bob");
        var room = await Site.PrivateRoomAsync(bob);
        for (var round = 0; round < 5; round++)
        {
            var id = $"five-{round}";
            var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => bob.PostAsync($"/api/rooms/{room}/messages", new { text = "once", clientMessageId = id })));
            Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Created], answers.Select(a => a.Status).Order());
            Assert.Single(answers.Select(a => a.Text).Distinct());
            Assert.Equal(round + 1, (await SeqsAsync(bob, room, "limit=50")).Count);
        }
    }

    [Fact]
    public async Task GetMessages_PagesBeforeAndAfter_OldestFirst_WithHasMore()
    {
        using var bob = await Site.JoinAsync("Bob");
        var room = await Site.PrivateRoomAsync(bob);
        for (var i = 1; i <= 60; i++)
        {
            await bob.SayAsync(room, $"number {i}");
        }

        var page = (await bob.GetAsync($"/api/rooms/{room}/messages")).Ok();
        Assert.Equal(["messages", "hasMore"], RoomCallTests.Names(page));
        Assert.All(page.GetProperty("messages").EnumerateArray(), m => Assert.Equal(Fields, RoomCallTests.Names(m)));
        await PageAsync("", 11, 60, hasMore: true);
        await PageAsync("limit=60", 1, 60, hasMore: false);
        await PageAsync("limit=200", 1, 60, hasMore: false);
        await PageAsync("limit=1", 60, 60, hasMore: true);
        await PageAsync("before=11", 1, 10, hasMore: false);
        await PageAsync("before=31&limit=10", 21, 30, hasMore: true);
        await PageAsync("after=0&limit=10", 1, 10, hasMore: true);
        await PageAsync("after=10", 11, 60, hasMore: false);
        await PageAsync("after=50&limit=10", 51, 60, hasMore: false);
        await PageAsync("after=49&limit=10", 50, 59, hasMore: true);
        await PageAsync("after=60", 1, 0, hasMore: false);
        await PageAsync("before=1", 1, 0, hasMore: false);
        foreach (var query in (string[])["limit=0", "limit=-1", "limit=201", "limit=x", "before=x", "after=99999999999999999999", "before=5&after=1"])
        {
            (await bob.GetAsync($"/api/rooms/{room}/messages?{query}")).Problem(HttpStatusCode.BadRequest);
        }

        async Task PageAsync(string query, int first, int last, bool hasMore)
        {
            var answer = (await bob.GetAsync($"/api/rooms/{room}/messages?{query}")).Ok();
            Assert.Equal(Enumerable.Range(first, last - first + 1).Select(i => (long)i), answer.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("seq").GetInt64()));
            Assert.True(hasMore == answer.GetProperty("hasMore").GetBoolean(), query);
        }
    }

    [Fact]
    public async Task GetMessages_WithTheEntityTagOfAnUnchangedPage_Answers304_AndAfterAnyChangeTheNewPage()
    {
        using var bob = await Site.JoinAsync("Bob");
        var room = await Site.PrivateRoomAsync(bob);
        var message = await bob.SayAsync(room, "first");
        var path = $"/api/rooms/{room}/messages?limit=5";
        var tag = (await bob.GetAsync(path)).Headers.ETag!.Tag;
        var unchanged = await bob.GetAsync(path, ("If-None-Match", tag));
        Assert.Equal(HttpStatusCode.NotModified, unchanged.Status);
        Assert.Equal("", unchanged.Text);
        Assert.Equal(tag, unchanged.Headers.ETag!.Tag);
        Assert.Equal(HttpStatusCode.NotModified, (await bob.GetAsync(path, ("If-None-Match", $"\"other\", {tag}"))).Status);
        Assert.Equal(HttpStatusCode.NotModified, (await bob.GetAsync(path, ("If-None-Match", $"W/{tag}"))).Status);
        Assert.Equal(HttpStatusCode.NotModified, (await bob.GetAsync(path, ("If-None-Match", "*"))).Status);

        var id = message.GetProperty("id").GetInt64();
        foreach (var change in (Func<Task>[])
            [
                () => bob.SayAsync(room, "second"),
                async () => (await bob.PatchAsync($"/api/messages/{id}", new { text = "changed" })).Ok(),
                async () => (await bob.DeleteAsync($"/api/messages/{id}")).NoContent(),
            ])
        {
            await change();
            var changed = await bob.GetAsync(path, ("If-None-Match", tag));
            changed.Ok();
            Assert.NotEqual(tag, changed.Headers.ETag!.Tag);
            Assert.Contains("private", changed.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
            tag = changed.Headers.ETag.Tag;
        }
    }

    [Fact]
    public async Task PatchAndDelete_MyMessage_Answer200And204_AndTheTextIsGone()
    {
        using var bob = await Site.JoinAsync("Bob");
        var room = await Site.PrivateRoomAsync(bob);
        var id = (await bob.SayAsync(room, "first")).GetProperty("id").GetInt64();
        var edited = (await bob.PatchAsync($"/api/messages/{id}", new { text = "*second*" })).Ok();
        Assert.Equal(Fields, RoomCallTests.Names(edited));
        Assert.Equal("*second*", edited.GetProperty("text").GetString());
        Assert.Contains("<em>second</em>", edited.GetProperty("html").GetString(), StringComparison.Ordinal);
        Assert.EndsWith("Z", edited.GetProperty("editedAt").GetString(), StringComparison.Ordinal);

        (await bob.DeleteAsync($"/api/messages/{id}")).NoContent();
        (await bob.DeleteAsync($"/api/messages/{id}")).NoContent();
        (await bob.PatchAsync($"/api/messages/{id}", new { text = "third" })).Problem(HttpStatusCode.Conflict);
        var page = await bob.GetAsync($"/api/rooms/{room}/messages");
        var deleted = Assert.Single(page.Ok().GetProperty("messages").EnumerateArray());
        Assert.EndsWith("Z", deleted.GetProperty("deletedAt").GetString(), StringComparison.Ordinal);
        Assert.Equal("", deleted.GetProperty("text").GetString());
        Assert.DoesNotContain("second", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PatchAndDelete_AnotherPersonsMessage_AreForbidden_AndAManagerMayDelete()
    {
        using var bob = await Site.JoinAsync("Bob");
        using var eve = await Site.JoinAsync("Eve");
        var room = await Site.PrivateRoomAsync(bob, eve);
        var ofBob = (await bob.SayAsync(room, "mine")).GetProperty("id").GetInt64();
        var ofEve = (await eve.SayAsync(room, "hers")).GetProperty("id").GetInt64();
        (await eve.PatchAsync($"/api/messages/{ofBob}", new { text = "no" })).Problem(HttpStatusCode.Forbidden);
        (await eve.DeleteAsync($"/api/messages/{ofBob}")).Problem(HttpStatusCode.Forbidden);
        (await bob.PatchAsync($"/api/messages/{ofEve}", new { text = "no" })).Problem(HttpStatusCode.Forbidden);
        (await bob.DeleteAsync($"/api/messages/{ofEve}")).NoContent();
    }

    [Fact]
    public async Task PostMessage_MalformedOrOverALimit_IsRefusedInTheContractsTerms()
    {
        using var bob = await Site.JoinAsync("Bob");
        var room = await Site.PrivateRoomAsync(bob);
        var path = $"/api/rooms/{room}/messages";
        object[] malformed =
        [
            new { text = "" }, new { text = " \n " }, new { }, new { text = new string('x', 10_001) }, new { text = 5 }, new { text = new[] { "x" } },
            new { text = "x", clientMessageId = "" }, new { text = "x", clientMessageId = new string('x', 65) }, new { text = "x", clientMessageId = 7 },
            new { text = "x", replyToId = "x" }, new { text = "x", replyToId = 1.5 },
            Json("{"), Json(""), Json("[]"), Json("null"), Json("\"text\""), Json("{\"text\":\"x\",}"), Json("{\"text\":\"\\ud800\""), Json(new string('[', 500)),
        ];
        foreach (var body in malformed)
        {
            Assert.NotEqual("", (await bob.PostAsync(path, body)).Problem(HttpStatusCode.BadRequest));
        }

        var answer = await bob.PostAsync(path, new { text = "x", replyToId = 987_654_321 });
        answer.Problem(HttpStatusCode.NotFound);
        (await bob.PostAsync(path, new StringContent("text=x", Encoding.UTF8, "application/x-www-form-urlencoded"))).Problem(HttpStatusCode.UnsupportedMediaType);
        (await bob.PostAsync(path, new StringContent("{\"text\":\"x\"}", Encoding.UTF8, "text/plain"))).Problem(HttpStatusCode.UnsupportedMediaType);
        (await bob.PostAsync(path, new { text = new string('x', 200_000) })).Problem(HttpStatusCode.RequestEntityTooLarge);
        (await bob.PutAsync(path)).Problem(HttpStatusCode.MethodNotAllowed);
        (await bob.GetAsync("/api/nothing")).Problem(HttpStatusCode.NotFound);
        (await bob.GetAsync("/api/rooms/x/messages")).Problem(HttpStatusCode.NotFound);
        (await bob.GetAsync("/api/rooms/99999999999999999999/messages")).Problem(HttpStatusCode.NotFound);
        Assert.Empty(await SeqsAsync(bob, room, "limit=50"));

        // At the limits it is taken.
        await bob.SayAsync(room, new string('x', 10_000), new string('i', 64));
        await bob.SayAsync(room, string.Concat(Enumerable.Repeat("\u0001😀", 1)));
    }

    [Fact]
    public async Task PostMessage_NotAMember_IsNotFoundLikeARoomThatDoesNotExist()
    {
        using var bob = await Site.JoinAsync("Bob");
        using var eve = await Site.JoinAsync("Eve");
        var open = (await bob.PostAsync("/api/rooms", new { name = $"Open of {bob.Name}", kind = "public" })).Ok(HttpStatusCode.Created).GetProperty("id").GetInt64();
        var there = await eve.PostAsync($"/api/rooms/{open}/messages", new { text = "x" });
        var nowhere = await eve.PostAsync("/api/rooms/987654321/messages", new { text = "x" });
        Assert.Equal(nowhere.Problem(HttpStatusCode.NotFound), there.Problem(HttpStatusCode.NotFound));
        Assert.Equal(nowhere.Text, there.Text);
    }

    [Fact]
    public async Task Search_FindsInMyRooms_NewestFirst_AndGoesOn()
    {
        using var bob = await Site.JoinAsync("Bob");
        using var eve = await Site.JoinAsync("Eve");
        var (room, other) = (await Site.PrivateRoomAsync(bob, eve), await Site.PrivateRoomAsync(bob));
        for (var i = 1; i <= 30; i++)
        {
            await bob.SayAsync(room, $"quokka {i}");
        }

        await bob.SayAsync(other, "a quokka elsewhere");
        var found = (await eve.GetAsync($"/api/search?q=QUOKKA&limit=20")).Ok();
        Assert.Equal(["messages", "hasMore", "nextBeforeId"], RoomCallTests.Names(found));
        Assert.All(found.GetProperty("messages").EnumerateArray(), m => Assert.Equal(Fields, RoomCallTests.Names(m)));
        Assert.Equal(Enumerable.Range(11, 20).Reverse().Select(i => $"quokka {i}"), found.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("text").GetString()));
        Assert.True(found.GetProperty("hasMore").GetBoolean());
        var rest = (await eve.GetAsync($"/api/search?q=quokka&beforeId={found.GetProperty("nextBeforeId").GetInt64()}")).Ok();
        Assert.Equal(Enumerable.Range(1, 10).Reverse().Select(i => $"quokka {i}"), rest.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("text").GetString()));
        Assert.False(rest.GetProperty("hasMore").GetBoolean());
        Assert.Equal(1, (await bob.GetAsync($"/api/search?q=quokka&roomId={other}")).Ok().GetProperty("messages").GetArrayLength());
        Assert.Equal(0, (await bob.GetAsync("/api/search?q=no-such-word-anywhere")).Ok().GetProperty("messages").GetArrayLength());
        (await bob.GetAsync("/api/search?q=x&roomId=y")).Problem(HttpStatusCode.BadRequest);
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static async Task<List<long>> SeqsAsync(ApiClient client, long room, string query) =>
        [.. (await client.GetAsync($"/api/rooms/{room}/messages?{query}")).Ok().GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("seq").GetInt64())];
}
