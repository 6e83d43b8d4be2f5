using System.Net;
using BlazorChat.Accounts;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Accounts;

public sealed class RegistrationTests : IAsyncLifetime
{
    private AccountsHost _host = null!;
    private Actor _ann = null!;

    public async ValueTask InitializeAsync() => (_host, _ann) = await AccountsHost.SetUpAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task RegisterAsync_WithInvite_MakesAMemberAndCountsTheUse()
    {
        var invite = await _host.Invites.CreateAsync(_ann, 7, 2);

        var bob = await RegisterAsync("Bob", invite.Code);

        Assert.Equal(Role.Member, (await _host.UserAsync(bob.Id)).Role);
        Assert.Equal(1, Assert.Single((await _host.Invites.ListAsync(_ann)).Rows).Uses);
        Assert.Contains(bob.Id, _host.Welcome.AfterCommit);
    }

    [Fact]
    public async Task RegisterAsync_FiveAtOnceOnTheLastPlace_AdmitsOne()
    {
        var invite = await _host.Invites.CreateAsync(_ann, 1, 1);

        var outcomes = await Task.WhenAll(Enumerable.Range(1, 5).Select(i => Task.Run(async () =>
        {
            try
            {
                await RegisterAsync($"Person {i}", invite.Code);
                return true;
            }
            catch (RefusedException e)
            {
                Assert.Equal(Refusal.Forbidden, e.Refusal);
                return false;
            }
        })));

        Assert.Single(outcomes, admitted => admitted);
        await using var db = await _host.OpenAsync();
        Assert.Equal(2, await db.Users.CountAsync());
        Assert.Equal(InviteState.UsedUp, await _host.Invites.PeekAsync(invite.Code));
    }

    [Fact]
    public async Task RegisterAsync_NameTaken_SpendsNoUse()
    {
        var invite = await _host.Invites.CreateAsync(_ann, 1, 1);

        var name = await AccountsHost.RefusedAsync(
            Refusal.Conflict, () => _host.Registration.RegisterAsync("aNN", "other@example.com", AccountsHost.Password, invite.Code));
        var email = await AccountsHost.RefusedAsync(
            Refusal.Conflict, () => _host.Registration.RegisterAsync("Bob", "ANN@example.com", AccountsHost.Password, invite.Code));

        Assert.Equal(InputField.Name, name.Field);
        Assert.Equal(InputField.Email, email.Field);
        Assert.Equal(InviteState.Valid, await _host.Invites.PeekAsync(invite.Code));
    }

    [Fact]
    public async Task RegisterAsync_ExpiredRevokedUnknown_IsRefusedAndSaysWhy()
    {
        var revoked = await _host.Invites.CreateAsync(_ann, 1, 5);
        await _host.Invites.RevokeAsync(_ann, revoked.Id);
        var expired = await _host.Invites.CreateAsync(_ann, 1, 5);
        _host.Time.Advance(TimeSpan.FromDays(1));

        foreach (var (code, state) in new[]
        {
            (revoked.Code, InviteState.Revoked), (expired.Code, InviteState.Expired), ("nonsense", InviteState.Unknown),
            (revoked.Code.ToUpperInvariant() + "x", InviteState.Unknown),
        })
        {
            Assert.Equal(state, await _host.Invites.PeekAsync(code));
            var refused = await AccountsHost.RefusedAsync(Refusal.Forbidden, () => RegisterAsync("Bob", code));
            Assert.Equal(InviteService.Explain(state), refused.Message);
            Assert.Equal(InputField.InviteCode, refused.Field);
        }
    }

    [Fact]
    public async Task RegisterAsync_WithoutInvite_NeedsOpenRegistration()
    {
        await AccountsHost.RefusedAsync(Refusal.Forbidden, () => RegisterAsync("Bob", null));
        await AccountsHost.RefusedAsync(Refusal.Forbidden, () => RegisterAsync("Bob", " "));

        await _host.ChangeSettingsAsync(_ann, seen => seen with { Registration = RegistrationMode.Open });
        await RegisterAsync("Bob", null);

        await _host.ChangeSettingsAsync(_ann, seen => seen with { Registration = RegistrationMode.ByInvite });
        await AccountsHost.RefusedAsync(Refusal.Forbidden, () => RegisterAsync("Cid", null));
    }

    [Fact]
    public async Task RegisterAsync_OpenRegistrationFromOneAddress_IsLimited()
    {
        await _host.ChangeSettingsAsync(_ann, seen => seen with { Registration = RegistrationMode.Open });
        var address = IPAddress.Parse("203.0.113.7");

        var refusals = new List<Refusal>();
        for (var i = 0; i < 61; i++)
        {
            refusals.Add((await Assert.ThrowsAsync<RefusedException>(
                () => _host.Registration.RegisterAsync("", "", "", null, address))).Refusal);
        }

        Assert.Equal(Refusal.TooMany, refusals[^1]);
        Assert.All(refusals.SkipLast(1), r => Assert.Equal(Refusal.Invalid, r));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(366, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 10_001)]
    [InlineData(int.MinValue, int.MaxValue)]
    public async Task CreateAsync_OutOfBounds_IsRefused(int days, int uses) =>
        await AccountsHost.RefusedAsync(Refusal.Invalid, () => _host.Invites.CreateAsync(_ann, days, uses));

    [Fact]
    public async Task RevokeAsync_UnknownInvite_IsNotFound() =>
        await AccountsHost.RefusedAsync(Refusal.NotFound, () => _host.Invites.RevokeAsync(_ann, 4711));

    private Task<AppUser> RegisterAsync(string name, string? code) =>
        _host.Registration.RegisterAsync(name, $"{name.Replace(' ', '.')}@example.com", AccountsHost.Password, code);
}
