using System.Net;
using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;

namespace BlazorChat.Tests.Api;

/// <summary>Bans by REST, and what a banned program meets on every surface.</summary>
public sealed class BanCallTests(ApiSite site) : ApiTest(site)
{
    [Fact]
    public async Task Ban_CutsEverythingOff_WithinASecond_AndIsLifted()
    {
        using var ann = await Site.ClientAsync(Site.Ann, Scope.Read | Scope.Write | Scope.Admin, "Ann");
        using var bob = await Site.JoinAsync("Bob");
        using var phone = Site.Nobody();
        var tokens = (await phone.PostAsync("/api/auth/login", new { email = ApiSite.EmailOf(bob.Name), password = ApiSite.Password })).Ok();
        phone.Token = tokens.GetProperty("accessToken").GetString();
        await using var byToken = await bob.ConnectAsync();
        await using var byAccess = await phone.ConnectAsync();
        Task[] ended = [Ended(byToken), Ended(byAccess)];

        var ban = (await ann.PostAsync("/api/bans", new { userId = bob.Actor.UserId, reason = "Spam.", minutes = 60 })).Ok(HttpStatusCode.Created);
        await Task.WhenAll(ended).WaitAsync(TimeSpan.FromSeconds(5));
        (await bob.GetAsync("/api/me")).Problem(HttpStatusCode.Unauthorized);
        (await phone.GetAsync("/api/me")).Problem(HttpStatusCode.Unauthorized);
        await Assert.ThrowsAsync<HttpRequestException>(() => bob.ConnectAsync());
        (await phone.PostAsync("/api/auth/refresh", new { refreshToken = tokens.GetProperty("refreshToken").GetString() })).Problem(HttpStatusCode.Unauthorized);

        // Only the right password learns why.
        var login = await phone.PostAsync("/api/auth/login", new { email = ApiSite.EmailOf(bob.Name), password = ApiSite.Password });
        Assert.Equal("You are banned: Spam.", login.Problem(HttpStatusCode.Forbidden));
        Assert.Equal("Spam.", login.Json.GetProperty("reason").GetString());
        Assert.Equal(ban.GetProperty("until").GetDateTime(), login.Json.GetProperty("until").GetDateTime());
        var wrong = await phone.PostAsync("/api/auth/login", new { email = ApiSite.EmailOf(bob.Name), password = "another long phrase" });
        Assert.DoesNotContain("ban", wrong.Problem(HttpStatusCode.Unauthorized), StringComparison.OrdinalIgnoreCase);

        Assert.Contains("Ann", (await ann.PostAsync("/api/bans", new { userId = bob.Actor.UserId, reason = "Spam." })).Problem(HttpStatusCode.Conflict), StringComparison.Ordinal);
        var listed = (await ann.GetAsync($"/api/bans?search={bob.Name}")).Ok().GetProperty("bans");
        Assert.Equal((1, "active", "Ann"), (listed.GetArrayLength(), listed[0].GetProperty("state").GetString(), listed[0].GetProperty("bannedBy").GetString()));
        (await ann.DeleteAsync($"/api/bans/{ban.GetProperty("id")}")).NoContent();
        (await ann.DeleteAsync($"/api/bans/{ban.GetProperty("id")}")).Problem(HttpStatusCode.Conflict);
        (await phone.PostAsync("/api/auth/login", new { email = ApiSite.EmailOf(bob.Name), password = ApiSite.Password })).Ok();
    }

    [Fact]
    public async Task BadBans_AreRefused_InWords()
    {
        using var ann = await Site.ClientAsync(Site.Ann, Scope.Read | Scope.Write | Scope.Admin, "Ann");
        using var bob = await Site.JoinAsync("Bob");
        (await bob.PostAsync("/api/bans", new { userId = Site.Ann.UserId, reason = "Spam." })).Problem(HttpStatusCode.Forbidden);
        (await bob.GetAsync("/api/bans")).Problem(HttpStatusCode.Forbidden);
        (await ann.PostAsync("/api/bans", new { userId = bob.Actor.UserId })).Problem(HttpStatusCode.BadRequest);
        (await ann.PostAsync("/api/bans", new { userId = bob.Actor.UserId, reason = "Spam.", minutes = 0 })).Problem(HttpStatusCode.BadRequest);
        (await ann.PostAsync("/api/bans", new { userId = bob.Actor.UserId, reason = "Spam.", minutes = int.MaxValue })).Problem(HttpStatusCode.BadRequest);
        (await ann.PostAsync("/api/bans", new { userId = bob.Actor.UserId, reason = "Spam.", removeMessagesMinutes = -1 })).Problem(HttpStatusCode.BadRequest);
        (await ann.PostAsync("/api/bans", new { userId = 999_999, reason = "Spam." })).Problem(HttpStatusCode.NotFound);
        (await ann.PostAsync("/api/bans", new { userId = Site.Ann.UserId, reason = "Spam." })).Problem(HttpStatusCode.Forbidden);
        (await ann.GetAsync("/api/bans?state=other")).Problem(HttpStatusCode.BadRequest);
        (await ann.DeleteAsync("/api/bans/999999")).Problem(HttpStatusCode.NotFound);
        using var weak = await Site.ClientAsync(Site.Ann, Scope.Read | Scope.Write, "Ann");
        (await weak.GetAsync("/api/bans")).Problem(HttpStatusCode.Forbidden);
    }

    private static Task Ended(Microsoft.AspNetCore.SignalR.Client.HubConnection hub)
    {
        var ended = new TaskCompletionSource();
        hub.Closed += _ =>
        {
            ended.TrySetResult();
            return Task.CompletedTask;
        };
        return ended.Task;
    }
}
