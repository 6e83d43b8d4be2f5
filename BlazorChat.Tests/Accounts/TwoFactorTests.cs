using System.Net;
using System.Text;
using BlazorChat.Accounts;
using BlazorChat.Accounts.TwoFactor;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Accounts;

public sealed class TwoFactorTests : IAsyncLifetime
{
    private const string Email = "ann@example.com";
    private const string Password = AccountsHost.Password;
    private static readonly IPAddress Address = IPAddress.Parse("203.0.113.7");
    private AccountsHost _host = null!;
    private Actor _ann = null!;

    private TwoFactorService Service => _host.Get<TwoFactorService>();

    public async ValueTask InitializeAsync() => (_host, _ann) = await AccountsHost.SetUpAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    // RFC 6238, appendix B; the last six of its eight digits.
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1_111_111_109, "081804")]
    [InlineData(1_111_111_111, "050471")]
    [InlineData(1_234_567_890, "005924")]
    [InlineData(2_000_000_000, "279037")]
    [InlineData(20_000_000_000, "353130")]
    public void Code_OfTheVectorsOfTheRfc_IsTheirs(long seconds, string expected) =>
        Assert.Equal(expected, Totp.Code("12345678901234567890"u8, Totp.StepAt(DateTimeOffset.FromUnixTimeSeconds(seconds))));

    // RFC 4648, section 10, without padding.
    [Theory]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Base32_OfTheVectorsOfTheRfc_IsTheirs(string text, string expected)
    {
        Assert.Equal(expected, Base32.Encode(Encoding.ASCII.GetBytes(text)));
        Assert.Equal(text, Encoding.ASCII.GetString(Base32.Decode(expected)));
    }

    [Fact]
    public void Uri_NamesSiteAccountAndKey() => Assert.Equal(
        "otpauth://totp/Our%20%20Harbour:ann%40example.com?secret=ABC&issuer=Our%20%20Harbour&digits=6&period=30", Totp.Uri("Our: Harbour", Email, "ABC"));

    [Fact]
    public async Task TurnOn_WrongPasswordOrCode_StaysOff()
    {
        var enrolment = await Service.BeginAsync(_ann);
        var code = CodeOf(enrolment.Key);
        Assert.Equal(InputField.CurrentPassword, (await RefusedAsync(Refusal.Invalid, () => Service.TurnOnAsync(_ann, enrolment.Ticket, "wrong", code))).Field);
        Assert.Equal(InputField.TwoFactorCode, (await RefusedAsync(Refusal.Invalid, () => Service.TurnOnAsync(_ann, enrolment.Ticket, Password, "12345"))).Field);
        await RefusedAsync(Refusal.Invalid, () => Service.TurnOnAsync(_ann, "no ticket", Password, code));

        // Another's ticket has another's key.
        var bob = await _host.AddActorAsync(_ann, "bob");
        await RefusedAsync(Refusal.Invalid, () => Service.TurnOnAsync(bob, enrolment.Ticket, Password, code));

        Assert.False((await Service.GetAsync(_ann)).IsOn);
        await _host.SignIn.CheckAsync(Email, Password, Address);
        Assert.Equal(enrolment.Key, (await Service.BeginAsync(_ann, enrolment.Ticket)).Key);
        _host.Time.Advance(TwoFactorService.EnrolmentTime);
        Assert.NotEqual(enrolment.Key, (await Service.BeginAsync(_ann, enrolment.Ticket)).Key);
    }

    [Fact]
    public async Task TurnOn_ASecondTime_IsAConflict()
    {
        var enrolment = await Service.BeginAsync(_ann);
        await Service.TurnOnAsync(_ann, enrolment.Ticket, Password, CodeOf(enrolment.Key));
        await RefusedAsync(Refusal.Conflict, () => Service.TurnOnAsync(_ann, enrolment.Ticket, Password, CodeOf(enrolment.Key)));
        Assert.Equal(new TwoFactorState(true, SecondFactor.RecoveryCodes), await Service.GetAsync(_ann));
    }

    [Fact]
    public async Task Stored_HoldsNeitherKeyNorRecoveryCodes()
    {
        var (key, codes) = await TurnOnAsync();
        await using var db = await _host.OpenAsync();
        var stored = string.Join('\n', await db.UserTokens.Select(t => t.Name + " " + t.Value).ToListAsync());
        Assert.DoesNotContain(key, stored);
        Assert.All(codes, code => Assert.DoesNotContain(code.Replace("-", "", StringComparison.Ordinal), stored, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task CheckAsync_PasswordAlone_IsToldThatACodeIsMissing()
    {
        var (key, _) = await TurnOnAsync();
        foreach (var none in new[] { null, "", " " })
        {
            var refused = await RefusedAsync(Refusal.SignedOut, () => _host.SignIn.CheckAsync(Email, Password, Address, none));
            Assert.Equal(InputField.TwoFactorCode, refused.Field);
            Assert.Contains("twoFactorCode", refused.Message);
        }

        // Without the password, nobody learns that there is a second factor.
        var wrong = await RefusedAsync(Refusal.SignedOut, () => _host.SignIn.CheckAsync(Email, "wrong", Address, CodeOf(key)));
        Assert.Null(wrong.Field);
        Assert.All(_host.Time.Waits, wait => Assert.Equal(SignInService.Floor, wait));
    }

    [Fact]
    public async Task CheckAsync_Code_IsGoodOneStepEitherSideAndOnce()
    {
        var (key, _) = await TurnOnAsync();
        await WrongAsync(CodeOf(key)); // It turned the factor on, so it was used.
        await WrongAsync(CodeOf(key, steps: 2));
        await WrongAsync(CodeOf(key, steps: -1));

        // A clock that is a step ahead; what is older than an accepted code is over.
        await _host.SignIn.CheckAsync(Email, Password, Address, CodeOf(key, steps: 1));
        await WrongAsync(CodeOf(key, steps: 1));
        await WrongAsync(CodeOf(key));

        _host.Time.Advance(TimeSpan.FromMinutes(5));
        await WrongAsync(CodeOf(key, steps: -2));
        await _host.SignIn.CheckAsync(Email, Password, Address, CodeOf(key, steps: -1));
        await _host.SignIn.CheckAsync(Email, Password, Address, CodeOf(key).Insert(3, " "));
    }

    [Fact]
    public async Task CheckAsync_OneCodeFiveTimesAtOnce_IsAcceptedOnce()
    {
        var (key, codes) = await TurnOnAsync();
        foreach (var code in new[] { CodeOf(key, steps: 1), codes[0] })
        {
            var results = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(async () =>
            {
                await using var db = await _host.OpenAsync();
                return await _host.Get<SecondFactor>().AcceptAsync(db, _ann.UserId, code);
            })));
            Assert.Single(results, accepted => accepted);
        }
    }

    [Fact]
    public async Task CheckAsync_RecoveryCode_IsGoodOnceHoweverItIsTyped()
    {
        var (_, codes) = await TurnOnAsync();
        Assert.Equal(SecondFactor.RecoveryCodes, codes.Distinct().Count());
        await _host.SignIn.CheckAsync(Email, Password, Address, codes[3].ToUpperInvariant().Replace('-', ' '));
        await WrongAsync(codes[3]);
        await _host.SignIn.CheckAsync(Email, Password, Address, codes[4]);
        Assert.Equal(SecondFactor.RecoveryCodes - 2, (await Service.GetAsync(_ann)).CodesLeft);

        // Another's codes are theirs alone.
        await _host.AddAsync(_ann, "bob");
        await using var db = await _host.OpenAsync();
        Assert.False(await _host.Get<SecondFactor>().AcceptAsync(db, 2, codes[5]));
    }

    [Fact]
    public async Task CheckAsync_WrongCodes_LockTheAccountThoughThePasswordIsRight()
    {
        var (key, codes) = await TurnOnAsync();
        for (var i = 0; i < SignInService.MaxFailures; i++)
        {
            // Knowing the password must not forgive guesses of the code.
            await _host.SignIn.BeginAsync(Email, Password, Address);
            await WrongAsync("000000x");
        }

        Assert.NotNull((await _host.UserAsync(_ann.UserId)).LockoutEnd);
        await RefusedAsync(Refusal.SignedOut, () => _host.SignIn.CheckAsync(Email, Password, Address, codes[0]));
        _host.Time.Advance(SignInService.LockTime);
        await _host.SignIn.CheckAsync(Email, Password, Address, CodeOf(key));
        Assert.Equal(0, (await _host.UserAsync(_ann.UserId)).AccessFailedCount);
    }

    [Fact]
    public async Task FinishAsync_Ticket_IsGoodForFiveMinutesAndThisPassword()
    {
        var (_, codes) = await TurnOnAsync();
        var step = await _host.SignIn.BeginAsync(Email, Password, Address);
        Assert.Null(step.User);
        Assert.Equal(InputField.TwoFactorCode, (await RefusedAsync(Refusal.SignedOut, () => _host.SignIn.FinishAsync(step.Ticket, "123456", Address))).Field);
        Assert.Equal(_ann.UserId, (await _host.SignIn.FinishAsync(step.Ticket, codes[0], Address)).Id);
        Assert.Null((await RefusedAsync(Refusal.SignedOut, () => _host.SignIn.FinishAsync(step.Ticket + "x", codes[1], Address))).Field);

        // A ticket of an enrolment is none of a sign-in.
        await RefusedAsync(Refusal.SignedOut, async () => await _host.SignIn.FinishAsync((await Service.BeginAsync(_ann)).Ticket, codes[1], Address));

        await _host.Profiles.ChangePasswordAsync(_ann, Password, "another good phrase");
        await RefusedAsync(Refusal.SignedOut, () => _host.SignIn.FinishAsync(step.Ticket, codes[1], Address));
        step = await _host.SignIn.BeginAsync(Email, "another good phrase", Address);
        _host.Time.Advance(SignInService.StepTime);
        await RefusedAsync(Refusal.SignedOut, () => _host.SignIn.FinishAsync(step.Ticket, codes[1], Address));
    }

    [Fact]
    public async Task FinishAsync_WrongCodes_LockTheAccount()
    {
        var (_, codes) = await TurnOnAsync();
        var step = await _host.SignIn.BeginAsync(Email, Password, Address);
        for (var i = 0; i < SignInService.MaxFailures; i++)
        {
            await RefusedAsync(Refusal.SignedOut, () => _host.SignIn.FinishAsync(step.Ticket, "123456", Address));
        }

        await RefusedAsync(Refusal.SignedOut, () => _host.SignIn.FinishAsync(step.Ticket, codes[0], Address));
    }

    [Fact]
    public async Task TurnOff_NeedsThePassword()
    {
        await TurnOnAsync();
        await RefusedAsync(Refusal.Invalid, () => Service.TurnOffAsync(_ann, "wrong"));
        await Service.TurnOffAsync(_ann, Password);
        Assert.Equal(new TwoFactorState(false, 0), await Service.GetAsync(_ann));
        await _host.SignIn.CheckAsync(Email, Password, Address);
    }

    [Fact]
    public async Task Reset_OfThePassword_LeavesItOnAndAnAdministratorTurnsItOff()
    {
        var (key, _) = await TurnOnAsync();
        var password = await AccountCommands.ResetPasswordAsync(_host.Services, Email);
        Assert.Equal(InputField.TwoFactorCode, (await RefusedAsync(Refusal.SignedOut, () => _host.SignIn.CheckAsync(Email, password, Address))).Field);
        var user = await _host.SignIn.CheckAsync(Email, password, Address, CodeOf(key, steps: 1));
        Assert.True((await _host.UserAsync(user.Id)).TwoFactorEnabled);

        await _host.People.TurnOffTwoFactorAsync(await _host.SignInAsync(user), _ann.UserId);
        await _host.SignIn.CheckAsync(Email, password, Address);
    }

    [Fact]
    public async Task TurnOffTwoFactor_ByTheCommandLine_LetsThePasswordBeEnough()
    {
        await TurnOnAsync();
        await AccountCommands.TurnOffTwoFactorAsync(_host.Services, " Ann@Example.com");
        await _host.SignIn.CheckAsync(Email, Password, Address);
        await RefusedAsync(Refusal.NotFound, () => AccountCommands.TurnOffTwoFactorAsync(_host.Services, "nobody@example.com"));
    }

    private static Task<RefusedException> RefusedAsync(Refusal refusal, Func<Task> action) => AccountsHost.RefusedAsync(refusal, action);

    private async Task<(string Key, IReadOnlyList<string> Codes)> TurnOnAsync()
    {
        var enrolment = await Service.BeginAsync(_ann);
        return (enrolment.Key, await Service.TurnOnAsync(_ann, enrolment.Ticket, Password, CodeOf(enrolment.Key)));
    }

    private string CodeOf(string key, int steps = 0) => Totp.Code(Base32.Decode(key), Totp.StepAt(_host.Time.GetUtcNow()) + steps);

    private async Task WrongAsync(string code) => Assert.Equal(
        InputField.TwoFactorCode, (await RefusedAsync(Refusal.SignedOut, () => _host.SignIn.CheckAsync(Email, Password, Address, code))).Field);
}
