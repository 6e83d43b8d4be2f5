using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Moderation;
using BlazorChat.Rooms;

namespace BlazorChat.Tests.Accounts;

/// <summary>What a token opens, for how long, and that it ends at once.</summary>
public sealed class TokenTests
{
    [Fact]
    public async Task FindAsync_TokenThatWasNeverMade_IsNobody()
    {
        await using var host = await ChatHost.StartAsync();
        Assert.Null(await host.Get<TokenRegistry>().FindAsync(null));
        Assert.Null(await host.Get<TokenRegistry>().FindAsync(""));
        Assert.Null(await host.Get<TokenRegistry>().FindAsync("bcp_short"));
        Assert.Null(await host.Get<TokenRegistry>().FindAsync(TokenSecret.Create(TokenSecret.Personal)));
    }

    [Fact]
    public async Task CreateAsync_Token_IsStoredAsItsHashOnly()
    {
        await using var host = await ChatHost.StartAsync();
        var made = await host.Get<TokenService>().CreateAsync(host.Ann, "script", Scope.Read);

        var file = await host.StoredBytesAsync();
        Assert.Equal(-1, file.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(made.Token)));
        Assert.NotEqual(-1, file.AsSpan().IndexOf(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(made.Token))));
    }

    [Theory]
    [InlineData("", Scope.Read)]
    [InlineData("   ", Scope.Read)]
    [InlineData("script", Scope.None)]
    [InlineData("script", Scope.Account)]
    [InlineData("script", Scope.All)]
    public async Task CreateAsync_WithoutANameOrWithAScopeThatNoTokenHas_IsRefused(string name, Scope scopes)
    {
        await using var host = await ChatHost.StartAsync();
        await ChatHost.RefusedAsync(Refusal.Invalid, () => host.Get<TokenService>().CreateAsync(host.Ann, name, scopes));
    }

    [Fact]
    public async Task CreateAsync_ByAToken_IsRefused()
    {
        await using var host = await ChatHost.StartAsync();
        var token = await ActorAsync(host, await host.Get<TokenService>().CreateAsync(host.Ann, "script", Scope.Read | Scope.Write | Scope.Admin));
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Get<TokenService>().CreateAsync(token, "heir", Scope.Read));
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Get<ProfileService>().ChangePasswordAsync(token, ChatHost.Password, "another long phrase"));
    }

    [Fact]
    public async Task Scopes_SayWhatATokenIsGoodFor()
    {
        await using var host = await ChatHost.StartAsync();
        var tokens = host.Get<TokenService>();
        var reader = await ActorAsync(host, await tokens.CreateAsync(host.Ann, "reader", Scope.Read));
        var writer = await ActorAsync(host, await tokens.CreateAsync(host.Ann, "writer", Scope.Write));
        var administrator = await ActorAsync(host, await tokens.CreateAsync(host.Ann, "administrator", Scope.Admin));

        await host.MessageQueries.NewestAsync(reader, host.General);
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Messages.PostAsync(reader, host.General, "hello"));
        await host.Messages.PostAsync(writer, host.General, "hello");
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.MessageQueries.NewestAsync(writer, host.General));
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Get<PeopleList>().ListAsync(writer, new PeopleQuery()));
        await host.Get<PeopleList>().ListAsync(administrator, new PeopleQuery());
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Messages.PostAsync(administrator, host.General, "hello"));
    }

    [Fact]
    public async Task DeleteAsync_ByAnAdministratorsTokenThatIsNotForAdministration_IsRefusedLikeAMembers()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var open = await host.Rooms.CreateAsync(bob, "Open", RoomKind.Public);
        await host.Memberships.JoinAsync(host.Ann, open);
        var message = await host.Messages.PostAsync(bob, open, "mine");
        var tokens = host.Get<TokenService>();
        var writer = await ActorAsync(host, await tokens.CreateAsync(host.Ann, "writer", Scope.Write));
        var both = await ActorAsync(host, await tokens.CreateAsync(host.Ann, "both", Scope.Write | Scope.Admin));

        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Messages.DeleteAsync(writer, message.Id));
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Rooms.UpdateAsync(writer, open, "Found", ""));
        await host.Messages.DeleteAsync(both, message.Id);
        await host.Rooms.UpdateAsync(both, open, "Found", "");
    }

    [Fact]
    public async Task RoomOfAToken_IsTheOnlyOneThereIs()
    {
        await using var host = await ChatHost.StartAsync();
        var other = await host.Rooms.CreateAsync(host.Ann, "Other", RoomKind.Public);
        var posted = await host.Messages.PostAsync(host.Ann, other, "elsewhere");
        var token = await ActorAsync(host, await host.Get<TokenService>().CreateAsync(host.Ann, "one room", Scope.Read | Scope.Write, host.General));

        await host.Messages.PostAsync(token, host.General, "here");
        Assert.Equal(host.General, Assert.Single(await host.RoomQueries.MineAsync(token)).Id);
        Assert.Equal(host.General, Assert.Single(await host.RoomQueries.BrowseAsync(token)).Id);
        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Messages.PostAsync(token, other, "there"));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.MessageQueries.NewestAsync(token, other));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.RoomQueries.FindAsync(token, other));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Messages.EditAsync(token, posted.Id, "changed"));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Messages.DeleteAsync(token, posted.Id));
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Rooms.CreateAsync(token, "Third", RoomKind.Public));
    }

    [Fact]
    public async Task RevokeAsync_EndsTheTokenAndItsSubscriptionsBeforeItReturns()
    {
        await using var host = await ChatHost.StartAsync();
        var made = await host.Get<TokenService>().CreateAsync(host.Ann, "script", Scope.Read);
        var token = await ActorAsync(host, made);
        using var ear = host.Listen(token, BlazorChat.Live.Topic.Room(host.General));

        await host.Get<TokenService>().RevokeAsync(host.Ann, made.View.Id);

        Assert.Null(await host.Get<TokenRegistry>().FindAsync(made.Token));
        await host.Messages.PostAsync(host.Ann, host.General, "unheard");
        await ear.HearsAsync<BlazorChat.Live.SessionEnded>();
        Assert.Empty(ear.Heard<BlazorChat.Messages.MessagePosted>());
        Assert.Empty(await host.Get<TokenService>().ListAsync(host.Ann));
    }

    [Fact]
    public async Task FindAsync_AfterItExpired_IsNobodyWhereverItIsAsked()
    {
        await using var host = await ChatHost.StartAsync();
        var made = await host.Get<TokenService>().CreateAsync(host.Ann, "script", Scope.Read, expiresAt: host.Time.GetUtcNow().AddHours(1));
        var token = await ActorAsync(host, made);

        host.Time.Advance(TimeSpan.FromHours(1));

        Assert.Null(await host.Get<TokenRegistry>().FindAsync(made.Token));
        await ChatHost.RefusedAsync(Refusal.SignedOut, () => host.RoomQueries.MineAsync(token));
    }

    [Fact]
    public async Task ChangedPassword_EndsTokensToo()
    {
        await using var host = await ChatHost.StartAsync();
        var made = await host.Get<TokenService>().CreateAsync(host.Ann, "script", Scope.Read);
        await host.Get<ProfileService>().ChangePasswordAsync(host.Ann, ChatHost.Password, "another long phrase");
        Assert.Null(await host.Get<TokenRegistry>().FindAsync(made.Token));
    }

    [Fact]
    public async Task SignedOutEverywhere_TokensOfScriptsStay()
    {
        await using var host = await ChatHost.StartAsync();
        var made = await host.Get<TokenService>().CreateAsync(host.Ann, "script", Scope.Read);
        await host.Sessions.EndAllAsync(host.Ann);
        Assert.NotNull(await host.Get<TokenRegistry>().FindAsync(made.Token));
    }

    [Fact]
    public async Task LastUse_IsKnownAtOnceAndStoredByTheMinute()
    {
        await using var host = await ChatHost.StartAsync();
        var made = await host.Get<TokenService>().CreateAsync(host.Ann, "script", Scope.Read);
        host.Time.Advance(TimeSpan.FromHours(1));
        await host.Get<TokenRegistry>().FindAsync(made.Token);

        Assert.Equal(host.Time.GetUtcNow(), Assert.Single(await host.Get<TokenService>().ListAsync(host.Ann)).UsedAt);
        await host.Get<TokenRegistry>().TidyAsync();
        Assert.Equal(host.Time.GetUtcNow().ToUnixTimeMilliseconds(), host.Scalar<long>("SELECT UsedAt FROM ApiTokens"));
    }

    [Fact]
    public async Task SignIn_ThenRefresh_GivesANewPairAndTheOldAccessTokenRunsOut()
    {
        await using var host = await ChatHost.StartAsync();
        var pairs = host.Get<TokenPairs>();
        var first = await pairs.SignInAsync("ann@example.com", ChatHost.Password, null, "a phone");
        var second = await pairs.RefreshAsync(first.RefreshToken, null);

        Assert.NotNull(await host.Get<TokenRegistry>().FindAsync(second.AccessToken));
        Assert.Null(await host.Get<TokenRegistry>().FindAsync(second.RefreshToken));
        host.Time.Advance(TokenPairs.AccessLifetime);
        Assert.Null(await host.Get<TokenRegistry>().FindAsync(second.AccessToken));

        await host.Get<TokenRegistry>().TidyAsync();
        Assert.Equal(0, host.Scalar<long>("SELECT COUNT(*) FROM ApiTokens WHERE Kind = 1"));
        await pairs.RefreshAsync(second.RefreshToken, null);
    }

    [Fact]
    public async Task RefreshAsync_WithAnOldToken_EndsTheWholeFamilyAndNoOther()
    {
        await using var host = await ChatHost.StartAsync();
        var pairs = host.Get<TokenPairs>();
        var other = await pairs.SignInAsync("ann@example.com", ChatHost.Password, null, "another phone");
        var first = await pairs.SignInAsync("ann@example.com", ChatHost.Password, null, "a phone");
        var second = await pairs.RefreshAsync(first.RefreshToken, null);

        await ChatHost.RefusedAsync(Refusal.SignedOut, () => pairs.RefreshAsync(first.RefreshToken, null));

        Assert.Null(await host.Get<TokenRegistry>().FindAsync(second.AccessToken));
        await ChatHost.RefusedAsync(Refusal.SignedOut, () => pairs.RefreshAsync(second.RefreshToken, null));
        Assert.NotNull(await host.Get<TokenRegistry>().FindAsync(other.AccessToken));
    }

    [Fact]
    public async Task RefreshAsync_TheSameTokenTenTimesAtOnce_GivesAtMostOnePairAndEndsTheFamily()
    {
        await using var host = await ChatHost.StartAsync();
        var pairs = host.Get<TokenPairs>();
        var first = await pairs.SignInAsync("ann@example.com", ChatHost.Password, null, "a phone");

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(async () =>
        {
            try
            {
                return await pairs.RefreshAsync(first.RefreshToken, null);
            }
            catch (RefusedException)
            {
                return null;
            }
        })));

        Assert.InRange(answers.Count(a => a is not null), 0, 1);
        foreach (var pair in answers.OfType<TokenPair>())
        {
            Assert.Null(await host.Get<TokenRegistry>().FindAsync(pair.AccessToken));
        }
    }

    [Fact]
    public async Task Restart_KeepsTokensAndTheirEnds()
    {
        var host = await ChatHost.StartAsync();
        var kept = await host.Get<TokenService>().CreateAsync(host.Ann, "kept", Scope.Read);
        var ended = await host.Get<TokenService>().CreateAsync(host.Ann, "ended", Scope.Read);
        await host.Get<TokenService>().RevokeAsync(host.Ann, ended.View.Id);
        await using var after = await host.RestartAsync();
        Assert.NotNull(await after.Get<TokenRegistry>().FindAsync(kept.Token));
        Assert.Null(await after.Get<TokenRegistry>().FindAsync(ended.Token));
    }

    private static async Task<Actor> ActorAsync(ChatHost host, NewToken made) =>
        (await host.Get<TokenRegistry>().FindAsync(made.Token))!.Actor;
}
