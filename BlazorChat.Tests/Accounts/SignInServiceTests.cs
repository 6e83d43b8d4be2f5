using System.Net;
using BlazorChat.Accounts;

namespace BlazorChat.Tests.Accounts;

public sealed class SignInServiceTests : IAsyncLifetime
{
    private static readonly IPAddress Address = IPAddress.Parse("203.0.113.7");
    private AccountsHost _host = null!;

    public async ValueTask InitializeAsync() => (_host, _) = await AccountsHost.SetUpAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task CheckAsync_RightPassword_AnswersAtOnce()
    {
        var user = await _host.SignIn.CheckAsync(" Ann@Example.com ", AccountsHost.Password, Address);
        Assert.Equal("Ann", user.Name);
        Assert.Empty(_host.Time.Waits);
    }

    [Fact]
    public async Task CheckAsync_UnknownWrongLocked_SameWordsAndSameTime()
    {
        var unknown = await FailAsync("nobody@example.com", AccountsHost.Password);
        var wrong = await FailAsync("ann@example.com", "not the password");
        await FailAsync("ann@example.com", "not the password", SignInService.MaxFailures - 1);
        var locked = await FailAsync("ann@example.com", AccountsHost.Password);
        var malformed = await FailAsync("\ud800", "\udc00");

        Assert.Equal(unknown.Message, wrong.Message);
        Assert.Equal(unknown.Message, locked.Message);
        Assert.Equal(unknown.Message, malformed.Message);
        Assert.All(_host.Time.Waits, wait => Assert.Equal(SignInService.Floor, wait));
        Assert.Equal(13, _host.Time.Waits.Count);
    }

    [Fact]
    public async Task CheckAsync_TenFailures_LockUntilTheTimeIsOver()
    {
        await FailAsync("ann@example.com", "not the password", SignInService.MaxFailures);
        await FailAsync("ann@example.com", AccountsHost.Password);

        _host.Time.Advance(SignInService.LockTime);
        await _host.SignIn.CheckAsync("ann@example.com", AccountsHost.Password, Address);
    }

    [Fact]
    public async Task CheckAsync_SuccessInBetween_StartsTheCountAgain()
    {
        await FailAsync("ann@example.com", "not the password", SignInService.MaxFailures - 1);
        await _host.SignIn.CheckAsync("ann@example.com", AccountsHost.Password, Address);
        await FailAsync("ann@example.com", "not the password", SignInService.MaxFailures - 1);
        await _host.SignIn.CheckAsync("ann@example.com", AccountsHost.Password, Address);
    }

    [Fact]
    public async Task CheckAsync_FailuresAtOnce_AllCount()
    {
        await Task.WhenAll(Enumerable.Range(0, SignInService.MaxFailures)
            .Select(_ => Task.Run(() => FailAsync("ann@example.com", "not the password"))));

        var ann = await _host.UserAsync(1);
        Assert.NotNull(ann.LockoutEnd);
        Assert.Equal(0, ann.AccessFailedCount);
    }

    [Fact]
    public async Task CheckAsync_ManyAttemptsOnOneAccount_AreLimitedKnownOrNot()
    {
        // The limiter's own clock refills a little while this runs, hence the margin.
        foreach (var email in new[] { "ann@example.com", "nobody@example.com" })
        {
            var attempts = await AttemptsUntilTooManyAsync(i => (email, new IPAddress([10, 0, (byte)(i >> 8), (byte)i])));
            Assert.InRange(attempts, 31, 60);
        }
    }

    [Fact]
    public async Task CheckAsync_ManyFailuresFromOneAddress_AreLimited()
    {
        // One /64 is one customer: changing the rest of the address does not help.
        var attempts = await AttemptsUntilTooManyAsync(i => ($"p{i}@example.com", IPAddress.Parse($"2001:db8::{i + 1:x}")));

        Assert.InRange(attempts, 101, 130);
        await AccountsHost.RefusedAsync(
            Refusal.TooMany, () => _host.SignIn.CheckAsync("ann@example.com", AccountsHost.Password, IPAddress.Parse("2001:db8::ffff")));
        await _host.SignIn.CheckAsync("ann@example.com", AccountsHost.Password, IPAddress.Parse("2001:db8:0:1::1"));
    }

    [Fact]
    public async Task CheckAsync_SuccessesFromOneAddress_AreNotLimited()
    {
        for (var i = 0; i < 25; i++)
        {
            await _host.SignIn.CheckAsync("ann@example.com", AccountsHost.Password, Address);
        }
    }

    [Theory]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36", "Chrome on Linux")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge on Windows")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1", "Safari on iPhone")]
    [InlineData("Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox on Android")]
    [InlineData("<script>", "A browser")]
    [InlineData(null, "A browser")]
    public void Describe_UserAgent_IsWhatItsOwnerWouldSay(string? userAgent, string expected) =>
        Assert.Equal(expected, Device.Describe(userAgent));

    private async Task<int> AttemptsUntilTooManyAsync(Func<int, (string Email, IPAddress Address)> attempt)
    {
        for (var i = 0; i < 1_000; i++)
        {
            var (email, address) = attempt(i);
            var refused = await Assert.ThrowsAsync<RefusedException>(() => _host.SignIn.CheckAsync(email, "not the password", address));
            if (refused.Refusal == Refusal.TooMany)
            {
                return i + 1;
            }
        }

        return int.MaxValue;
    }

    private async Task<RefusedException> FailAsync(string email, string password, int times = 1, IPAddress? address = null)
    {
        RefusedException? refused = null;
        for (var i = 0; i < times; i++)
        {
            refused = await AccountsHost.RefusedAsync(Refusal.SignedOut, () => _host.SignIn.CheckAsync(email, password, address ?? Address));
        }

        return refused!;
    }
}
