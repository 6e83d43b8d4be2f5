using System.Net;
using BlazorChat.Tests.Mail;

namespace BlazorChat.Tests.Accounts;

/// <summary>From "Forgot your password?" to signing in with a new one, through real HTTP and a real mail server.</summary>
public sealed class ForgotPasswordPageTests
{
    private const string Page = "/account/forgot-password";

    [Fact]
    public async Task Link_InTheEmail_LeadsToANewPassword_Once()
    {
        await using var receiver = await MailReceiver.StartAsync();
        await using var site = await StartAsync(receiver);
        using var visitor = site.Visit();
        await visitor.GetAsync("/account/login");
        Assert.Contains($"href=\"{Page}\"", visitor.Page, StringComparison.Ordinal);
        await visitor.SubmitAsync(Page, "forgot-password", ("Input.Email", "ann@example.com"));
        Assert.Contains("forgot-password-done", visitor.Page, StringComparison.Ordinal);

        var link = Link(Assert.Single(await receiver.ReceivesAsync()));
        await visitor.SubmitAsync(link, "reset-password", ("Input.Password", "another good phrase"));
        Assert.Equal("/account/login?status=password-reset", visitor.Location);
        await visitor.SubmitAsync("/account/login", "login", ("Input.Email", "ann@example.com"), ("Input.Password", "another good phrase"));
        Assert.Equal("/", visitor.Location);
        Assert.Equal(HttpStatusCode.OK, await visitor.GetAsync("/account/manage"));

        using var other = site.Visit();
        await other.GetAsync(link);
        Assert.Contains("This link is not valid any more.", other.Page, StringComparison.Ordinal);
        Assert.Contains($"href=\"{Page}\"", other.Page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyAddress_SameWordsSameTime()
    {
        await using var receiver = await MailReceiver.StartAsync();
        await using var site = await StartAsync(receiver);
        List<TimeSpan> known = [], unknown = [];
        HashSet<string> pages = [];
        using var visitor = site.Visit();
        await visitor.GetAsync(Page);
        for (var i = 0; i < 9; i++)
        {
            foreach (var (email, times) in new[] { ("ann@example.com", known), ("nobody@example.com", unknown) })
            {
                var started = TimeProvider.System.GetTimestamp();
                using var asking = site.Visit();
                asking.Cookies["__Host-BlazorChat.Antiforgery"] = visitor.Cookies["__Host-BlazorChat.Antiforgery"];
                await asking.SubmitAsync(Page, "forgot-password", ("Input.Email", email));
                times.Add(TimeProvider.System.GetElapsedTime(started));
                pages.Add(asking.Page);
            }
        }

        Assert.Single(pages.Select(WithoutNonces).Distinct());
        Assert.All(known.Concat(unknown), t => Assert.True(t >= BlazorChat.Accounts.PasswordResetRequests.Floor));
        Assert.InRange(Math.Abs((known.Order().ElementAt(4) - unknown.Order().ElementAt(4)).TotalMilliseconds), 0, 20);
    }

    [Fact]
    public async Task SpoofedHost_IsNotInTheLink()
    {
        await using var receiver = await MailReceiver.StartAsync();
        await using var site = await StartAsync(receiver);
        using var visitor = site.Visit();
        await visitor.GetAsync(Page);
        var token = System.Text.RegularExpressions.Regex.Match(visitor.Page, "name=\"__RequestVerificationToken\" value=\"([^\"]+)\"").Groups[1].Value;
        var request = new HttpRequestMessage(HttpMethod.Post, Page)
        {
            Content = new FormUrlEncodedContent([new("_handler", "forgot-password"), new("Input.Email", "ann@example.com"), new("__RequestVerificationToken", token)]),
        };
        request.Headers.Host = "evil.example";
        request.Headers.Add("X-Forwarded-Host", "evil.example");
        Assert.Equal(HttpStatusCode.OK, await visitor.SendAsync(request));
        var mail = Assert.Single(await receiver.ReceivesAsync());
        Assert.DoesNotContain("evil", mail.Raw, StringComparison.Ordinal);
        Link(mail);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task WithoutServerOrAddress_PagesSayWhoHelpsInstead(bool hasServer, bool hasAddress)
    {
        await using var site = await Site.StartAsync(
            $"--Smtp:Host={(hasServer ? "127.0.0.1" : "")}", "--Smtp:From=chat@example.com", $"--Chat:BaseUrl={(hasAddress ? "https://chat.example.com" : "")}");
        using var visitor = site.Visit();
        await SetUpAsync(visitor);
        using var guest = site.Visit();
        await guest.GetAsync("/account/login");
        Assert.DoesNotContain(Page, guest.Page, StringComparison.Ordinal);
        Assert.Contains("An administrator can give you a link", guest.Page, StringComparison.Ordinal);
        await guest.GetAsync(Page);
        Assert.Contains("This site sends no e-mail.", guest.Page, StringComparison.Ordinal);
        Assert.DoesNotContain("<form", guest.Page, StringComparison.Ordinal);
    }

    private static async Task<Site> StartAsync(MailReceiver receiver)
    {
        var site = await Site.StartAsync([.. receiver.Settings().Select(s => $"--{s.Key}={s.Value}")]);
        using var visitor = site.Visit();
        await SetUpAsync(visitor);
        return site;
    }

    private static Task<HttpStatusCode> SetUpAsync(SiteVisitor visitor) => visitor.SubmitAsync("/setup", "setup", ("Input.CommunityName", "Harbour"),
        ("Input.Name", "Ann"), ("Input.Email", "ann@example.com"), ("Input.Password", AccountsHost.Password));

    /// <summary>Where the e-mail leads, on the site as it listens here.</summary>
    private static string Link(ReceivedMail mail)
    {
        var link = new Uri(Assert.Single(mail.Links));
        Assert.Equal("https://chat.example.com", link.GetLeftPart(UriPartial.Authority));
        return link.PathAndQuery;
    }

    private static string WithoutNonces(string page) => System.Text.RegularExpressions.Regex.Replace(page, "nonce=\"[^\"]*\"|value=\"[^\"]*\"|<!--.*?-->", "");
}
