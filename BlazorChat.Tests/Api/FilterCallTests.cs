using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Api;
using BlazorChat.Bots;
using BlazorChat.Filtering;
using BlazorChat.Moderation;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace BlazorChat.Tests.Api;

/// <summary>What programs are told of the word filter, and how they fetch all that is stored of their person.</summary>
public sealed class FilterCallTests
{
    [Fact]
    public async Task Messages_ByActionAndSurface_AreRefusedHeldOrMasked()
    {
        await using var site = await ApiSite.StartAsync();
        var filter = site.Get<WordFilterService>();
        await filter.AddAsync(site.Ann, new FilterRuleDraft("tulip", false, FilterAction.Block, "No tulips."));
        await filter.AddAsync(site.Ann, new FilterRuleDraft("daisy", false, FilterAction.Hold));
        await filter.AddAsync(site.Ann, new FilterRuleDraft("rose", false, FilterAction.Mask));
        using var bob = await site.JoinAsync("Bob");
        var path = $"/api/rooms/{site.General}/messages";

        var blocked = await bob.PostAsync(path, new { text = "a tulip" });
        Assert.Equal((HttpStatusCode.BadRequest, "No tulips."), (blocked.Status, blocked.Json.GetProperty("detail").GetString()));
        var held = await bob.PostAsync(path, new { text = "a daisy", clientMessageId = "c-1" });
        Assert.Equal((HttpStatusCode.Accepted, true), (held.Status, held.Json.GetProperty("held").GetBoolean()));
        Assert.Equal(HttpStatusCode.Accepted, (await bob.PostAsync(path, new { text = "a daisy", clientMessageId = "c-1" })).Status);
        Assert.Equal("a ••••", (await bob.SayAsync(site.General, "a rose")).GetProperty("text").GetString());

        await using (var hub = await bob.ConnectAsync())
        {
            Assert.Contains("No tulips.", (await Assert.ThrowsAsync<HubException>(() => hub.InvokeAsync<MessageBody>("SendMessage", site.General, "a tulip", null))).Message, StringComparison.Ordinal);
            Assert.Contains("held for review", (await Assert.ThrowsAsync<HubException>(() => hub.InvokeAsync<MessageBody>("SendMessage", site.General, "a daisy", "c-2"))).Message, StringComparison.Ordinal);
            Assert.Equal("a ••••", (await hub.InvokeAsync<MessageBody>("SendMessage", site.General, "a rose", null)).Text);
        }

        using var nobody = site.Nobody();
        var hook = await site.Get<IncomingWebhooks>().CreateAsync(site.Ann, site.General, "Hook");
        Assert.Equal(HttpStatusCode.BadRequest, (await nobody.PostAsync(hook.Path, new { text = "a tulip" })).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await nobody.PostAsync(hook.Path, new { text = "a daisy" })).Status);
        Assert.Equal(HttpStatusCode.OK, (await nobody.PostAsync(hook.Path, new { text = "a rose" })).Status);

        var waiting = (await site.Get<HeldMessages>().ListAsync(site.Ann)).Rows;
        Assert.Equal(3, waiting.Count);
        var approved = await site.Get<HeldMessages>().ApproveAsync(site.Ann, waiting[0].Id);
        var again = await bob.PostAsync(path, new { text = "a daisy", clientMessageId = "c-1" });
        Assert.Equal((HttpStatusCode.OK, approved.Id), (again.Status, again.Json.GetProperty("id").GetInt64()));
        Assert.Empty(site.Log.Lines);
    }

    [Fact]
    public async Task HeldMessages_AreDecidedOnByModerators_AndTheirAuthorSeesHow()
    {
        await using var site = await ApiSite.StartAsync();
        await site.Get<WordFilterService>().AddAsync(site.Ann, new FilterRuleDraft("daisy", false, FilterAction.Hold));
        using var ann = await site.ClientAsync(site.Ann, Scope.Read | Scope.Write | Scope.Admin, "Ann");
        using var bob = await site.JoinAsync("Bob");
        foreach (var text in (string[])["a daisy", "another daisy"])
        {
            Assert.Equal(HttpStatusCode.Accepted, (await bob.PostAsync($"/api/rooms/{site.General}/messages", new { text })).Status);
        }

        var listed = (await ann.GetAsync("/api/held")).Ok();
        Assert.Equal(2, listed.GetProperty("total").GetInt32());
        var waiting = listed.GetProperty("messages");
        Assert.Equal(("a daisy", "daisy", bob.Name, "General"), (
            waiting[0].GetProperty("text").GetString(), waiting[0].GetProperty("found").GetString(), waiting[0].GetProperty("senderName").GetString(),
            waiting[0].GetProperty("roomName").GetString()));
        var (first, second) = (waiting[0].GetProperty("id").GetInt64(), waiting[1].GetProperty("id").GetInt64());

        var approved = (await ann.PostAsync($"/api/held/{first}/approve")).Ok();
        Assert.Equal(("a daisy", bob.Actor.UserId), (approved.GetProperty("text").GetString(), approved.GetProperty("senderId").GetInt64()));
        (await ann.PostAsync($"/api/held/{first}/approve")).Problem(HttpStatusCode.Conflict);
        (await ann.PostAsync($"/api/held/{second}/reject", new { note = new string('x', 501) })).Problem(HttpStatusCode.BadRequest);
        (await ann.PostAsync($"/api/held/{second}/reject", new { note = "Not here." })).NoContent();
        (await ann.PostAsync($"/api/held/{second}/reject")).Problem(HttpStatusCode.Conflict);
        (await ann.PostAsync("/api/held/987654321/reject")).Problem(HttpStatusCode.NotFound);
        Assert.Equal(0, (await ann.GetAsync("/api/held")).Ok().GetProperty("total").GetInt32());

        Assert.Equal(["rejected", "approved"], (await bob.GetAsync("/api/me/held")).Ok().EnumerateArray().Select(h => h.GetProperty("state").GetString()));
        (await bob.GetAsync("/api/held")).Problem(HttpStatusCode.Forbidden);
        (await bob.PostAsync($"/api/held/{first}/approve")).Problem(HttpStatusCode.Forbidden);
        (await bob.PostAsync($"/api/held/{first}/reject")).Problem(HttpStatusCode.Forbidden);
        Assert.Empty(site.Log.Lines);
    }

    [Fact]
    public async Task Export_BySigningIn_IsAnArchive_AndAPersonalTokenIsNotEnough()
    {
        await using var site = await ApiSite.StartAsync();
        using var bob = await site.JoinAsync("Bob");
        await bob.SayAsync(site.General, "something of mine");
        Assert.Equal(HttpStatusCode.Forbidden, (await bob.GetAsync("/api/me/export")).Status);

        using var http = new HttpClient { BaseAddress = site.Address };
        var login = await (await http.PostAsJsonAsync("/api/auth/login", new { email = ApiSite.EmailOf(bob.Name), password = ApiSite.Password })).Content.ReadFromJsonAsync<TokensBody>();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", login!.AccessToken);
        for (var i = 0; i < 3; i++)
        {
            using var answer = await http.GetAsync("/api/me/export");
            Assert.Equal((HttpStatusCode.OK, "application/zip"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
            using var archive = new ZipArchive(await answer.Content.ReadAsStreamAsync());
            await using var messages = await archive.GetEntry("messages.json")!.OpenAsync();
            Assert.Contains("something of mine", await new StreamReader(messages).ReadToEndAsync(), StringComparison.Ordinal);
        }

        using var fourth = await http.GetAsync("/api/me/export");
        Assert.Equal(HttpStatusCode.TooManyRequests, fourth.StatusCode);
        Assert.NotNull(fourth.Headers.RetryAfter);
        Assert.Empty(site.Log.Lines);
    }
}
