using System.Net;
using System.Net.WebSockets;
using BlazorChat.Tests.Journeys;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Web;

/// <summary>What every answer keeps to, and which requests get none.</summary>
public sealed class SurfaceTests(Stage stage) : Journey(stage)
{
    private Uri Address => Community.Server.Address;

    [Fact]
    public async Task EveryKindOfAnswer_CarriesTheSecurityHeaders()
    {
        using var guest = new Visitor(Address);
        var ada = await Community.AdaAsync();
        using var member = await Visitor.OfAsync(ada, Address);
        (Visitor Visitor, HttpMethod Method, string Path, HttpStatusCode Status)[] requests =
        [
            (guest, HttpMethod.Get, "/account/login", HttpStatusCode.OK),
            (guest, HttpMethod.Get, "/account/register", HttpStatusCode.OK),
            (guest, HttpMethod.Get, "/", HttpStatusCode.Found),
            (guest, HttpMethod.Get, "/setup", HttpStatusCode.Found),
            (guest, HttpMethod.Get, "/join/abc", HttpStatusCode.Found),
            (guest, HttpMethod.Get, "/avatars/none.png", HttpStatusCode.Unauthorized),
            (guest, HttpMethod.Get, "/no/such/page", HttpStatusCode.NotFound),
            (guest, HttpMethod.Get, "/css/app.css", HttpStatusCode.OK),
            (guest, HttpMethod.Get, "/js/outbox.js", HttpStatusCode.OK),
            (guest, HttpMethod.Get, "/icons/icon.svg", HttpStatusCode.OK),
            (guest, HttpMethod.Get, "/sw.js", HttpStatusCode.OK),
            (guest, HttpMethod.Get, "/manifest.webmanifest", HttpStatusCode.OK),
            (guest, HttpMethod.Get, "/account/push/key", HttpStatusCode.Unauthorized),
            (guest, HttpMethod.Get, "/_framework/blazor.web.js", HttpStatusCode.OK),
            (guest, HttpMethod.Get, "/health/live", HttpStatusCode.OK),
            (guest, HttpMethod.Get, "/health/ready", HttpStatusCode.OK),
            (guest, HttpMethod.Post, "/account/login", HttpStatusCode.BadRequest),
            (guest, HttpMethod.Post, "/account/sign-out", HttpStatusCode.Found),
            (guest, HttpMethod.Delete, "/account/login", HttpStatusCode.MethodNotAllowed),
            (guest, HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1", HttpStatusCode.OK),
            (member, HttpMethod.Get, "/", HttpStatusCode.OK),
            (member, HttpMethod.Get, "/rooms/1", HttpStatusCode.OK),
            (member, HttpMethod.Get, "/admin", HttpStatusCode.OK),
            (member, HttpMethod.Get, "/account/manage", HttpStatusCode.OK),
            (member, HttpMethod.Get, "/account/notifications", HttpStatusCode.OK),
            (member, HttpMethod.Post, "/account/push", HttpStatusCode.BadRequest),
        ];
        foreach (var (visitor, method, path, status) in requests)
        {
            using var answer = await visitor.SendAsync(new HttpRequestMessage(method, path));
            Assert.True(answer.StatusCode == status, $"{method} {path}: {answer.StatusCode}");
            Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
            Assert.Equal("strict-origin-when-cross-origin", Header(answer, "Referrer-Policy"));
            Assert.Equal("", Header(answer, "Server"));
            Assert.Equal("", Header(answer, "X-Powered-By"));
            var policy = Header(answer, "Content-Security-Policy");
            Assert.True(policy.Contains("frame-ancestors 'none'", StringComparison.Ordinal), $"{method} {path}: {policy}");
            Assert.Contains("object-src 'none'", policy, StringComparison.Ordinal);
            var scripts = policy.Split(';').Single(p => p.Trim().StartsWith("script-src ", StringComparison.Ordinal));
            Assert.DoesNotContain("unsafe", scripts, StringComparison.Ordinal);
            Assert.DoesNotContain("*", scripts, StringComparison.Ordinal);
            Assert.DoesNotContain("http", scripts, StringComparison.Ordinal);
            if (answer.Content.Headers.ContentType?.MediaType == "text/html")
            {
                var html = await answer.Content.ReadAsStringAsync();
                Assert.DoesNotMatch("""<script(?![^>]*\b(src|nonce)=)""", html);
                Assert.DoesNotMatch("""<[^>]+\son\w+\s*=""", html);
            }
        }
    }

    [Fact]
    public async Task PersonalPages_AreNotStoredByCaches()
    {
        var ada = await Community.AdaAsync();
        using var member = await Visitor.OfAsync(ada, Address);
        foreach (var path in new[] { "/rooms/1", "/account/manage", "/account/notifications", "/admin/people" })
        {
            using var answer = await member.GetAsync(path);
            Assert.Contains("no-store", Header(answer, "Cache-Control"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("null")]
    [InlineData("http://chat.localhost:{port}")]
    [InlineData("http://localhost:1")]
    [InlineData("http://localhost:{port}.evil.example")]
    [InlineData("http://localhost:{port}@evil.example")]
    [InlineData("not an origin")]
    public async Task WebSocket_FromAnotherOrigin_Gets403(string pattern)
    {
        var origin = pattern.Replace("{port}", $"{Address.Port}", StringComparison.Ordinal);
        var ada = await Community.AdaAsync();
        using var member = await Visitor.OfAsync(ada, Address);
        foreach (var path in new[] { "/_blazor", "/hubs/chat", "/_BLAZOR" })
        {
            using var socket = new ClientWebSocket();
            socket.Options.CollectHttpResponseDetails = true;
            socket.Options.SetRequestHeader("Origin", origin);
            socket.Options.SetRequestHeader("Cookie", member.Cookies);
            await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri($"ws://localhost:{Address.Port}{path}"), CancellationToken.None));
            Assert.Equal(HttpStatusCode.Forbidden, socket.HttpStatusCode);

            using var negotiation = await member.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"{path}/negotiate?negotiateVersion=1"), ("Origin", origin));
            Assert.Equal(HttpStatusCode.Forbidden, negotiation.StatusCode);
        }
    }

    [Fact]
    public async Task WebSocket_FromOurOwnOrigin_Opens()
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", $"http://localhost:{Address.Port}");
        await socket.ConnectAsync(new Uri($"ws://localhost:{Address.Port}/_blazor"), CancellationToken.None);
        Assert.Equal(WebSocketState.Open, socket.State);
    }

    [Fact]
    public async Task Cookies_AreForThisHostOnly_AndOutOfReachOfScripts()
    {
        var bob = await Community.JoinAsync("Bob");
        using var visitor = new Visitor(Address);
        using var page = await visitor.GetAsync("/account/login");
        using var signedIn = await visitor.PostFormAsync("/account/login", ("Input.Email", bob.Email), ("Input.Password", Community.Password));
        Assert.Equal(HttpStatusCode.Found, signedIn.StatusCode);
        List<string> cookies = [.. Visitor.SetCookies(page), .. Visitor.SetCookies(signedIn)];
        Assert.True(cookies.Count >= 2, string.Join('\n', cookies));
        foreach (var cookie in cookies)
        {
            var attributes = cookie.Split(';', StringSplitOptions.TrimEntries).Select(a => a.ToLowerInvariant()).ToList();
            Assert.StartsWith("__host-", attributes[0], StringComparison.Ordinal);
            Assert.Contains("secure", attributes);
            Assert.Contains("httponly", attributes);
            Assert.Contains("samesite=lax", attributes);
            Assert.Contains("path=/", attributes);
            Assert.DoesNotContain(attributes, a => a.StartsWith("domain=", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task ForwardedHeaders_WithoutATrustedProxy_AreIgnored()
    {
        using var guest = new Visitor(Address);
        foreach (var path in new[] { "/", "/rooms/1", "/join/abc", "/account/login", "/setup" })
        {
            using var answer = await guest.GetAsync(path, ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "https"),
                ("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Prefix", "/evil"), ("Forwarded", "host=evil.example;proto=https"));
            Assert.DoesNotContain("evil", $"{answer.Headers.Location}", StringComparison.Ordinal);
            Assert.DoesNotContain("https", $"{answer.Headers.Location}", StringComparison.Ordinal);
            Assert.DoesNotContain("evil", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Origin", "http://evil.example");
        socket.Options.SetRequestHeader("X-Forwarded-Host", "evil.example");
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri($"ws://localhost:{Address.Port}/_blazor"), CancellationToken.None));
        Assert.Equal(HttpStatusCode.Forbidden, socket.HttpStatusCode);
    }

    [Fact]
    public async Task SpoofedHost_NeverEndsUpInAPage()
    {
        using var guest = new Visitor(Address);
        foreach (var host in new[] { "evil.example", "evil.example:80", "localhost.evil.example" })
        {
            foreach (var path in new[] { "/account/login", "/account/register", "/not-there" })
            {
                using var answer = await guest.GetAsync(path, ("Host", host));
                Assert.True((int)answer.StatusCode < 500);
                Assert.DoesNotContain("evil", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("https://evil.example/")]
    [InlineData("/\\evil.example")]
    [InlineData("\\\\evil.example")]
    [InlineData("/%09/evil.example")]
    [InlineData("/\t/evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/rooms/1")]
    public async Task ReturnUrl_LeadsToThisSiteOnly(string target)
    {
        var bob = await Community.JoinAsync("Bob");
        bob.Expects(p => p.Contains("status of 404", StringComparison.Ordinal));
        await bob.Context.ClearCookiesAsync();
        await bob.SignInAsync(path: "/account/login?returnUrl=" + Uri.EscapeDataString(target));
        await Expect(bob.Page.GetByTestId("login-form")).ToHaveCountAsync(0);
        Assert.Equal(Address.Authority, new Uri(bob.Page.Url).Authority);
        if (target == "/rooms/1")
        {
            await bob.ReadyAsync();
            Assert.Equal(1, bob.RoomId);
        }
    }

    [Fact]
    public async Task FormWithoutItsToken_ChangesNothing_AndNoGetSignsOut()
    {
        var bob = await Community.JoinAsync("Bob");
        using var member = await Visitor.OfAsync(bob, Address);
        foreach (var (path, fields) in new (string, string)[]
        {
            ("/account/sign-out", ""),
            ("/account/manage", "_handler=sessions-everywhere"),
            ("/account/manage", "_handler=profile-name&Input.Name=Owned"),
        })
        {
            using var answer = await member.SendAsync(new HttpRequestMessage(HttpMethod.Post, path)
            {
                Content = new StringContent(fields, null, "application/x-www-form-urlencoded"),
            }, ("Origin", "http://evil.example"), ("Sec-Fetch-Site", "cross-site"));
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }

        using var signOut = await member.GetAsync("/account/sign-out");
        using var still = await member.GetAsync("/account/manage");
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
        Assert.Contains(bob.Name, await still.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static string Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : "";
}
