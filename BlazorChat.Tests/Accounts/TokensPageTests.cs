using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using BlazorChat.Accounts;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Accounts;

/// <summary>The page of one's own tokens through real HTTP, and what its tokens can do.</summary>
public sealed partial class TokensPageTests : IAsyncLifetime
{
    private const string Page = "/account/tokens";
    private Site _site = null!;

    public async ValueTask InitializeAsync() => _site = await Site.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task Page_OfSomebodyWithoutTokens_SaysSoAndIsLinked()
    {
        using var ann = await AnnAsync();
        await ann.GetAsync("/account/manage");
        Assert.Contains("href=\"/account/tokens\"", ann.Page);
        Assert.Equal(HttpStatusCode.OK, await ann.GetAsync(Page));
        Assert.Contains("data-testid=\"no-tokens\"", ann.Page);
        Assert.True(ann.Answer.Headers.CacheControl!.NoStore);

        using var stranger = _site.Visit();
        Assert.Equal(HttpStatusCode.Redirect, await stranger.GetAsync(Page));
    }

    [Fact]
    public async Task Create_ShowsTheTokenOnceAndItWorks()
    {
        using var ann = await AnnAsync();
        Assert.Equal(HttpStatusCode.OK, await MakeAsync(ann, "backup script"));
        var token = TokenIn(ann);
        Assert.StartsWith("bcp_", token);
        Assert.Contains($"curl -H &quot;Authorization: Bearer {token}&quot; {_site.Address}api/me", ann.Page);
        Assert.True(ann.Answer.Headers.CacheControl!.NoStore);
        Assert.Null(ann.Answer.Headers.Location);
        Assert.Equal(HttpStatusCode.OK, await CallAsync(token));

        await ann.GetAsync(Page);
        Assert.DoesNotContain(token, ann.Page);
        Assert.Contains($"{token[..8]}…", ann.Page);
        Assert.Contains("backup script", ann.Page);
        Assert.Contains("all my rooms", ann.Page);
        Assert.DoesNotContain("never used", Spaces().Replace(ann.Page, " "));
    }

    [Fact]
    public async Task Create_PostedAgainByAReload_MakesNoSecond()
    {
        using var ann = await AnnAsync();
        await MakeAsync(ann, "backup script");

        // The page that a reload posts again is the same request.
        Assert.Equal(HttpStatusCode.OK, await MakeAsync(ann, "backup script"));
        Assert.Contains("You have a token of this name already.", ann.Page);
        Assert.DoesNotContain("data-testid=\"new-token\"", ann.Page);
        Assert.Single(Rows().Matches(ann.Page));
    }

    [Fact]
    public async Task Create_WithoutNameOrScope_SaysWhatIsMissing()
    {
        using var ann = await AnnAsync();
        await ann.SubmitAsync(Page, "token", ("Input.Name", " "), ("Input.Read", "true"));
        Assert.Contains("id=\"token-Name-error\"", ann.Page);
        await ann.SubmitAsync(Page, "token", ("Input.Name", "script"));
        Assert.Contains("id=\"token-Scopes-error\"", ann.Page);
        Assert.Contains("value=\"script\"", ann.Page);
        await ann.SubmitAsync(Page, "token", ("Input.Name", "script"), ("Input.Read", "true"), ("Input.Room", "4711"));
        Assert.Contains("You are not in this room any more.", ann.Page);
        Assert.Contains("data-testid=\"no-tokens\"", ann.Page);
    }

    [Fact]
    public async Task Create_ForOneRoomAndTime_IsListedSo()
    {
        using var ann = await AnnAsync();
        await ann.SubmitAsync(Page, "token", ("Input.Name", "one room"), ("Input.Read", "true"), ("Input.Write", "true"), ("Input.Room", "1"), ("Input.Expiry", "7"));
        var page = Spaces().Replace(ann.Page, " ");
        Assert.Contains("read, write · General", page);
        Assert.Contains("expires <time", page);
        Assert.Contains("never used", page);
    }

    [Fact]
    public async Task AdminScope_IsForAdministratorsOnly()
    {
        using var ann = await AnnAsync();
        await ann.GetAsync(Page);
        Assert.Contains("name=\"Input.Admin\"", ann.Page);

        using var bob = _site.Visit();
        var session = await _site.Services.GetRequiredService<SessionRegistry>().StartAsync(1, "a test");
        var invite = await _site.Services.GetRequiredService<InviteService>().CreateAsync(new Actor(1, session), 1, 1);
        await bob.SubmitAsync("/account/register", "register", ("Input.InviteCode", invite.Code), ("Input.Name", "Bob"),
            ("Input.Email", "bob@example.com"), ("Input.Password", AccountsHost.Password));
        await bob.GetAsync(Page);
        Assert.DoesNotContain("name=\"Input.Admin\"", bob.Page);
        await bob.PostAsync(Page, "token", ("Input.Name", "script"), ("Input.Admin", "true"));
        Assert.Contains("Only moderators may do this.", bob.Page);
        Assert.Contains("data-testid=\"no-tokens\"", bob.Page);
    }

    [Fact]
    public async Task Revoke_CutsTheTokenOffAtOnce()
    {
        using var ann = await AnnAsync();
        await MakeAsync(ann, "backup script");
        var token = TokenIn(ann);
        var id = Rows().Match(ann.Page).Groups[1].Value;

        await ann.PostAsync(Page, "token-revoke", ("TokenId", id));
        Assert.Equal("/account/tokens?status=token-revoked", ann.Location);
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(token));

        // Another's, unknown or no id at all: no error page.
        Assert.Equal(HttpStatusCode.OK, await ann.SubmitAsync(Page, "token-revoke", ("TokenId", "4711")));
        Assert.Equal(HttpStatusCode.OK, await ann.SubmitAsync(Page, "token-revoke", ("TokenId", "x")));
    }

    [Fact]
    public async Task ChangeOfPassword_RevokesEveryToken()
    {
        using var ann = await AnnAsync();
        await MakeAsync(ann, "backup script");
        var token = TokenIn(ann);

        await ann.SubmitAsync("/account/manage", "profile-password",
            ("Input.CurrentPassword", AccountsHost.Password), ("Input.Password", "another good phrase"));

        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(token));
        await ann.GetAsync(Page);
        Assert.Contains("data-testid=\"no-tokens\"", ann.Page);
    }

    private static Task<HttpStatusCode> MakeAsync(SiteVisitor visitor, string name) =>
        visitor.SubmitAsync(Page, "token", ("Input.Name", name), ("Input.Read", "true"), ("Input.Expiry", "never"));

    private static string TokenIn(SiteVisitor visitor) => NewToken().Match(visitor.Page).Groups[1].Value;

    private async Task<SiteVisitor> AnnAsync()
    {
        var visitor = _site.Visit();
        await visitor.SubmitAsync("/setup", "setup", ("Input.CommunityName", "Harbour"), ("Input.Name", "Ann"),
            ("Input.Email", "ann@example.com"), ("Input.Password", AccountsHost.Password));
        return visitor;
    }

    private async Task<HttpStatusCode> CallAsync(string token)
    {
        using var http = new HttpClient { BaseAddress = _site.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.GetAsync("/api/me");
        return answer.StatusCode;
    }

    [GeneratedRegex("data-testid=\"new-token\"[^>]*>([^<]+)<")]
    private static partial Regex NewToken();

    [GeneratedRegex("data-testid=\"token\" data-token-id=\"(\\d+)\"")]
    private static partial Regex Rows();

    [GeneratedRegex("\\s+")]
    private static partial Regex Spaces();
}
