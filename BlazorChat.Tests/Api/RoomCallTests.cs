using System.Net;
using System.Text.Json;
using BlazorChat.Accounts.Tokens;

namespace BlazorChat.Tests.Api;

/// <summary>The contract's calls about rooms and their people.</summary>
public sealed class RoomCallTests(ApiSite site) : ApiTest(site)
{
    private const long NoRoom = 987_654_321;

    [Fact]
    public async Task GetMe_AnswersWhoTheTokenSpeaksFor()
    {
        using var bob = await Site.JoinAsync("Bob");
        var me = (await bob.GetAsync("/api/me")).Ok();
        Assert.Equal(["id", "name", "email", "role", "isBot"], Names(me));
        Assert.Equal(bob.Actor.UserId, me.GetProperty("id").GetInt64());
        Assert.Equal(bob.Name, me.GetProperty("name").GetString());
        Assert.Equal(ApiSite.EmailOf(bob.Name), me.GetProperty("email").GetString());
        Assert.Equal("member", me.GetProperty("role").GetString());

        using var ann = await Site.ClientAsync(Site.Ann, Scope.Read, "Ann");
        Assert.Equal("owner", (await ann.GetAsync("/api/me")).Ok().GetProperty("role").GetString());
    }

    [Fact]
    public async Task GetRooms_AnswersMineAndPublicOnes_WithUnread()
    {
        using var bob = await Site.JoinAsync("Bob");
        using var eve = await Site.JoinAsync("Eve");
        var open = (await eve.PostAsync("/api/rooms", new { name = $"Open of {eve.Name}", kind = "public" })).Ok(HttpStatusCode.Created).GetProperty("id").GetInt64();
        var hidden = await Site.PrivateRoomAsync(eve);
        var shared = await Site.PrivateRoomAsync(eve, bob);
        await eve.SayAsync(shared, "one");
        await eve.SayAsync(shared, "two");

        var rooms = (await bob.GetAsync("/api/rooms")).Ok().EnumerateArray().ToDictionary(r => r.GetProperty("id").GetInt64());
        Assert.All(rooms.Values, room => Assert.Equal(["id", "name", "kind", "isMember", "unread", "lastSeq", "isLocked", "slowSeconds"], Names(room)));
        Assert.DoesNotContain(hidden, rooms.Keys);
        Assert.Equal("public", rooms[Site.General].GetProperty("kind").GetString());
        Assert.True(rooms[Site.General].GetProperty("isMember").GetBoolean());
        Assert.False(rooms[open].GetProperty("isMember").GetBoolean());
        Assert.Equal("private", rooms[shared].GetProperty("kind").GetString());
        Assert.Equal(2, rooms[shared].GetProperty("unread").GetInt64());
        Assert.Equal(2, rooms[shared].GetProperty("lastSeq").GetInt64());

        (await bob.PostAsync($"/api/rooms/{shared}/read", new { seq = 1 })).NoContent();
        Assert.Equal(1, await UnreadAsync(bob, shared));
        (await bob.PostAsync($"/api/rooms/{shared}/read", new { seq = 2 })).NoContent();
        Assert.Equal(0, await UnreadAsync(bob, shared));
        (await bob.PostAsync($"/api/rooms/{shared}/read", new { seq = 1 })).NoContent();
        Assert.Equal(0, await UnreadAsync(bob, shared));
    }

    [Fact]
    public async Task PostRooms_OfEachKind_IsCreatedWithItsPlace()
    {
        using var bob = await Site.JoinAsync("Bob");
        using var eve = await Site.JoinAsync("Eve");
        foreach (var kind in (string[])["public", "private"])
        {
            var answer = await bob.PostAsync("/api/rooms", new { name = $"{kind} of {bob.Name}", kind, memberIds = new[] { eve.Actor.UserId } });
            var room = answer.Ok(HttpStatusCode.Created);
            Assert.Equal(["id", "name", "kind", "isMember", "unread", "lastSeq", "isLocked", "slowSeconds"], Names(room));
            Assert.Equal($"/api/rooms/{room.GetProperty("id").GetInt64()}", answer.Headers.Location?.OriginalString);
            Assert.Equal(kind, room.GetProperty("kind").GetString());
            Assert.True(room.GetProperty("isMember").GetBoolean());
            await eve.SayAsync(room.GetProperty("id").GetInt64(), "I am in it");
        }

        var first = (await bob.PostAsync("/api/rooms", new { kind = "direct", memberIds = new[] { eve.Actor.UserId } })).Ok(HttpStatusCode.Created);
        var again = (await eve.PostAsync("/api/rooms", new { kind = "direct", memberIds = new[] { bob.Actor.UserId } })).Ok(HttpStatusCode.Created);
        Assert.Equal("direct", first.GetProperty("kind").GetString());
        Assert.Equal(eve.Name, first.GetProperty("name").GetString());
        Assert.Equal(bob.Name, again.GetProperty("name").GetString());
        Assert.Equal(first.GetProperty("id").GetInt64(), again.GetProperty("id").GetInt64());
    }

    [Fact]
    public async Task PostRooms_Malformed_IsRefused()
    {
        using var bob = await Site.JoinAsync("Bob");
        object[] bodies =
        [
            new { name = "x", kind = "secret" }, new { name = "x" }, new { name = "", kind = "public" }, new { name = new string('x', 1_000), kind = "public" },
            new { kind = "direct" }, new { kind = "direct", memberIds = new[] { bob.Actor.UserId } },
        ];
        foreach (var body in bodies)
        {
            Assert.NotEqual("", (await bob.PostAsync("/api/rooms", body)).Problem(HttpStatusCode.BadRequest));
        }

        (await bob.PostAsync("/api/rooms", new { kind = "direct", memberIds = new[] { NoRoom } })).Problem(HttpStatusCode.NotFound);
        var name = $"Taken by {bob.Name}";
        (await bob.PostAsync("/api/rooms", new { name, kind = "public" })).Ok(HttpStatusCode.Created);
        (await bob.PostAsync("/api/rooms", new { name, kind = "public" })).Problem(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task JoinAndLeave_APublicRoom_ChangeWhoIsInIt()
    {
        using var bob = await Site.JoinAsync("Bob");
        using var eve = await Site.JoinAsync("Eve");
        var room = (await bob.PostAsync("/api/rooms", new { name = $"Open of {bob.Name}", kind = "public" })).Ok(HttpStatusCode.Created).GetProperty("id").GetInt64();
        (await eve.PostAsync($"/api/rooms/{room}/join")).NoContent();
        (await eve.PostAsync($"/api/rooms/{room}/join")).NoContent();
        var members = (await eve.GetAsync($"/api/rooms/{room}/members")).Ok();
        Assert.All(members.EnumerateArray(), m => Assert.Equal(["id", "name", "isBot", "isManager", "presence"], Names(m)));
        Assert.Equal([bob.Actor.UserId, eve.Actor.UserId], members.EnumerateArray().Select(m => m.GetProperty("id").GetInt64()).Order());
        (await eve.PostAsync($"/api/rooms/{room}/leave")).NoContent();
        (await eve.GetAsync($"/api/rooms/{room}/messages")).Problem(HttpStatusCode.NotFound);
        (await eve.PostAsync($"/api/rooms/{room}/leave")).Problem(HttpStatusCode.Forbidden);
        (await eve.PostAsync("/api/rooms", new { kind = "direct", memberIds = new[] { bob.Actor.UserId } })).Ok(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Members_PutAndDeletedByAManager_ComeAndGo_AndByAnotherAreRefused()
    {
        using var bob = await Site.JoinAsync("Bob");
        using var eve = await Site.JoinAsync("Eve");
        using var zoe = await Site.JoinAsync("Zoe");
        var room = await Site.PrivateRoomAsync(bob, eve);
        var path = $"/api/rooms/{room}/members/{zoe.Actor.UserId}";
        (await eve.DeleteAsync($"/api/rooms/{room}/members/{bob.Actor.UserId}")).Problem(HttpStatusCode.Forbidden);
        (await bob.PutAsync($"/api/rooms/{room}/members/{NoRoom}")).Problem(HttpStatusCode.NotFound);
        (await bob.PutAsync(path)).NoContent();
        (await bob.PutAsync(path)).NoContent();
        await zoe.SayAsync(room, "here");
        (await bob.DeleteAsync(path)).NoContent();
        (await zoe.GetAsync($"/api/rooms/{room}/messages")).Problem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task EveryRoomCall_OfARoomThatMayNotBeKnown_AnswersAsForOneThatDoesNotExist()
    {
        using var bob = await Site.JoinAsync("Bob");
        using var eve = await Site.JoinAsync("Eve");
        using var former = await Site.JoinAsync("Former");
        var room = await Site.PrivateRoomAsync(bob, former);
        var message = (await bob.SayAsync(room, "between us")).GetProperty("id").GetInt64();
        (await bob.DeleteAsync($"/api/rooms/{room}/members/{former.Actor.UserId}")).NoContent();
        foreach (var outsider in (ApiClient[])[eve, former])
        {
            foreach (var (method, path, body) in Calls(eve.Actor.UserId))
            {
                var known = await outsider.SendAsync(method, path.Replace("{id}", $"{room}", StringComparison.Ordinal), body);
                var unknown = await outsider.SendAsync(method, path.Replace("{id}", $"{NoRoom}", StringComparison.Ordinal), body);
                Assert.Equal(unknown.Problem(HttpStatusCode.NotFound), known.Problem(HttpStatusCode.NotFound));
                Assert.Equal(unknown.Text, known.Text);
                Assert.Equal(Headers(unknown), Headers(known));
            }

            foreach (var method in (HttpMethod[])[HttpMethod.Patch, HttpMethod.Delete])
            {
                var body = method == HttpMethod.Patch ? new { text = "x" } : null;
                var known = await outsider.SendAsync(method, $"/api/messages/{message}", body);
                var unknown = await outsider.SendAsync(method, $"/api/messages/{NoRoom}", body);
                Assert.Equal(unknown.Problem(HttpStatusCode.NotFound), known.Problem(HttpStatusCode.NotFound));
                Assert.Equal(unknown.Text, known.Text);
            }
        }
    }

    private static (HttpMethod Method, string Path, object? Body)[] Calls(long userId) =>
    [
        (HttpMethod.Post, "/api/rooms/{id}/join", null),
        (HttpMethod.Post, "/api/rooms/{id}/leave", null),
        (HttpMethod.Get, "/api/rooms/{id}/members", null),
        (HttpMethod.Put, $"/api/rooms/{{id}}/members/{userId}", null),
        (HttpMethod.Delete, $"/api/rooms/{{id}}/members/{userId}", null),
        (HttpMethod.Get, "/api/rooms/{id}/messages", null),
        (HttpMethod.Get, "/api/rooms/{id}/messages?after=0", null),
        (HttpMethod.Post, "/api/rooms/{id}/messages", new { text = "hello" }),
        (HttpMethod.Post, "/api/rooms/{id}/messages", new { text = "hello", clientMessageId = "a", replyToId = 1 }),
        (HttpMethod.Post, "/api/rooms/{id}/read", new { seq = 1 }),
        (HttpMethod.Get, "/api/search?q=between&roomId={id}", null),
    ];

    private static IEnumerable<string> Headers(ApiAnswer answer) => answer.Headers
        .Where(h => h.Key is not ("Date" or "Content-Security-Policy")).Select(h => $"{h.Key}: {string.Join(',', h.Value)}");

    private static async Task<long> UnreadAsync(ApiClient client, long room) => (await client.GetAsync("/api/rooms")).Ok().EnumerateArray()
        .Single(r => r.GetProperty("id").GetInt64() == room).GetProperty("unread").GetInt64();

    internal static IEnumerable<string> Names(JsonElement body) => body.EnumerateObject().Select(p => p.Name);
}
