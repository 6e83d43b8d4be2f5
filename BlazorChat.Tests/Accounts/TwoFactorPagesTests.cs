using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using BlazorChat.Accounts.TwoFactor;

namespace BlazorChat.Tests.Accounts;

/// <summary>Two-factor sign-in through real HTTP: turning it on and off, and signing in on the page and by the API.</summary>
public sealed partial class TwoFactorPagesTests : IAsyncLifetime
{
    private const string Page = "/account/two-factor";
    private const string Email = "ann@example.com";
    private const string Password = AccountsHost.Password;
    private Site _site = null!;

    public async ValueTask InitializeAsync() => _site = await Site.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task Page_BeforeItIsOn_ShowsKeyUriAndCodeAndIsNotCached()
    {
        using var ann = await AnnAsync();
        await ann.GetAsync("/account/manage");
        Assert.Contains("href=\"/account/two-factor\"", ann.Page);
        Assert.Equal(HttpStatusCode.OK, await ann.GetAsync(Page));
        Assert.True(ann.Answer.Headers.CacheControl!.NoStore);
        Assert.Contains($"href=\"otpauth://totp/Harbour:ann%40example.com?secret={KeyIn(ann)}&amp;issuer=Harbour", ann.Page);
        Assert.Contains("data-testid=\"qr-code\"", ann.Page);

        using var stranger = _site.Visit();
        Assert.Equal(HttpStatusCode.Redirect, await stranger.GetAsync(Page));
    }

    [Fact]
    public async Task TurnOn_WrongCode_KeepsTheKeyThatTheAppHas()
    {
        using var ann = await AnnAsync();
        await ann.GetAsync(Page);
        var key = KeyIn(ann);
        await TurnOnAsync(ann, "123");
        Assert.Contains("id=\"on-TwoFactorCode-error\"", ann.Page);
        Assert.Equal(key, KeyIn(ann));
        Assert.DoesNotContain(Password, ann.Page);

        await TurnOnAsync(ann, CodeOf(key));
        Assert.Contains("data-testid=\"recovery-codes\"", ann.Page);
        Assert.True(ann.Answer.Headers.CacheControl!.NoStore);
        await ann.GetAsync(Page);
        Assert.DoesNotContain("data-testid=\"recovery-codes\"", ann.Page);
        Assert.DoesNotContain(key, ann.Page);
        Assert.Contains("10 recovery codes are left.", ann.Page);
    }

    [Fact]
    public async Task Login_AsksForTheCodeAndLeadsOn()
    {
        var (key, codes) = await WithTwoFactorAsync();
        using var visitor = _site.Visit();
        Assert.Equal(HttpStatusCode.OK, await PasswordAsync(visitor, "/account/login?returnUrl=/rooms/7"));
        Assert.Contains("data-testid=\"login-code-form\"", visitor.Page);
        Assert.True(visitor.Answer.Headers.CacheControl!.NoStore);
        Assert.DoesNotContain("__Host-BlazorChat", visitor.Cookies.Keys);
        Assert.Equal(HttpStatusCode.Redirect, await visitor.GetAsync("/account/manage"));

        await PasswordAsync(visitor, "/account/login?returnUrl=/rooms/7");
        await CodeAsync(visitor, "000000");
        Assert.Contains("id=\"input-TwoFactorCode-error\"", visitor.Page);
        var code = CodeOf(key, steps: 1);
        await CodeAsync(visitor, code);
        Assert.Equal("/rooms/7", visitor.Location);
        Assert.Equal(HttpStatusCode.OK, await visitor.GetAsync("/account/manage"));

        using var other = _site.Visit();
        await PasswordAsync(other, "/account/login");
        await CodeAsync(other, code);
        Assert.Contains("id=\"input-TwoFactorCode-error\"", other.Page);
        await CodeAsync(other, codes[0]);
        Assert.Equal("/", other.Location);
    }

    [Fact]
    public async Task Login_TicketThatIsNone_StartsAgain()
    {
        var (_, codes) = await WithTwoFactorAsync();
        using var visitor = _site.Visit();
        await PasswordAsync(visitor, "/account/login");
        await visitor.PostAsync("/account/login", "login-code", ("CodeInput.Ticket", "made up"), ("CodeInput.TwoFactorCode", codes[0]));
        Assert.Contains("That took too long. Sign in again.", visitor.Page);
        Assert.Contains("data-testid=\"login-form\"", visitor.Page);
        Assert.True(await visitor.PostAsync("/account/login", "login-code") < HttpStatusCode.InternalServerError);
    }

    [Fact]
    public async Task ApiLogin_NeedsTheCode()
    {
        var (key, codes) = await WithTwoFactorAsync();
        Assert.Equal((401, true), await ApiLoginAsync(null));
        Assert.Equal((401, false), await ApiLoginAsync("000000"));
        var code = CodeOf(key, steps: 1);
        Assert.Equal((200, false), await ApiLoginAsync(code));
        Assert.Equal((401, false), await ApiLoginAsync(code));
        Assert.Equal((200, false), await ApiLoginAsync(codes[1]));
    }

    [Fact]
    public async Task TurnOff_NeedsThePassword()
    {
        using var ann = await AnnAsync();
        await ann.GetAsync(Page);
        await TurnOnAsync(ann, CodeOf(KeyIn(ann)));
        await ann.SubmitAsync(Page, "two-factor-off", ("OffInput.CurrentPassword", "wrong"));
        Assert.Contains("id=\"off-CurrentPassword-error\"", ann.Page);
        await ann.SubmitAsync(Page, "two-factor-off", ("OffInput.CurrentPassword", Password));
        Assert.Equal("/account/manage?status=two-factor-off", ann.Location);

        using var visitor = _site.Visit();
        await PasswordAsync(visitor, "/account/login");
        Assert.Equal("/", visitor.Location);
    }

    private static string KeyIn(SiteVisitor visitor) =>
        Key().Match(visitor.Page) is { Success: true } key ? key.Groups[1].Value.Replace(" ", "", StringComparison.Ordinal) : "no key";

    private static string CodeOf(string key, int steps = 0) => Totp.Code(Base32.Decode(key), Totp.StepAt(TimeProvider.System.GetUtcNow()) + steps);

    private static Task<HttpStatusCode> TurnOnAsync(SiteVisitor visitor, string code) => visitor.PostAsync(Page, "two-factor-on",
        ("Input.Ticket", Ticket().Match(visitor.Page).Groups[1].Value), ("Input.CurrentPassword", Password), ("Input.TwoFactorCode", code));

    private static Task<HttpStatusCode> PasswordAsync(SiteVisitor visitor, string path) =>
        visitor.SubmitAsync(path, "login", ("Input.Email", Email), ("Input.Password", Password));

    private static Task<HttpStatusCode> CodeAsync(SiteVisitor visitor, string code) => visitor.PostAsync(
        visitor.Answer.RequestMessage!.RequestUri!.PathAndQuery, "login-code",
        ("CodeInput.Ticket", Ticket().Match(visitor.Page).Groups[1].Value), ("CodeInput.TwoFactorCode", code));

    private async Task<SiteVisitor> AnnAsync()
    {
        var visitor = _site.Visit();
        await visitor.SubmitAsync("/setup", "setup", ("Input.CommunityName", "Harbour"), ("Input.Name", "Ann"), ("Input.Email", Email), ("Input.Password", Password));
        return visitor;
    }

    private async Task<(string Key, IReadOnlyList<string> Codes)> WithTwoFactorAsync()
    {
        using var ann = await AnnAsync();
        await ann.GetAsync(Page);
        var key = KeyIn(ann);
        await TurnOnAsync(ann, CodeOf(key));
        return (key, [.. RecoveryCode().Matches(ann.Page).Select(m => m.Groups[1].Value)]);
    }

    /// <summary>The status, and whether the answer says that a code is missing.</summary>
    private async Task<(int Status, bool IsCodeMissing)> ApiLoginAsync(string? code)
    {
        using var http = new HttpClient { BaseAddress = _site.Address };
        using var answer = await http.PostAsJsonAsync("/api/auth/login", new { email = Email, password = Password, twoFactorCode = code });
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return ((int)answer.StatusCode, body.TryGetProperty("detail", out var detail) && detail.GetString()!.Contains("twoFactorCode", StringComparison.Ordinal));
    }

    [GeneratedRegex("data-testid=\"two-factor-key\"[^>]*>([^<]+)<")]
    private static partial Regex Key();

    [GeneratedRegex("name=\"(?:Input|CodeInput)\\.Ticket\" value=\"([^\"]+)\"")]
    private static partial Regex Ticket();

    [GeneratedRegex("<code[^>]*>([a-z2-7]{4}(?:-[a-z2-7]{4}){3})</code>")]
    private static partial Regex RecoveryCode();
}
