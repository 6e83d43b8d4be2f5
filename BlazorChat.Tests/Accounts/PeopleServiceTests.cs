using BlazorChat.Accounts;
using BlazorChat.Live;

namespace BlazorChat.Tests.Accounts;

public sealed class PeopleServiceTests : IAsyncLifetime
{
    private AccountsHost _host = null!;
    private Actor _ann = null!;

    /// <summary>Every operation that only administrators may do. A new one is listed here, or nobody proves it is closed.</summary>
    public static TheoryData<string> Operations => [.. AdministratorOperations.Keys];

    private static readonly Dictionary<string, Func<AccountsHost, Actor, Task>> AdministratorOperations = new()
    {
        ["invite"] = (host, actor) => host.Invites.CreateAsync(actor, 1, 1),
        ["list invites"] = (host, actor) => host.Invites.ListAsync(actor),
        ["revoke invite"] = (host, actor) => host.Invites.RevokeAsync(actor, 1),
        ["change settings"] = (host, actor) => host.ChangeSettingsAsync(actor, seen => seen with { Name = "Port", Registration = RegistrationMode.Open }),
        ["reset link"] = (host, actor) => host.People.CreateResetLinkAsync(actor, 1),
        ["set role"] = (host, actor) => host.People.SetRoleAsync(actor, actor.UserId, Role.Administrator),
        ["sign out another"] = (host, actor) => host.Get<PersonSessions>().EndAllAsync(actor, 1),
        ["list sessions"] = (host, actor) => host.Get<PersonSessions>().ListAsync(actor, 1),
    };

    public async ValueTask InitializeAsync() => (_host, _ann) = await AccountsHost.SetUpAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task AdministratorOperation_ByOthers_IsRefused(string name)
    {
        var operation = AdministratorOperations[name];
        var member = await _host.AddActorAsync(_ann, "Bob");
        var demoted = await _host.AddActorAsync(_ann, "Cid");
        await _host.People.SetRoleAsync(_ann, demoted.UserId, Role.Administrator);
        await _host.Invites.ListAsync(demoted);
        await _host.People.SetRoleAsync(_ann, demoted.UserId, Role.Member);
        var signedOut = await _host.SignInAsync(await _host.UserAsync(_ann.UserId));
        await _host.Sessions.EndAsync(_ann, signedOut.SessionId);

        await AccountsHost.RefusedAsync(Refusal.Forbidden, () => operation(_host, member));
        await AccountsHost.RefusedAsync(Refusal.Forbidden, () => operation(_host, demoted));
        await AccountsHost.RefusedAsync(Refusal.SignedOut, () => operation(_host, signedOut));
        await AccountsHost.RefusedAsync(Refusal.SignedOut, () => operation(_host, new Actor(4711, Guid.NewGuid())));

        // Another person's session under one's own name, and the other way round.
        await AccountsHost.RefusedAsync(Refusal.SignedOut, () => operation(_host, member with { UserId = _ann.UserId }));
        await AccountsHost.RefusedAsync(Refusal.SignedOut, () => operation(_host, member with { SessionId = _ann.SessionId }));
        Assert.Equal(Role.Member, (await _host.UserAsync(member.UserId)).Role);
        Assert.True(await _host.Sessions.IsActiveAsync(_ann));
    }

    [Fact]
    public async Task SetRoleAsync_LastOwner_Stays()
    {
        await AccountsHost.RefusedAsync(Refusal.Conflict, () => _host.People.SetRoleAsync(_ann, _ann.UserId, Role.Member));

        var bob = await _host.AddAsync(_ann, "Bob");
        await _host.People.SetRoleAsync(_ann, bob.Id, Role.Owner);
        await _host.People.SetRoleAsync(_ann, _ann.UserId, Role.Member);
        Assert.Equal(Role.Member, (await _host.Get<PeopleDirectory>().GetAsync(_ann.UserId)).Role);
    }

    [Theory]
    [InlineData(Role.Owner, Role.Owner, Role.Administrator, false)]
    [InlineData(Role.Owner, Role.Administrator, Role.Member, true)]
    [InlineData(Role.Owner, Role.Member, Role.Owner, true)]
    [InlineData(Role.Administrator, Role.Owner, Role.Member, false)]
    [InlineData(Role.Administrator, Role.Administrator, Role.Member, false)]
    [InlineData(Role.Administrator, Role.Moderator, Role.Guest, true)]
    [InlineData(Role.Administrator, Role.Member, Role.Administrator, true)]
    [InlineData(Role.Administrator, Role.Member, Role.Owner, false)]
    [InlineData(Role.Administrator, Role.Member, Role.Bot, false)]
    [InlineData(Role.Moderator, Role.Guest, Role.Member, false)]
    public async Task SetRoleAsync_OfSomebody_TakesAHigherRoleAndGivesNoneAboveOnesOwn(Role actor, Role from, Role to, bool done)
    {
        var (bob, cid) = (await _host.AddActorAsync(_ann, "Bob"), await _host.AddActorAsync(_ann, "Cid"));
        await _host.People.SetRoleAsync(_ann, bob.UserId, actor);
        await _host.People.SetRoleAsync(_ann, cid.UserId, from);

        var refused = await Record.ExceptionAsync(() => _host.People.SetRoleAsync(bob, cid.UserId, to));

        Assert.Equal(done, refused is null);
        Assert.Equal(done ? to : from, (await _host.UserAsync(cid.UserId)).Role);
    }

    [Fact]
    public async Task SetRoleAsync_BothOwnersStepDownAtOnce_OneStays()
    {
        var bob = await _host.AddActorAsync(_ann, "Bob");
        await _host.People.SetRoleAsync(_ann, bob.UserId, Role.Owner);

        var outcomes = await Task.WhenAll(DemoteAsync(_ann, _ann.UserId), DemoteAsync(bob, bob.UserId));

        Assert.Single(outcomes, done => done);
        var owners = (await Task.WhenAll(_host.UserAsync(_ann.UserId), _host.UserAsync(bob.UserId))).Count(u => u.Role == Role.Owner);
        Assert.Equal(1, owners);

        async Task<bool> DemoteAsync(Actor actor, long userId)
        {
            try
            {
                await Task.Run(() => _host.People.SetRoleAsync(actor, userId, Role.Member));
                return true;
            }
            catch (RefusedException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task SetRoleAsync_UndefinedRoleOrPerson_IsRefused()
    {
        await AccountsHost.RefusedAsync(Refusal.Invalid, () => _host.People.SetRoleAsync(_ann, _ann.UserId, (Role)7));
        await AccountsHost.RefusedAsync(Refusal.NotFound, () => _host.People.SetRoleAsync(_ann, 4711, Role.Member));
    }

    [Fact]
    public async Task ResetLink_WorksOnce_EndsSessionsAndUnlocks()
    {
        var bob = await _host.AddActorAsync(_ann, "Bob");
        for (var i = 0; i < SignInService.MaxFailures; i++)
        {
            await Assert.ThrowsAsync<RefusedException>(() => _host.SignIn.CheckAsync("bob@example.com", "wrong", null));
        }

        var resets = _host.Get<PasswordResetService>();
        var (user, token) = Parse(await _host.People.CreateResetLinkAsync(_ann, bob.UserId));
        Assert.Equal(bob.UserId, user);
        Assert.True(await resets.IsValidAsync(user, token));

        // A refused password does not use the link up.
        Assert.Equal(InputField.Password, (await AccountsHost.RefusedAsync(Refusal.Invalid, () => resets.ResetAsync(user, token, "short"))).Field);
        await resets.ResetAsync(user, token, "another good phrase");

        Assert.False(await _host.Sessions.IsActiveAsync(bob));
        Assert.Equal(bob.UserId, (await _host.SignIn.CheckAsync("bob@example.com", "another good phrase", null)).Id);
        Assert.False(await resets.IsValidAsync(user, token));
        await AccountsHost.RefusedAsync(Refusal.Invalid, () => resets.ResetAsync(user, token, "a third good phrase"));
    }

    [Fact]
    public async Task ResetAsync_LinkOfAnotherOrNonsense_IsRefusedAlike()
    {
        var bob = await _host.AddAsync(_ann, "Bob");
        var (_, token) = Parse(await _host.People.CreateResetLinkAsync(_ann, bob.Id));
        var resets = _host.Get<PasswordResetService>();

        var messages = new List<string>();
        foreach (var (user, candidate) in new[] { (_ann.UserId, token), (4711L, token), (bob.Id, token[..^2]), (bob.Id, "\ud800"), (bob.Id, null), (-1, "") })
        {
            messages.Add((await AccountsHost.RefusedAsync(Refusal.Invalid, () => resets.ResetAsync(user, candidate, "another good phrase"))).Message);
        }

        Assert.Single(messages.Distinct());
    }

    [Fact]
    public async Task EndAllAsync_CutsEverySessionOfThePersonOnly()
    {
        var bob = await _host.AddActorAsync(_ann, "Bob");
        var phone = await _host.SignInAsync(await _host.UserAsync(bob.UserId));
        var ended = new TaskCompletionSource<SessionEnded>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = _host.Get<ChatService>().Subscribe(phone, batch =>
        {
            ended.TrySetResult(Assert.IsType<SessionEnded>(Assert.Single(batch.Events)));
            return Task.CompletedTask;
        });

        await _host.Get<PersonSessions>().EndAllAsync(_ann, bob.UserId);

        Assert.Equal(phone.SessionId, (await ended.Task.WaitAsync(TimeSpan.FromSeconds(10))).SessionId);
        Assert.False(await _host.Sessions.IsActiveAsync(bob));
        Assert.False(await _host.Sessions.IsActiveAsync(phone));
        Assert.True(await _host.Sessions.IsActiveAsync(_ann));
    }

    [Fact]
    public async Task Community_Changes_AreKeptAndTold()
    {
        var heard = new TaskCompletionSource<CommunityChanged>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = _host.Get<ChatService>().Subscribe(_ann, batch =>
        {
            heard.TrySetResult(Assert.IsType<CommunityChanged>(Assert.Single(batch.Events)));
            return Task.CompletedTask;
        });

        await _host.ChangeSettingsAsync(_ann, seen => seen with { Name = "  Port  of call " });

        Assert.Equal(new CommunityChanged(new CommunityView("Port of call")), await heard.Task.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal("Port of call", _host.Community.Current.Name);
        await AccountsHost.RefusedAsync(Refusal.Invalid, () => _host.ChangeSettingsAsync(_ann, seen => seen with { Name = new string('x', 61) }));
    }

    private static (long User, string Token) Parse(string link)
    {
        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(new Uri(new Uri("http://localhost"), link).Query);
        return (long.Parse(query["user"]!), query["token"]!);
    }
}
