using System.Net;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Notifications.WebPush;
using BlazorChat.Tests.Notifications;

namespace BlazorChat.Tests.Api;

/// <summary>The contract's calls about notifications, and that what is registered by them is notified.</summary>
public sealed class PushCallTests : IAsyncLifetime
{
    private const string Path = "/api/push/subscriptions";

    private ApiSite _site = null!;
    private PushService _push = null!;

    public async ValueTask InitializeAsync()
    {
        _push = await PushService.StartAsync();
        _site = await ApiSite.StartAsync(
            [$"--Push:AllowedHosts={_push.Host}", "--Push:GraceSeconds=0.05", .. ChatHost.NoLimits.Select(l => $"--{l.Key}={l.Value}")]);
        _push.PublicKey = _site.Get<VapidKeys>().PublicKey;
    }

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        await _push.DisposeAsync();
        Assert.Empty(_push.Browsers.SelectMany(b => b.Faults));
        Assert.Empty(_site.Log.Lines);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task GetKey_IsTheOneThatPushesAreSignedWith()
    {
        using var bob = await _site.JoinAsync("Bob");
        var key = (await bob.GetAsync("/api/push/key")).Ok();
        Assert.Equal(["publicKey"], key.EnumerateObject().Select(p => p.Name));
        Assert.Equal(_push.PublicKey, key.GetProperty("publicKey").GetString());
    }

    [Fact]
    public async Task EveryCall_WithoutAToken_IsRefused()
    {
        using var nobody = _site.Nobody();
        using var phone = _push.NewBrowser();
        (await nobody.GetAsync("/api/push/key")).Problem(HttpStatusCode.Unauthorized);
        (await nobody.PostAsync(Path, phone.Registration)).Problem(HttpStatusCode.Unauthorized);
        (await nobody.SendAsync(HttpMethod.Delete, Path, phone.Registration)).Problem(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task PostSubscription_IsNotifiedUntilItIsDeleted_HoweverOftenEachIsSaid()
    {
        using var bob = await _site.JoinAsync("Bob");
        using var eve = await _site.JoinAsync("Eve");
        using var zoe = await _site.JoinAsync("Zoe");
        var (phone, other) = (_push.NewBrowser(), _push.NewBrowser());
        var first = (await bob.PostAsync(Path, phone.Registration)).Ok(HttpStatusCode.Created);
        Assert.Equal(["id", "device", "createdAt"], first.EnumerateObject().Select(p => p.Name));
        var again = (await bob.PostAsync(Path, phone.Registration)).Ok(HttpStatusCode.Created);
        Assert.Equal(first.GetProperty("id").GetInt64(), again.GetProperty("id").GetInt64());
        (await zoe.PostAsync(Path, other.Registration)).Ok(HttpStatusCode.Created);

        var message = await eve.SayAsync(_site.General, "is anybody there?");
        var shown = await phone.NextAsync();
        Assert.Equal(message.GetProperty("id").GetInt64(), shown.Json.GetProperty("messageId").GetInt64());
        Assert.Equal("is anybody there?", shown.Json.GetProperty("body").GetString());
        await other.NextAsync();

        (await bob.SendAsync(HttpMethod.Delete, Path, new { endpoint = phone.Endpoint })).NoContent();
        (await bob.SendAsync(HttpMethod.Delete, Path, new { endpoint = phone.Endpoint })).NoContent();
        await eve.SayAsync(_site.General, "nobody but Zoe");
        await other.NextAsync();
        Assert.Single(phone.Attempts);
    }

    [Fact]
    public async Task PostSubscription_WhoseEndpointChanged_ReplacesTheOldOne()
    {
        using var bob = await _site.JoinAsync("Bob");
        using var eve = await _site.JoinAsync("Eve");
        var (old, phone) = (_push.NewBrowser(), _push.NewBrowser());
        (await bob.PostAsync(Path, old.Registration)).Ok(HttpStatusCode.Created);
        (await bob.PostAsync(Path, new { endpoint = phone.Endpoint, keys = new { p256dh = phone.P256dh, auth = phone.Auth }, replaces = old.Endpoint }))
            .Ok(HttpStatusCode.Created);
        await eve.SayAsync(_site.General, "to the new one");
        await phone.NextAsync();
        Assert.Empty(old.Attempts);
    }

    [Fact]
    public async Task PostSubscription_OfSomebodyElses_IsRefusedWithoutTheSecret_AndMovesWithIt()
    {
        using var bob = await _site.JoinAsync("Bob");
        using var eve = await _site.JoinAsync("Eve");
        var (phone, other) = (_push.NewBrowser(), _push.NewBrowser());
        (await bob.PostAsync(Path, phone.Registration)).Ok(HttpStatusCode.Created);

        // Who knows an address alone neither hears by it nor silences it.
        (await eve.PostAsync(Path, new { endpoint = phone.Endpoint, keys = new { p256dh = other.P256dh, auth = other.Auth } })).Problem(HttpStatusCode.Conflict);
        (await eve.SendAsync(HttpMethod.Delete, Path, new { endpoint = phone.Endpoint })).NoContent();
        await eve.SayAsync(_site.General, "Bob's still");
        Assert.Equal("Bob's still", (await phone.NextAsync()).Json.GetProperty("body").GetString());

        // The same browser, after the other had signed in there.
        (await eve.PostAsync(Path, phone.Registration)).Ok(HttpStatusCode.Created);
        await bob.SayAsync(_site.General, "Eve's now");
        Assert.Equal("Eve's now", (await phone.NextAsync()).Json.GetProperty("body").GetString());
    }

    [Fact]
    public async Task PostSubscription_ByATokenThatIsRevoked_IsNotifiedNoMore()
    {
        using var bob = await _site.JoinAsync("Bob");
        using var eve = await _site.JoinAsync("Eve");
        using var second = await _site.ClientAsync(bob.Actor, Scope.Read, bob.Name);
        var (phone, tablet) = (_push.NewBrowser(), _push.NewBrowser());
        (await bob.PostAsync(Path, phone.Registration)).Ok(HttpStatusCode.Created);
        (await second.PostAsync(Path, tablet.Registration)).Ok(HttpStatusCode.Created);
        await _site.Tokens.RevokeAsync(bob.Actor, bob.TokenId);
        await eve.SayAsync(_site.General, "to the tablet");
        await tablet.NextAsync();
        Assert.Empty(phone.Attempts);
    }

    [Fact]
    public async Task PostSubscription_ByATokenThatMayNotRead_IsRefused()
    {
        using var bob = await _site.JoinAsync("Bob", Scope.Write);
        (await bob.PostAsync(Path, _push.NewBrowser().Registration)).Problem(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task PostSubscription_Malformed_IsRefusedWithWords()
    {
        using var bob = await _site.JoinAsync("Bob");
        var phone = _push.NewBrowser();
        var (endpoint, p256dh, auth) = (phone.Endpoint, phone.P256dh, phone.Auth);
        object[] bodies =
        [
            new { }, new { endpoint }, new { keys = new { p256dh, auth } }, new { endpoint, keys = new { p256dh } }, new { endpoint, keys = new { auth } },
            new { endpoint = "", keys = new { p256dh, auth } },
            new { endpoint = "nonsense", keys = new { p256dh, auth } },
            new { endpoint = "javascript:alert(1)", keys = new { p256dh, auth } },
            new { endpoint = "http://fcm.googleapis.com/fcm/send/x", keys = new { p256dh, auth } },
            new { endpoint = "https://example.com/push", keys = new { p256dh, auth } },
            new { endpoint = "https://169.254.169.254/latest", keys = new { p256dh, auth } },
            new { endpoint = "https://[::1]/x", keys = new { p256dh, auth } },
            new { endpoint = "http://127.0.0.1:1/x", keys = new { p256dh, auth } },
            new { endpoint = "https://fcm.googleapis.com@127.0.0.1/x", keys = new { p256dh, auth } },
            new { endpoint = endpoint.PadRight(PushHosts.MaxEndpointLength + 1, 'x'), keys = new { p256dh, auth } },
            new { endpoint, keys = new { p256dh = "x", auth } },
            new { endpoint, keys = new { p256dh = "BA" + p256dh[2..], auth } },
            new { endpoint, keys = new { p256dh = p256dh + "AAAA", auth } },
            new { endpoint, keys = new { p256dh = "not base64url!", auth } },
            new { endpoint, keys = new { p256dh, auth = "AAAA" } },
            new { endpoint, keys = new { p256dh, auth = auth + auth } },
            new { endpoint, keys = new { p256dh = auth, auth = p256dh } },
            new { endpoint = 7, keys = new { p256dh, auth } },
            new { endpoint, keys = "x" },
            new[] { 1 },
        ];
        foreach (var body in bodies)
        {
            Assert.NotEqual("", (await bob.PostAsync(Path, body)).Problem(HttpStatusCode.BadRequest));
        }

        (await bob.SendAsync(HttpMethod.Delete, Path, new[] { 1 })).Problem(HttpStatusCode.BadRequest);
        (await bob.SendAsync(HttpMethod.Delete, Path, null)).Problem(HttpStatusCode.BadRequest);
        (await bob.SendAsync(HttpMethod.Delete, Path, new { })).NoContent();
        (await bob.SendAsync(HttpMethod.Delete, Path, new { endpoint = "nonsense" })).NoContent();
    }
}
