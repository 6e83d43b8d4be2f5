using System.Net;
using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Api;
using BlazorChat.Moderation;
using Microsoft.AspNetCore.SignalR.Client;

namespace BlazorChat.Tests.Api;

/// <summary>What moderators, administrators and members do by REST beyond one room: mutes everywhere, restoring, appeals, announcements, blocks.</summary>
public sealed class ModerationCallTests(ApiSite site) : ApiTest(site)
{
    private const Scope ForModerators = Scope.Read | Scope.Write | Scope.Admin;

    [Fact]
    public async Task PutMuteEverywhere_SilencesInEveryRoom_UntilItIsDeleted()
    {
        using var ann = await Site.ClientAsync(Site.Ann, ForModerators, "Ann");
        using var bob = await Site.JoinAsync("Bob");
        using var eve = await Site.JoinAsync("Eve", ForModerators & ~Scope.Admin);
        var room = await Site.PrivateRoomAsync(bob, eve);
        var mute = $"/api/people/{eve.Actor.UserId}/mute";

        (await ann.PutAsync(mute, new { minutes = 10, reason = "Spam." })).NoContent();
        foreach (var place in (long[])[room, Site.General])
        {
            var refused = await eve.PostAsync($"/api/rooms/{place}/messages", new { text = "hello" });
            Assert.Contains("muted everywhere", refused.Problem(HttpStatusCode.Forbidden), StringComparison.Ordinal);
            Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 500, 600);
        }

        (await ann.DeleteAsync(mute)).NoContent();
        (await ann.DeleteAsync(mute)).NoContent();
        await eve.SayAsync(room, "hello");

        foreach (var body in (object[])[new { minutes = 0, reason = "x" }, new { minutes = 525_601, reason = "x" }, new { minutes = 10 }, new { minutes = 10, reason = " " }, new { }])
        {
            (await ann.PutAsync(mute, body)).Problem(HttpStatusCode.BadRequest);
        }

        (await ann.PutAsync("/api/people/987654321/mute", new { minutes = 10, reason = "x" })).Problem(HttpStatusCode.NotFound);
        (await ann.PutAsync($"/api/people/{Site.Ann.UserId}/mute", new { minutes = 10, reason = "x" })).Problem(HttpStatusCode.Forbidden);
        (await bob.PutAsync(mute, new { minutes = 10, reason = "x" })).Problem(HttpStatusCode.Forbidden);
        (await bob.DeleteAsync(mute)).Problem(HttpStatusCode.Forbidden);
        using var weak = await Site.ClientAsync(Site.Ann, Scope.Read | Scope.Write, "Ann");
        (await weak.PutAsync(mute, new { minutes = 10, reason = "x" })).Problem(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task RemovedMessage_SaysSo_AndIsRestored_WhatItsAuthorDeletedIsNot()
    {
        using var bob = await Site.JoinAsync("Bob");
        using var eve = await Site.JoinAsync("Eve");
        var room = await Site.PrivateRoomAsync(bob, eve);
        var removed = (await eve.SayAsync(room, "taken away")).GetProperty("id").GetInt64();
        var deleted = (await eve.SayAsync(room, "thought better of")).GetProperty("id").GetInt64();
        await using var hub = await eve.ConnectAsync();
        List<DeletedBody> gone = [];
        List<MessageBody> changed = [];
        hub.On<DeletedBody>("messageDeleted", gone.Add);
        hub.On<MessageBody>("messageEdited", changed.Add);
        await hub.InvokeAsync<JoinedBody>("JoinRoom", room);

        (await bob.DeleteAsync($"/api/messages/{removed}?reason=Off%20topic.")).NoContent();
        (await eve.DeleteAsync($"/api/messages/{deleted}")).NoContent();
        await Wait.Until(() => gone.Count == 2);
        Assert.Equal([new DeletedBody(removed, room, 1, IsRemoved: true), new DeletedBody(deleted, room, 2)], gone);
        Assert.Equal([("", true), ("", false)], await RowsAsync());

        (await eve.PostAsync($"/api/messages/{removed}/restore")).Problem(HttpStatusCode.Forbidden);
        var restored = (await bob.PostAsync($"/api/messages/{removed}/restore")).Ok();
        Assert.Equal(("taken away", false), (restored.GetProperty("text").GetString(), restored.GetProperty("isRemoved").GetBoolean()));
        Assert.Equal([("taken away", false), ("", false)], await RowsAsync());
        await Wait.Until(() => changed.Count == 1);
        Assert.Equal((removed, "taken away", false), (changed[0].Id, changed[0].Text, changed[0].IsRemoved));

        (await bob.PostAsync($"/api/messages/{removed}/restore")).Problem(HttpStatusCode.Conflict);
        (await bob.PostAsync($"/api/messages/{deleted}/restore")).Problem(HttpStatusCode.Conflict);
        (await bob.PostAsync("/api/messages/987654321/restore")).Problem(HttpStatusCode.NotFound);

        async Task<List<(string? Text, bool IsRemoved)>> RowsAsync() =>
            [.. (await eve.GetAsync($"/api/rooms/{room}/messages")).Ok().GetProperty("messages").EnumerateArray()
                .Select(m => (m.GetProperty("text").GetString(), m.GetProperty("isRemoved").GetBoolean()))];
    }

    [Fact]
    public async Task Blocks_ByASignIn_EndDirectMessages_AndAPersonalTokenIsNotEnough()
    {
        using var bob = await Site.JoinAsync("Bob");
        using var eve = await Site.JoinAsync("Eve");
        var direct = (await bob.PostAsync("/api/rooms", new { kind = "direct", memberIds = (long[])[eve.Actor.UserId] })).Ok(HttpStatusCode.Created).GetProperty("id").GetInt64();
        using var phone = Site.Nobody();
        phone.Token = (await phone.PostAsync("/api/auth/login", new { email = ApiSite.EmailOf(bob.Name), password = ApiSite.Password })).Ok().GetProperty("accessToken").GetString();
        var block = $"/api/blocks/{eve.Actor.UserId}";

        (await phone.PutAsync(block)).NoContent();
        (await phone.PutAsync(block)).NoContent();
        var listed = Assert.Single((await phone.GetAsync("/api/blocks")).Ok().EnumerateArray());
        Assert.Equal((eve.Actor.UserId, eve.Name), (listed.GetProperty("id").GetInt64(), listed.GetProperty("name").GetString()));
        (await eve.PostAsync($"/api/rooms/{direct}/messages", new { text = "hello" })).Problem(HttpStatusCode.Forbidden);

        (await phone.DeleteAsync(block)).NoContent();
        (await phone.DeleteAsync(block)).NoContent();
        Assert.Empty((await phone.GetAsync("/api/blocks")).Ok().EnumerateArray());
        await eve.SayAsync(direct, "hello");

        (await phone.PutAsync($"/api/blocks/{bob.Actor.UserId}")).Problem(HttpStatusCode.BadRequest);
        (await phone.PutAsync("/api/blocks/987654321")).Problem(HttpStatusCode.NotFound);
        (await bob.GetAsync("/api/blocks")).Problem(HttpStatusCode.Forbidden);
        (await bob.PutAsync(block)).Problem(HttpStatusCode.Forbidden);
        (await bob.DeleteAsync(block)).Problem(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Announcement_StandsForEveryone_UntilItIsDismissedOrEnded()
    {
        using var ann = await Site.ClientAsync(Site.Ann, ForModerators, "Ann");
        using var bob = await Site.JoinAsync("Bob");
        using var eve = await Site.JoinAsync("Eve");
        var endsAt = TimeProvider.System.GetUtcNow().AddHours(1);

        var made = (await ann.PostAsync("/api/announcements", new { text = "The harbour is closed", endsAt })).Ok(HttpStatusCode.Created);
        var id = made.GetProperty("id").GetInt64();
        Assert.Equal("The harbour is closed", (await bob.GetAsync("/api/announcement")).Ok().GetProperty("text").GetString());
        (await bob.PostAsync($"/api/announcements/{id}/dismiss")).NoContent();
        (await bob.GetAsync("/api/announcement")).NoContent();
        Assert.Equal(id, (await eve.GetAsync("/api/announcement")).Ok().GetProperty("id").GetInt64());

        (await eve.DeleteAsync($"/api/announcements/{id}")).Problem(HttpStatusCode.Forbidden);
        (await ann.DeleteAsync($"/api/announcements/{id}")).NoContent();
        (await ann.DeleteAsync($"/api/announcements/{id}")).Problem(HttpStatusCode.Conflict);
        (await ann.DeleteAsync("/api/announcements/987654321")).Problem(HttpStatusCode.NotFound);
        (await eve.GetAsync("/api/announcement")).NoContent();

        (await eve.PostAsync("/api/announcements", new { text = "x", endsAt })).Problem(HttpStatusCode.Forbidden);
        foreach (var body in (object[])[new { text = "x" }, new { endsAt }, new { text = " ", endsAt }, new { text = new string('x', 501), endsAt }, new { text = "x", endsAt = endsAt.AddDays(-1) }, new { text = "x", endsAt = endsAt.AddDays(91) }, new { text = "x", endsAt = "soon" }])
        {
            (await ann.PostAsync("/api/announcements", body)).Problem(HttpStatusCode.BadRequest);
        }
    }

    [Fact]
    public async Task Appeal_IsAnsweredOnce_AndLiftsTheBan()
    {
        using var ann = await Site.ClientAsync(Site.Ann, ForModerators, "Ann");
        using var bob = await Site.JoinAsync("Bob");
        var ban = $"/api/bans/{(await ann.PostAsync("/api/bans", new { userId = bob.Actor.UserId, reason = "Spam." })).Ok(HttpStatusCode.Created).GetProperty("id")}";
        (await ann.PostAsync($"{ban}/answer", new { lift = true, text = "Well then." })).Problem(HttpStatusCode.Conflict);
        await Site.Get<BanAppeals>().AppealAsync(Uri.UnescapeDataString(Site.Get<BanLinks>().To(bob.Actor.UserId).Split("ticket=")[1]), "It was not me.", null);
        var waiting = (await ann.GetAsync($"/api/bans?state=appealed&search={bob.Name}")).Ok().GetProperty("bans");
        Assert.Equal("It was not me.", Assert.Single(waiting.EnumerateArray()).GetProperty("appeal").GetString());

        (await ann.PostAsync($"{ban}/answer", new { text = "Well then." })).Problem(HttpStatusCode.BadRequest);
        (await ann.PostAsync($"{ban}/answer", new { lift = true })).Problem(HttpStatusCode.BadRequest);
        (await ann.PostAsync("/api/bans/987654321/answer", new { lift = true, text = "Well then." })).Problem(HttpStatusCode.NotFound);
        (await ann.PostAsync($"{ban}/answer", new { lift = true, text = "Well then." })).NoContent();
        (await ann.PostAsync($"{ban}/answer", new { lift = true, text = "Well then." })).Problem(HttpStatusCode.Conflict);
        using var phone = Site.Nobody();
        (await phone.PostAsync("/api/auth/login", new { email = ApiSite.EmailOf(bob.Name), password = ApiSite.Password })).Ok();
    }
}
