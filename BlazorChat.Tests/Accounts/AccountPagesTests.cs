using System.Net;
using BlazorChat.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SkiaSharp;

namespace BlazorChat.Tests.Accounts;

/// <summary>The account pages and cookies through real HTTP, without a script or a circuit.</summary>
public sealed class AccountPagesTests : IAsyncLifetime
{
    private const string Password = AccountsHost.Password;
    private Site _site = null!;

    public async ValueTask InitializeAsync() => _site = await Site.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Theory]
    [InlineData("/")]
    [InlineData("/rooms/1")]
    [InlineData("/account/login")]
    [InlineData("/account/manage")]
    [InlineData("/join/anything")]
    public async Task AnyPage_BeforeSetup_LeadsToSetup(string path)
    {
        using var visitor = _site.Visit();
        Assert.Equal(HttpStatusCode.Redirect, await visitor.GetAsync(path));
        Assert.Equal("/setup", visitor.Location);
    }

    [Fact]
    public async Task Setup_BadThenGood_KeepsWhatWasTypedThenSignsIn()
    {
        using var visitor = _site.Visit();
        await visitor.SubmitAsync("/setup", "setup", ("Input.CommunityName", "Our <Harbour>"), ("Input.Name", "a@b"),
            ("Input.Email", "ann@example.com"), ("Input.Password", "secret-x1"));
        Assert.Equal(HttpStatusCode.OK, visitor.Answer.StatusCode);
        Assert.Contains("value=\"Our &lt;Harbour&gt;\"", visitor.Page);
        Assert.Contains("value=\"a@b\"", visitor.Page);
        Assert.Contains("aria-describedby=\"input-Name-error input-Name-hint\"", visitor.Page);
        Assert.Contains("id=\"input-Password-error\"", visitor.Page);
        Assert.DoesNotContain("secret-x1", visitor.Page);

        await SetUpAsync(visitor);
        Assert.Equal("/", visitor.Location);
        Assert.Equal(HttpStatusCode.OK, await visitor.GetAsync("/account/manage"));
        Assert.Equal(HttpStatusCode.Redirect, await visitor.GetAsync("/setup"));
        Assert.Equal("/", visitor.Location);
    }

    [Fact]
    public async Task Cookies_AreHostSecureHttpOnlyLax()
    {
        using var visitor = _site.Visit();
        await SetUpAsync(visitor);

        Assert.Equal(["__Host-BlazorChat", "__Host-BlazorChat.Antiforgery"], visitor.Cookies.Keys.Order());
        Assert.All(visitor.CookieLines.Where(l => l.StartsWith("__Host-", StringComparison.Ordinal)), line =>
        {
            Assert.Contains("; secure", line);
            Assert.Contains("; httponly", line);
            Assert.Contains("; samesite=lax", line);
            Assert.Contains("; path=/", line);
            Assert.DoesNotContain("domain=", line);
        });
    }

    [Theory]
    [InlineData("/rooms/7/8?x=1", "/rooms/7/8?x=1")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("/\t/evil.example", "/")]
    public async Task Login_ReturnUrl_IsLocalOnly(string returnUrl, string expected)
    {
        using var visitor = _site.Visit();
        await SetUpAsync(visitor);

        await LogInAsync(visitor, "ann@example.com", $"?returnUrl={Uri.EscapeDataString(returnUrl)}");

        Assert.Equal(expected, visitor.Location);
    }

    [Fact]
    public async Task Login_OverAnotherSession_EndsThatSession()
    {
        using var visitor = _site.Visit();
        await SetUpAsync(visitor);
        var first = visitor.Cookies["__Host-BlazorChat"];

        await LogInAsync(visitor, "ann@example.com");

        using var thief = _site.Visit();
        thief.Cookies["__Host-BlazorChat"] = first;
        Assert.Equal(HttpStatusCode.Redirect, await thief.GetAsync("/account/manage"));
        Assert.Equal(HttpStatusCode.OK, await visitor.GetAsync("/account/manage"));
    }

    [Fact]
    public async Task SignOut_EndsTheSessionForCopiesOfTheCookieToo()
    {
        using var visitor = _site.Visit();
        await SetUpAsync(visitor);
        var copy = visitor.Cookies["__Host-BlazorChat"];

        Assert.Equal(HttpStatusCode.NotFound, await visitor.GetAsync("/account/sign-out"));
        await visitor.GetAsync("/account/manage");
        var page = visitor.Page;
        Assert.Equal(HttpStatusCode.BadRequest, await visitor.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/account/sign-out")));
        Assert.Equal(HttpStatusCode.OK, await visitor.GetAsync("/account/manage"));
        Assert.Contains("data-testid=\"sign-out\"", page);
        Assert.Equal(HttpStatusCode.Redirect, await visitor.PostAsync("/account/sign-out", null));

        Assert.DoesNotContain("__Host-BlazorChat", visitor.Cookies.Keys);
        visitor.Cookies["__Host-BlazorChat"] = copy;
        Assert.Equal(HttpStatusCode.Redirect, await visitor.GetAsync("/account/manage"));
        Assert.StartsWith("/account/login", visitor.Location);
    }

    [Fact]
    public async Task SignOutEverywhere_EndsTheOtherBrowserAtOnce()
    {
        using var here = _site.Visit();
        using var there = _site.Visit();
        await SetUpAsync(here);
        await LogInAsync(there, "ann@example.com");
        Assert.Equal(HttpStatusCode.OK, await there.GetAsync("/account/manage"));

        await here.SubmitAsync("/account/manage", "sessions-everywhere");

        Assert.Equal("/account/login?status=signed-out", here.Location);
        Assert.Equal(HttpStatusCode.Redirect, await there.GetAsync("/account/manage"));
    }

    [Fact]
    public async Task Cookie_RenewedByTheSecurityStampCheck_KeepsItsSessionUntilTheStampChanges()
    {
        _site.Services.GetRequiredService<IOptions<SecurityStampValidatorOptions>>().Value.ValidationInterval = TimeSpan.Zero;
        using var visitor = _site.Visit();
        await SetUpAsync(visitor);
        for (var i = 0; i < 3; i++)
        {
            var before = visitor.Cookies["__Host-BlazorChat"];
            Assert.Equal(HttpStatusCode.OK, await visitor.GetAsync("/account/manage"));
            Assert.Contains("(this browser)", visitor.Page);
            Assert.NotEqual(before, visitor.Cookies["__Host-BlazorChat"]);
        }

        await using (var scope = _site.Services.CreateAsyncScope())
        {
            var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
            await users.UpdateSecurityStampAsync((await users.FindByIdAsync("1"))!);
        }

        Assert.Equal(HttpStatusCode.Redirect, await visitor.GetAsync("/account/manage"));
    }

    [Fact]
    public async Task ResetPassword_ByLink_WorksOnceAndEndsSessions()
    {
        using var ann = _site.Visit();
        await SetUpAsync(ann);
        var session = await _site.Services.GetRequiredService<SessionRegistry>().StartAsync(1, "a test");
        var link = await _site.Services.GetRequiredService<PeopleService>().CreateResetLinkAsync(new Actor(1, session), 1);

        using var visitor = _site.Visit();
        await visitor.SubmitAsync(link, "reset-password", ("Input.Password", "short"));
        Assert.Contains("id=\"input-Password-error\"", visitor.Page);
        await visitor.PostAsync(link, "reset-password", ("Input.Password", "another good phrase"));
        Assert.Equal("/account/login?status=password-reset", visitor.Location);

        Assert.Equal(HttpStatusCode.Redirect, await ann.GetAsync("/account/manage"));
        await visitor.GetAsync(link);
        Assert.Contains("This link is not valid any more.", visitor.Page);
        await LogInAsync(visitor, "ann@example.com");
        Assert.Contains("Wrong e-mail or password", visitor.Page);
    }

    [Fact]
    public async Task Register_ByInvite_SignsIn()
    {
        using var ann = _site.Visit();
        await SetUpAsync(ann);
        var administrator = _site.Services.GetRequiredService<SessionRegistry>();
        var session = await administrator.StartAsync(1, "a test");
        var invite = await _site.Services.GetRequiredService<InviteService>().CreateAsync(new Actor(1, session), 1, 1);

        using var bob = _site.Visit();
        await bob.GetAsync(invite.Path);
        var register = bob.Location!;
        await bob.SubmitAsync(register, "register", ("Input.InviteCode", invite.Code), ("Input.Name", "ann"),
            ("Input.Email", "bob@example.com"), ("Input.Password", Password));
        Assert.Contains("Somebody already has this name.", bob.Page);
        Assert.Contains("value=\"bob@example.com\"", bob.Page);
        await bob.PostAsync(register, "register", ("Input.InviteCode", invite.Code), ("Input.Name", "Bob"),
            ("Input.Email", "bob@example.com"), ("Input.Password", Password));
        Assert.Equal("/", bob.Location);
        Assert.Equal(HttpStatusCode.OK, await bob.GetAsync("/account/manage"));

        using var cid = _site.Visit();
        await cid.GetAsync(register);
        Assert.Contains("This invite has been used up.", cid.Page);
    }

    [Fact]
    public async Task Avatar_IsForSignedInPeopleOnlyAndNeverSniffed()
    {
        using var visitor = _site.Visit();
        await SetUpAsync(visitor);
        await visitor.GetAsync("/account/manage");
        using var bitmap = new SKBitmap(20, 10);
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 90);
        var session = await _site.Services.GetRequiredService<SessionRegistry>().StartAsync(1, "a test");
        await _site.Services.GetRequiredService<ProfileService>().SetAvatarAsync(new Actor(1, session), png.AsStream());
        var path = $"/avatars/{(await _site.Services.GetRequiredService<PeopleDirectory>().GetAsync(1)).Avatar}";

        Assert.Equal(HttpStatusCode.OK, await visitor.GetAsync(path));
        Assert.Equal("image/webp", visitor.Answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("nosniff", string.Join(',', visitor.Answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Contains("private", visitor.Answer.Headers.CacheControl!.ToString());
        Assert.Equal(HttpStatusCode.NotFound, await visitor.GetAsync("/avatars/..%2Fchat.db"));
        using var stranger = _site.Visit();
        Assert.Equal(HttpStatusCode.Unauthorized, await stranger.GetAsync(path));
    }

    [Fact]
    public async Task StaleForm_FromABrowser_ShowsThePageAgain()
    {
        using var visitor = _site.Visit();
        await SetUpAsync(visitor);
        await visitor.GetAsync("/account/manage");
        var mine = visitor.Cookies["__Host-BlazorChat"];
        visitor.Cookies.Remove("__Host-BlazorChat");
        await visitor.GetAsync("/account/login");
        visitor.Cookies["__Host-BlazorChat"] = mine;

        Assert.Equal(HttpStatusCode.BadRequest, await visitor.PostAsync("/account/login", "login"));
        await visitor.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/account/login?returnUrl=/x")
        {
            Headers = { { "Sec-Fetch-Site", "same-origin" } },
            Content = new FormUrlEncodedContent([KeyValuePair.Create("_handler", "login")]),
        });
        Assert.Equal(HttpStatusCode.SeeOther, visitor.Answer.StatusCode);
        Assert.Equal("/account/login?returnUrl=/x&stale=1", visitor.Location);
    }

    [Fact]
    public async Task Login_OverHttpFromAnotherMachine_SaysWhyItWillNotWork()
    {
        using var visitor = _site.Visit();
        await SetUpAsync(visitor);

        using var lan = _site.Visit();
        await lan.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/account/login") { Headers = { Host = "chat.lan" } });
        Assert.Contains("Chat:AllowInsecureHttp", lan.Page);
        await lan.GetAsync("/account/login");
        Assert.DoesNotContain("Chat:AllowInsecureHttp", lan.Page);
    }

    [Fact]
    public async Task AllowInsecureHttp_DropsPrefixAndSecure()
    {
        await using var site = await Site.StartAsync("--Chat:AllowInsecureHttp=true");
        using var visitor = site.Visit();
        await SetUpAsync(visitor);

        Assert.Equal(["BlazorChat", "BlazorChat.Antiforgery"], visitor.Cookies.Keys.Order());
        Assert.All(visitor.CookieLines, line => Assert.DoesNotContain("; secure", line));
    }

    [Fact]
    public async Task Forms_MalformedPosts_AreNeverAServerError()
    {
        using var visitor = _site.Visit();
        await SetUpAsync(visitor);
        foreach (var path in new[] { "/account/login", "/account/register", "/account/manage", "/account/tokens", "/account/two-factor", "/account/reset-password?user=1&token=x", "/setup", "/account/sign-out" })
        {
            foreach (var (type, body) in new[]
            {
                ("application/json", "{}"), ("multipart/form-data", "x"), ("multipart/form-data; boundary=x", "--x\r\nbroken"),
                ("application/x-www-form-urlencoded", "%00=%ff&Input=%ed%a0%80&Input.Name[0].x=1&_handler=login"),
                ("application/x-www-form-urlencoded", "_handler=login&" + string.Concat(Enumerable.Range(0, 2_000).Select(i => $"k{i}=v&"))),
            })
            {
                var content = new ByteArrayContent(System.Text.Encoding.ASCII.GetBytes(body));
                content.Headers.TryAddWithoutValidation("Content-Type", type);
                var status = await visitor.SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = content });
                Assert.True((int)status < 500, $"{path} {type}: {status}");
            }
        }
    }

    private static Task<HttpStatusCode> SetUpAsync(SiteVisitor visitor) => visitor.SubmitAsync("/setup", "setup",
        ("Input.CommunityName", "Harbour"), ("Input.Name", "Ann"), ("Input.Email", "ann@example.com"), ("Input.Password", Password));

    private static Task<HttpStatusCode> LogInAsync(SiteVisitor visitor, string email, string query = "") =>
        visitor.SubmitAsync($"/account/login{query}", "login", ("Input.Email", email), ("Input.Password", Password));
}
