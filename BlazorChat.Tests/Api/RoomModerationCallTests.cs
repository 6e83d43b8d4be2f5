using System.Net;

namespace BlazorChat.Tests.Api;

/// <summary>Muting, slowing down, locking and choosing moderators by REST.</summary>
public sealed class RoomModerationCallTests(ApiSite site) : ApiTest(site)
{
    [Fact]
    public async Task PutMute_SilencesWithTheReason_UntilItIsDeleted()
    {
        using var bob = await Site.JoinAsync("Bob");
        using var eve = await Site.JoinAsync("Eve");
        var room = await Site.PrivateRoomAsync(bob, eve);
        var mute = $"/api/rooms/{room}/mutes/{eve.Actor.UserId}";

        (await bob.PutAsync(mute, new { minutes = 10, reason = "Spam." })).NoContent();
        var refused = await eve.PostAsync($"/api/rooms/{room}/messages", new { text = "hello" });
        Assert.Contains("Reason: Spam.", refused.Problem(HttpStatusCode.Forbidden), StringComparison.Ordinal);

        (await bob.DeleteAsync(mute)).NoContent();
        (await bob.DeleteAsync(mute)).NoContent();
        await eve.SayAsync(room, "hello");

        foreach (var body in (object[])[new { minutes = 0, reason = "x" }, new { minutes = 525_601, reason = "x" }, new { minutes = 10 }, new { minutes = 10, reason = " " }, new { }])
        {
            (await bob.PutAsync(mute, body)).Problem(HttpStatusCode.BadRequest);
        }

        (await eve.PutAsync($"/api/rooms/{room}/mutes/{bob.Actor.UserId}", new { minutes = 10, reason = "x" })).Problem(HttpStatusCode.Forbidden);
        (await bob.PutAsync($"/api/rooms/{room}/mutes/987654321", new { minutes = 10, reason = "x" })).Problem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task PutSlow_TooEarly_Is429WithRetryAfter_AndTheRoomSaysSo()
    {
        using var bob = await Site.JoinAsync("Bob");
        using var eve = await Site.JoinAsync("Eve");
        var room = await Site.PrivateRoomAsync(bob, eve);

        (await bob.PutAsync($"/api/rooms/{room}/slow", new { seconds = 60 })).NoContent();
        await eve.SayAsync(room, "one", "a");
        var early = await eve.PostAsync($"/api/rooms/{room}/messages", new { text = "two", clientMessageId = "b" });
        early.Problem(HttpStatusCode.TooManyRequests);
        Assert.InRange(early.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 50, 60);
        (await eve.PostAsync($"/api/rooms/{room}/messages", new { text = "one", clientMessageId = "a" })).Ok();
        await bob.SayAsync(room, "moderators do not wait");
        await bob.SayAsync(room, "at all");
        var told = (await eve.GetAsync("/api/rooms")).Ok().EnumerateArray().Single(r => r.GetProperty("id").GetInt64() == room);
        Assert.Equal((60, false), (told.GetProperty("slowSeconds").GetInt32(), told.GetProperty("isLocked").GetBoolean()));

        (await bob.PutAsync($"/api/rooms/{room}/slow", new { seconds = 21_601 })).Problem(HttpStatusCode.BadRequest);
        (await bob.PutAsync($"/api/rooms/{room}/slow", new { })).Problem(HttpStatusCode.BadRequest);
        (await bob.PutAsync($"/api/rooms/{room}/slow", new { seconds = 0 })).NoContent();
        await eve.SayAsync(room, "two", "b");
    }

    [Fact]
    public async Task PutLockAndModerators_DecideWhoPosts()
    {
        using var bob = await Site.JoinAsync("Bob");
        using var eve = await Site.JoinAsync("Eve");
        var room = await Site.PrivateRoomAsync(bob, eve);

        (await bob.PutAsync($"/api/rooms/{room}/lock", new { locked = true })).NoContent();
        (await eve.PostAsync($"/api/rooms/{room}/messages", new { text = "x" })).Problem(HttpStatusCode.Forbidden);
        (await eve.PutAsync($"/api/rooms/{room}/lock", new { locked = false })).Problem(HttpStatusCode.Forbidden);
        (await bob.PutAsync($"/api/rooms/{room}/lock", new { })).Problem(HttpStatusCode.BadRequest);

        (await bob.PutAsync($"/api/rooms/{room}/moderators/{eve.Actor.UserId}")).NoContent();
        await eve.SayAsync(room, "as a moderator");
        (await eve.DeleteAsync($"/api/rooms/{room}/moderators/{bob.Actor.UserId}")).Problem(HttpStatusCode.Forbidden);
        (await eve.DeleteAsync($"/api/rooms/{room}/moderators/{eve.Actor.UserId}")).NoContent();
        (await eve.PostAsync($"/api/rooms/{room}/messages", new { text = "x" })).Problem(HttpStatusCode.Forbidden);
    }
}
