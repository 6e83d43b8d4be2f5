using System.Net;
using System.Text.RegularExpressions;
using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Moderation;
using BlazorChat.Tests.Accounts;
using BlazorChat.Tests.Api;

namespace BlazorChat.Tests.Moderation;

/// <summary>What the banned meet by plain HTTP: the page that tells them why, and closed doors at every surface of a banned network.</summary>
public sealed partial class BanPagesTests : IAsyncLifetime
{
    private const string Inside = "203.0.113.9";
    private const string Outside = "198.51.100.9";

    private ApiSite _site = null!;

    public async ValueTask InitializeAsync() => _site = await ApiSite.StartAsync("--Chat:TrustedProxies:0=127.0.0.1");

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task EveryTabOfTheBanned_LeadsToThePage_UntilTheBanIsLifted()
    {
        var (visitor, bob) = await SignedInAsync("Bob");
        var ban = await BanAsync(bob, "Spam & <noise>.");
        foreach (var path in (string[])["/", $"/rooms/{_site.General}", "/account/manage", "/"])
        {
            Assert.Equal(HttpStatusCode.Redirect, await visitor.GetAsync(path));
            Assert.StartsWith("/account/banned?ticket=", visitor.Location, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.OK, await visitor.GetAsync(visitor.Location!));
        Assert.Contains("Spam &amp; &lt;noise&gt;.", visitor.Page, StringComparison.Ordinal);
        Assert.Contains("for good", visitor.Page, StringComparison.Ordinal);
        Assert.Contains("no-store", visitor.Answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        await _site.Get<BanService>().LiftAsync(_site.Ann, ban);
        await visitor.GetAsync("/");
        Assert.StartsWith("/account/login", visitor.Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_TellsTheBannedWhy_AndNobodyElse()
    {
        var (visitor, bob) = await SignedInAsync("Bob");
        await BanAsync(bob, "Spam.");
        using var again = new SiteVisitor(_site.Address);
        await LogInAsync(again, bob.Name, "another long phrase");
        Assert.DoesNotContain("ban", MainOfPage().Match(again.Page).Value, StringComparison.OrdinalIgnoreCase);
        await LogInAsync(again, bob.Name);
        Assert.StartsWith("/account/banned?ticket=", again.Location, StringComparison.Ordinal);
        Assert.DoesNotContain("__Host-BlazorChat", again.Cookies.Keys);
        await again.GetAsync(again.Location!);
        Assert.Contains("data-testid=\"ban-notice\"", again.Page, StringComparison.Ordinal);
        visitor.Dispose();
    }

    [Fact]
    public async Task Appeal_IsSentOnce_AndItsAnswerIsRead()
    {
        var (visitor, bob) = await SignedInAsync("Bob");
        var ban = await BanAsync(bob, "Spam.");
        await visitor.GetAsync("/");
        await visitor.GetAsync(visitor.Location!);
        var ticket = TicketField().Match(visitor.Page).Groups[1].Value;
        await visitor.PostAsync("/account/banned", "appeal", ("Input.Ticket", ticket), ("Input.Text", "  "));
        Assert.Contains("id=\"appeal-error\"", visitor.Page, StringComparison.Ordinal);
        await visitor.PostAsync("/account/banned", "appeal", ("Input.Ticket", ticket), ("Input.Text", "It was <b>not</b> me."));
        Assert.Equal(HttpStatusCode.Redirect, visitor.Answer.StatusCode);
        await visitor.GetAsync(visitor.Location!);
        Assert.Contains("It was &lt;b&gt;not&lt;/b&gt; me.", visitor.Page, StringComparison.Ordinal);
        Assert.Contains("data-testid=\"appeal-waits\"", visitor.Page, StringComparison.Ordinal);
        Assert.DoesNotContain("data-testid=\"appeal-form\"", visitor.Page, StringComparison.Ordinal);
        await _site.Get<BanAppeals>().AnswerAsync(_site.Ann, ban, lift: false, "We are sure.");
        await visitor.GetAsync(visitor.Answer.RequestMessage!.RequestUri!.PathAndQuery);
        Assert.Contains("We are sure.", visitor.Page, StringComparison.Ordinal);
        visitor.Dispose();
    }

    [Theory]
    [InlineData("/account/banned")]
    [InlineData("/account/banned?ticket=forged")]
    [InlineData("/account/banned?ticket=%00&status=appealed")]
    public async Task Page_WithoutAValidTicket_SaysNothing(string path)
    {
        using var visitor = new SiteVisitor(_site.Address);
        Assert.Equal(HttpStatusCode.OK, await visitor.GetAsync(path));
        Assert.Contains("data-testid=\"no-ban\"", visitor.Page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BannedNetwork_IsClosedOnEverySurface_ButToAdministrators()
    {
        var (bobs, bob) = await SignedInAsync("Bob", Inside);
        using var ann = new SiteVisitor(_site.Address) { From = Inside };
        await LogInAsync(ann, "ann");
        (await bob.GetAsync("/api/me", ("X-Forwarded-For", Inside))).Ok();
        using var phone = _site.Nobody();
        var refresh = (await phone.SendAsync(
            HttpMethod.Post, "/api/auth/login", new { email = ApiSite.EmailOf(bob.Name), password = ApiSite.Password }, ("X-Forwarded-For", Outside)))
            .Ok().GetProperty("refreshToken").GetString();
        await _site.Get<NetworkBans>().BanAsync(_site.Ann, "203.0.113.0/24", null, "An attack.");

        await bobs.GetAsync("/");
        Assert.StartsWith("/account/login", bobs.Location, StringComparison.Ordinal);
        await LogInAsync(bobs, bob.Name);
        Assert.Contains("An attack.", bobs.Page, StringComparison.Ordinal);
        Assert.DoesNotContain("__Host-BlazorChat", bobs.Cookies.Keys);

        // A session from elsewhere that comes in from there.
        using var moving = new SiteVisitor(_site.Address) { From = Outside };
        await LogInAsync(moving, bob.Name);
        Assert.Equal(HttpStatusCode.OK, await moving.GetAsync("/account/manage"));
        moving.From = Inside;
        await moving.GetAsync("/account/manage");
        Assert.Equal("/account/banned", moving.Location);
        await moving.GetAsync("/account/banned");
        Assert.Contains("An attack.", moving.Page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, await moving.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1")));
        Assert.Equal(HttpStatusCode.OK, await moving.GetAsync("/account/login"));
        using var newcomer = new SiteVisitor(_site.Address) { From = Inside };
        await newcomer.GetAsync("/account/register");
        Assert.Equal("/account/banned", newcomer.Location);

        Assert.Contains("An attack.", (await bob.GetAsync("/api/me", ("X-Forwarded-For", Inside))).Problem(HttpStatusCode.Forbidden), StringComparison.Ordinal);
        (await bob.SendAsync(HttpMethod.Post, "/hubs/chat/negotiate?negotiateVersion=1", null, ("X-Forwarded-For", Inside))).Problem(HttpStatusCode.Forbidden);
        (await phone.SendAsync(
            HttpMethod.Post, "/api/auth/login", new { email = ApiSite.EmailOf(bob.Name), password = ApiSite.Password }, ("X-Forwarded-For", Inside)))
            .Problem(HttpStatusCode.Forbidden);
        (await phone.SendAsync(HttpMethod.Post, "/api/auth/refresh", new { refreshToken = refresh }, ("X-Forwarded-For", Inside))).Problem(HttpStatusCode.Forbidden);
        (await phone.SendAsync(HttpMethod.Post, "/api/hooks/whatever", new { text = "hello" }, ("X-Forwarded-For", Inside))).Problem(HttpStatusCode.Forbidden);

        // Everything as before from elsewhere, and for who can undo it.
        (await bob.GetAsync("/api/me", ("X-Forwarded-For", Outside))).Ok();
        (await phone.SendAsync(HttpMethod.Post, "/api/auth/refresh", new { refreshToken = refresh }, ("X-Forwarded-For", Outside))).Ok();
        Assert.Equal(HttpStatusCode.OK, await ann.GetAsync("/account/manage"));
        using var annAgain = new SiteVisitor(_site.Address) { From = Inside };
        await LogInAsync(annAgain, "ann");
        Assert.Equal(HttpStatusCode.OK, await annAgain.GetAsync("/admin/bans"));
        using var program = await _site.ClientAsync(_site.Ann, Scope.Read | Scope.Admin, "Ann");
        (await program.GetAsync("/api/bans", ("X-Forwarded-For", Inside))).Ok();
        bobs.Dispose();
    }

    private async Task<(SiteVisitor Visitor, ApiClient Person)> SignedInAsync(string name, string? from = null)
    {
        var person = await _site.JoinAsync(name);
        var visitor = new SiteVisitor(_site.Address) { From = from };
        await LogInAsync(visitor, person.Name);
        Assert.Equal(HttpStatusCode.OK, await visitor.GetAsync("/account/manage"));
        return (visitor, person);
    }

    private static Task<HttpStatusCode> LogInAsync(SiteVisitor visitor, string name, string password = ApiSite.Password) =>
        visitor.SubmitAsync("/account/login", "login", ("Input.Email", ApiSite.EmailOf(name)), ("Input.Password", password));

    private Task<long> BanAsync(ApiClient person, string reason) => _site.Get<BanService>().BanAsync(_site.Ann, person.Actor.UserId, new BanRequest(null, reason));

    [GeneratedRegex("name=\"Input.Ticket\" value=\"([^\"]+)\"")]
    private static partial Regex TicketField();

    [GeneratedRegex("<main.*</main>", RegexOptions.Singleline)]
    private static partial Regex MainOfPage();
}
