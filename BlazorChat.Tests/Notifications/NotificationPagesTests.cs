using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using BlazorChat.Accounts;
using BlazorChat.Notifications;
using BlazorChat.Tests.Accounts;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Notifications;

/// <summary>What a browser's page and worker say about its notifications, and the page of devices and choices, through real HTTP.</summary>
public sealed partial class NotificationPagesTests : IAsyncLifetime
{
    private const string Page = "/account/notifications";
    private const string Endpoint = "/account/push";
    private PushService _push = null!;
    private Site _site = null!;

    public async ValueTask InitializeAsync()
    {
        _push = await PushService.StartAsync();
        _site = await Site.StartAsync($"--Push:AllowedHosts={_push.Host}");
    }

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        await _push.DisposeAsync();
    }

    [Fact]
    public async Task Endpoints_ForAStranger_AnswerAndDoNotLeadToSignIn()
    {
        using var ann = await AnnAsync();
        using var stranger = _site.Visit();
        Assert.Equal(HttpStatusCode.Unauthorized, await stranger.GetAsync(Endpoint + "/key"));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(stranger, HttpMethod.Post, _push.NewBrowser().Registration));
        Assert.Equal("application/problem+json", stranger.Answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(stranger, HttpMethod.Delete, new { endpoint = "x" }));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("null")]
    [InlineData("http://evil.example")]
    [InlineData("http://127.0.0.1:1")]
    public async Task Endpoints_FromAnotherOrigin_ChangeNothing(string? origin)
    {
        using var ann = await AnnAsync();
        var phone = _push.NewBrowser();
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(ann, HttpMethod.Post, phone.Registration, origin));
        await SendAsync(ann, HttpMethod.Post, phone.Registration);
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(ann, HttpMethod.Delete, new { endpoint = phone.Endpoint }, origin));
        await ann.GetAsync(Page);
        Assert.Single(Devices().Matches(ann.Page));
    }

    [Fact]
    public async Task Endpoints_TakeAndForgetABrowser()
    {
        using var ann = await AnnAsync();
        Assert.Equal(HttpStatusCode.OK, await ann.GetAsync(Endpoint + "/key"));
        Assert.Equal(87, JsonDocument.Parse(ann.Page).RootElement.GetProperty("publicKey").GetString()!.Length);

        var (phone, renewed) = (_push.NewBrowser(), _push.NewBrowser());
        Assert.Equal(HttpStatusCode.Created, await SendAsync(ann, HttpMethod.Post, phone.Registration));
        Assert.Equal(HttpStatusCode.Created, await SendAsync(ann, HttpMethod.Post, phone.Registration));
        Assert.Equal(HttpStatusCode.Created, await SendAsync(ann, HttpMethod.Post, new
        {
            endpoint = renewed.Endpoint, keys = new { p256dh = renewed.P256dh, auth = renewed.Auth }, replaces = phone.Endpoint,
        }));
        await ann.GetAsync(Page);
        Assert.Single(Devices().Matches(ann.Page));
        Assert.Contains("Chrome on Linux (this browser)", ann.Page);
        Assert.Contains("data-here", ann.Page);

        Assert.Equal(HttpStatusCode.NoContent, await SendAsync(ann, HttpMethod.Delete, new { endpoint = renewed.Endpoint }));
        Assert.Equal(HttpStatusCode.NoContent, await SendAsync(ann, HttpMethod.Delete, new { endpoint = renewed.Endpoint }));
        await ann.GetAsync(Page);
        Assert.Contains("data-testid=\"no-devices\"", ann.Page);
    }

    [Theory]
    [InlineData("""{"endpoint":"https://169.254.169.254/latest","keys":{"p256dh":"x","auth":"y"}}""", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("""{"endpoint":"https://fcm.googleapis.com/x"}""", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("{}", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("[", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("null", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("endpoint=x", "application/x-www-form-urlencoded", HttpStatusCode.UnsupportedMediaType)]
    public async Task Add_WithWhatIsNoBrowser_SaysSoInAProblem(string body, string type, HttpStatusCode expected)
    {
        using var ann = await AnnAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, Endpoint) { Content = new StringContent(body, Encoding.UTF8, type) };
        request.Headers.Add("Origin", Origin);
        Assert.Equal(expected, await ann.SendAsync(request));
        Assert.Equal("application/problem+json", ann.Answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal((int)expected, JsonDocument.Parse(ann.Page).RootElement.GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task Add_LargerThanAnyBrowserIs_IsRefused()
    {
        using var ann = await AnnAsync();
        Assert.Equal(
            HttpStatusCode.RequestEntityTooLarge,
            await SendAsync(ann, HttpMethod.Post, new { endpoint = new string('x', NotificationEndpoints.MaxBody) }));
    }

    [Fact]
    public async Task Page_TestsAndRemovesADevice_AndShowsWhatWentWrong()
    {
        using var ann = await AnnAsync();
        var phone = _push.NewBrowser();
        await SendAsync(ann, HttpMethod.Post, phone.Registration);
        await ann.GetAsync(Page);
        var id = Devices().Match(ann.Page).Groups[1].Value;
        Assert.Contains("not notified yet", ann.Page);

        await ann.PostAsync(Page, "device", ("TestId", id));
        Assert.Contains("A test notification is on its way.", ann.Page);
        Assert.Equal("test", (await phone.NextAsync()).Json.GetProperty("tag").GetString());
        Assert.Contains("last notified", ann.Page);

        phone.AnswerWith(PushScript.Status(500));
        await ann.PostAsync(Page, "device", ("TestId", id));
        Assert.Contains("The test failed: ", ann.Page);
        Assert.Contains("data-testid=\"device-error\"", ann.Page);

        Assert.Equal(HttpStatusCode.OK, await ann.SubmitAsync(Page, "device", ("TestId", "4711")));
        Assert.Contains("was not found", ann.Page);
        Assert.Equal(HttpStatusCode.OK, await ann.SubmitAsync(Page, "device", ("RemoveId", "x")));
        await ann.PostAsync(Page, "device", ("RemoveId", id));
        Assert.Equal("/account/notifications?status=device-removed", ann.Location);
        await ann.GetAsync(Page);
        Assert.Contains("data-testid=\"no-devices\"", ann.Page);
    }

    [Fact]
    public async Task Page_OfSomebodyElse_NeitherShowsNorTakesMyDevices()
    {
        using var ann = await AnnAsync();
        await SendAsync(ann, HttpMethod.Post, _push.NewBrowser().Registration);
        await ann.GetAsync(Page);
        var id = Devices().Match(ann.Page).Groups[1].Value;

        using var bob = await BobAsync();
        Assert.Equal(HttpStatusCode.OK, await bob.GetAsync(Page));
        Assert.Contains("data-testid=\"no-devices\"", bob.Page);
        await bob.SubmitAsync(Page, "device", ("TestId", id));
        Assert.Contains("was not found", bob.Page);
        await bob.SubmitAsync(Page, "device", ("RemoveId", id));
        await ann.GetAsync(Page);
        Assert.Single(Devices().Matches(ann.Page));

        using var stranger = _site.Visit();
        Assert.Equal(HttpStatusCode.Redirect, await stranger.GetAsync(Page));
    }

    [Fact]
    public async Task Choices_AreStoredAndShownAgain_AndSayWhatIsWrong()
    {
        using var ann = await AnnAsync();
        await ann.GetAsync("/account/manage");
        Assert.Contains("href=\"/account/notifications\"", ann.Page);
        await ann.GetAsync(Page);
        Assert.Contains("data-take-zone", ann.Page);
        Assert.Matches("value=\"Everything\" checked", ann.Page);
        Assert.Contains("data-testid=\"email-off\"", ann.Page);

        await ann.PostAsync(Page, "choices", ("Input.Level", "Mentions"), ("Input.QuietFrom", "22:00"), ("Input.TimeZone", "Europe/Berlin"));
        Assert.Contains("data-testid=\"quiet-error\"", ann.Page);
        await ann.PostAsync(Page, "choices", ("Input.Level", "Mentions"), ("Input.TimeZone", "Middle/Earth"));
        Assert.Contains("id=\"choices-TimeZone-error\"", ann.Page);
        await ann.PostAsync(Page, "choices", ("Input.QuietFrom", "late"), ("Input.QuietUntil", "07:00"), ("Input.TimeZone", "Europe/Berlin"));
        Assert.Contains("such as 22:00", ann.Page);

        await ann.PostAsync(Page, "choices",
            ("Input.Level", "Mentions"), ("Input.QuietFrom", "22:00"), ("Input.QuietUntil", "07:30"), ("Input.TimeZone", " Europe/Berlin "));
        Assert.Equal("/account/notifications?status=notifications", ann.Location);
        await ann.GetAsync(Page);
        Assert.Matches("value=\"Mentions\" checked", ann.Page);
        Assert.Contains("value=\"22:00\"", ann.Page);
        Assert.Contains("value=\"07:30\"", ann.Page);
        Assert.Contains("value=\"Europe/Berlin\"", ann.Page);
        Assert.DoesNotContain("data-take-zone", ann.Page);
        Assert.DoesNotMatch("name=\"Input.ShowsText\" value=\"true\" checked", ann.Page);
    }

    [Fact]
    public async Task Manifest_NamesTheCommunity_AndItsIconsExist()
    {
        using var ann = await AnnAsync();
        using var stranger = _site.Visit();
        Assert.Equal(HttpStatusCode.OK, await stranger.GetAsync("/manifest.webmanifest"));
        Assert.Equal("application/manifest+json", stranger.Answer.Content.Headers.ContentType?.MediaType);
        var manifest = JsonDocument.Parse(stranger.Page).RootElement;
        Assert.Equal("Harbour", manifest.GetProperty("name").GetString());
        Assert.Equal("standalone", manifest.GetProperty("display").GetString());
        var icons = manifest.GetProperty("icons").EnumerateArray().ToList();
        Assert.Contains(icons, i => i.GetProperty("sizes").GetString() == "512x512" && i.GetProperty("purpose").GetString() == "maskable");
        foreach (var path in icons.Select(i => i.GetProperty("src").GetString()!).Append("/icons/badge.png").Append("/icons/apple-touch-icon.png"))
        {
            Assert.Equal(HttpStatusCode.OK, await stranger.GetAsync(path));
        }
    }

    [Fact]
    public async Task ServiceWorker_IsAskedForAnewEachTime_AndServesNoPages()
    {
        using var stranger = _site.Visit();
        Assert.Equal(HttpStatusCode.OK, await stranger.GetAsync("/sw.js"));
        Assert.Equal("text/javascript", stranger.Answer.Content.Headers.ContentType?.MediaType);
        Assert.True(stranger.Answer.Headers.CacheControl!.NoCache);
        Assert.DoesNotContain("\"fetch\"", stranger.Page);
        Assert.DoesNotContain("caches", stranger.Page);
        Assert.DoesNotContain("import", stranger.Page.Replace("without imports", "", StringComparison.Ordinal));
    }

    private string Origin => _site.Address.GetLeftPart(UriPartial.Authority);

    private Task<HttpStatusCode> SendAsync(SiteVisitor visitor, HttpMethod method, object body) => SendAsync(visitor, method, body, Origin);

    private static Task<HttpStatusCode> SendAsync(SiteVisitor visitor, HttpMethod method, object body, string? origin)
    {
        var request = new HttpRequestMessage(method, Endpoint) { Content = JsonContent(body) };
        request.Headers.Add("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36");
        if (origin is not null)
        {
            request.Headers.TryAddWithoutValidation("Origin", origin);
        }

        return visitor.SendAsync(request);
    }

    private static StringContent JsonContent(object body) => new(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");

    private async Task<SiteVisitor> AnnAsync()
    {
        var visitor = _site.Visit();
        await visitor.SubmitAsync("/setup", "setup", ("Input.CommunityName", "Harbour"), ("Input.Name", "Ann"),
            ("Input.Email", "ann@example.com"), ("Input.Password", AccountsHost.Password));
        return visitor;
    }

    private async Task<SiteVisitor> BobAsync()
    {
        var visitor = _site.Visit();
        var session = await _site.Services.GetRequiredService<SessionRegistry>().StartAsync(1, "a test");
        var invite = await _site.Services.GetRequiredService<InviteService>().CreateAsync(new Actor(1, session), 1, 1);
        await visitor.SubmitAsync("/account/register", "register", ("Input.InviteCode", invite.Code), ("Input.Name", "Bob"),
            ("Input.Email", "bob@example.com"), ("Input.Password", AccountsHost.Password));
        return visitor;
    }

    [GeneratedRegex("data-testid=\"device\" data-device=\"(\\d+)\"")]
    private static partial Regex Devices();
}
