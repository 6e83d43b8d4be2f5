using BlazorChat.Accounts;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Accounts;

public sealed class SetupServiceTests
{
    [Fact]
    public async Task CompleteAsync_First_MakesAdministratorAndSettings()
    {
        await using var host = await AccountsHost.EmptyAsync();
        Assert.False((await host.Community.GetAsync()).IsSetUp);

        var user = await host.Get<SetupService>().CompleteAsync("  The   Harbour ", " Ann  Lee ", " ann@example.com ", AccountsHost.Password);

        Assert.Equal(Role.Owner, (await host.UserAsync(user.Id)).Role);
        Assert.Equal("Ann Lee", user.Name);
        Assert.Equal("ann@example.com", user.Email);
        Assert.Equal(new CommunityView("The Harbour"), await host.Community.GetAsync());
        Assert.Equal([user.Id], host.Welcome.AfterCommit);
        Assert.Equal(user.Id, (await host.SignIn.CheckAsync("ANN@example.com", AccountsHost.Password, null)).Id);
    }

    [Fact]
    public async Task CompleteAsync_Second_IsRefused()
    {
        var (host, _) = await AccountsHost.SetUpAsync();
        await using (host)
        {
            await AccountsHost.RefusedAsync(
                Refusal.Conflict, () => host.Get<SetupService>().CompleteAsync("Other", "Eve", "eve@example.com", AccountsHost.Password));
            await using var db = await host.OpenAsync();
            Assert.Equal(1, await db.Users.CountAsync());
            Assert.Equal("Harbour", (await host.Community.GetAsync()).Name);
        }
    }

    [Fact]
    public async Task CompleteAsync_SeveralAtOnce_MakeOneAdministrator()
    {
        await using var host = await AccountsHost.EmptyAsync();
        var setup = host.Get<SetupService>();

        var outcomes = await Task.WhenAll(Enumerable.Range(1, 6).Select(i => Task.Run(() => TryAsync(i))));

        var winner = Assert.Single(outcomes, o => o.User is not null).User!;
        Assert.All(outcomes.Where(o => o.User is null), o => Assert.Equal(Refusal.Conflict, o.Refusal));
        await using var db = await host.OpenAsync();
        Assert.Equal(winner.Id, (await db.Users.SingleAsync()).Id);
        Assert.Equal((await db.Community.SingleAsync()).Name, (await host.Community.GetAsync()).Name);
        Assert.Equal([winner.Id], host.Welcome.AfterCommit);

        async Task<(AppUser? User, Refusal? Refusal)> TryAsync(int i)
        {
            try
            {
                return (await setup.CompleteAsync($"Community {i}", $"Person {i}", $"p{i}@example.com", AccountsHost.Password), null);
            }
            catch (RefusedException e)
            {
                return (null, e.Refusal);
            }
        }
    }

    [Fact]
    public async Task CompleteAsync_WelcomeFails_LeavesNothing()
    {
        await using var host = await AccountsHost.EmptyAsync();
        host.Welcome.Fails = true;

        await AccountsHost.RefusedAsync(
            Refusal.Unavailable, () => host.Get<SetupService>().CompleteAsync("Harbour", "Ann", "ann@example.com", AccountsHost.Password));

        await using var db = await host.OpenAsync();
        Assert.Equal(0, await db.Users.CountAsync());
        Assert.Equal(0, await db.Community.CountAsync());
        Assert.False((await host.Community.GetAsync()).IsSetUp);
        Assert.Empty(host.Welcome.AfterCommit);
    }

    [Theory]
    [InlineData("", "Ann", "ann@example.com", "a long enough phrase", InputField.CommunityName)]
    [InlineData("a\u0007b", "Ann", "ann@example.com", "a long enough phrase", InputField.CommunityName)]
    [InlineData("Harbour", " ", "ann@example.com", "a long enough phrase", InputField.Name)]
    [InlineData("Harbour", "<b>Ann</b>", "ann@example.com", "a long enough phrase", InputField.Name)]
    [InlineData("Harbour", "Ann", "ann", "a long enough phrase", InputField.Email)]
    [InlineData("Harbour", "Ann", "Ann <ann@example.com>", "a long enough phrase", InputField.Email)]
    [InlineData("Harbour", "Ann", "ann@example.com\r\nBcc: x@y.z", "a long enough phrase", InputField.Email)]
    [InlineData("Harbour", "Ann", "ann@example.com", "short", InputField.Password)]
    [InlineData("Harbour", "Ann", "ann@example.com", "Password123", InputField.Password)]
    [InlineData("Harbour", "Ann", "ann@example.com", "ANN@example.com", InputField.Password)]
    [InlineData("Harbour", "Ann van der Berg", "ann@example.com", "ann van der berg", InputField.Password)]
    [InlineData("Harbour", "Ann", "ann@example.com", "abababababababab", InputField.Password)]
    public async Task CompleteAsync_BadInput_NamesTheField(string community, string name, string email, string password, string field)
    {
        await using var host = await AccountsHost.EmptyAsync();
        var refused = await AccountsHost.RefusedAsync(
            Refusal.Invalid, () => host.Get<SetupService>().CompleteAsync(community, name, email, password));
        Assert.Equal(field, refused.Field);
        Assert.False((await host.Community.GetAsync()).IsSetUp);
    }

    // Not inline data: attributes are stored as UTF-8, which mends broken surrogates.
    [Fact]
    public async Task CompleteAsync_BrokenSurrogates_AreRefused()
    {
        await CompleteAsync_BadInput_NamesTheField("\ud800", "Ann", "ann@example.com", AccountsHost.Password, InputField.CommunityName);
        await CompleteAsync_BadInput_NamesTheField("Harbour", "Ann\udc00", "ann@example.com", AccountsHost.Password, InputField.Name);
        await CompleteAsync_BadInput_NamesTheField("Harbour", "Ann", "ann\ud800@example.com", AccountsHost.Password, InputField.Email);
        await CompleteAsync_BadInput_NamesTheField("Harbour", "Ann", "ann@example.com", "a broken \ud800 surrogate", InputField.Password);
    }

    [Fact]
    public async Task CreateAdminAsync_OnEmptyDatabase_SetsUp()
    {
        await using var host = await AccountsHost.EmptyAsync();
        var first = await AccountCommands.CreateAdminAsync(host.Services, "Ann", "ann@example.com", AccountsHost.Password);
        var second = await AccountCommands.CreateAdminAsync(host.Services, "Bob", "bob@example.com", AccountsHost.Password);

        Assert.True((await host.Community.GetAsync()).IsSetUp);
        Assert.Equal(Role.Owner, (await host.UserAsync(first.Id)).Role);
        Assert.Equal(Role.Owner, (await host.UserAsync(second.Id)).Role);
    }

    [Fact]
    public async Task ResetPasswordAsync_Command_SetsARandomPasswordAndEndsSessions()
    {
        var (host, ann) = await AccountsHost.SetUpAsync();
        await using (host)
        {
            var password = await AccountCommands.ResetPasswordAsync(host.Services, "ann@example.com");

            Assert.Equal(ann.UserId, (await host.SignIn.CheckAsync("ann@example.com", password, null)).Id);
            Assert.False(await host.Sessions.IsActiveAsync(ann));
        }
    }
}
