using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Live;
using BlazorChat.Rooms;
using BlazorChat.Tests.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BlazorChat.Tests.Api;

/// <summary>
/// The real application on a port, set up by Ann, its administrator. Clients come to it from outside; what only a page does
/// so far (making tokens, signing somebody out) is done through its services.
/// </summary>
public sealed class ApiSite : IAsyncLifetime
{
    public const string Password = "a long enough phrase";

    private static int s_people;
    private static int s_tokens;

    private Site _site = null!;

    public Uri Address => _site.Address;

    /// <summary>The room that everyone is in.</summary>
    public long General { get; private set; }

    internal Actor Ann { get; private set; } = null!;

    internal RecordingLog Log { get; } = new();

    internal ChatService Chat => Get<ChatService>();

    internal TokenService Tokens => Get<TokenService>();

    /// <summary>For a fixture, whose tests are not about limits.</summary>
    public async ValueTask InitializeAsync() => await OpenAsync([.. ChatHost.NoLimits.Select(l => $"--{l.Key}={l.Value}")]);

    internal static async Task<ApiSite> StartAsync(params string[] settings)
    {
        var site = new ApiSite();
        await site.OpenAsync(settings);
        return site;
    }

    private async Task OpenAsync(string[] settings)
    {
        _site = await Site.StartAsync(["--Logging:LogLevel:Default=Warning", .. settings]);
        Get<ILoggerFactory>().AddProvider(Log);

        // Read once, when the first password is hashed.
        Get<IOptions<PasswordHasherOptions>>().Value.IterationCount = 1_000;
        var ann = await Get<SetupService>().CompleteAsync("Harbour", "Ann", "ann@example.com", Password);
        Ann = await SignInAsync(ann.Id);
        await using var db = await Get<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        General = await db.Rooms.Where(r => r.IsDefault).Select(r => r.Id).SingleAsync();
    }

    internal T Get<T>()
        where T : notnull => _site.Services.GetRequiredService<T>();

    /// <summary>A client without a token.</summary>
    internal ApiClient Nobody() => new(Address, null, new Actor(0, Guid.Empty), "");

    /// <summary>Somebody new, in General, with a token that may read and write.</summary>
    internal async Task<ApiClient> JoinAsync(string name, Scope scopes = Scope.Read | Scope.Write)
    {
        name = $"{name}{Interlocked.Increment(ref s_people):000}";
        var invite = await Get<InviteService>().CreateAsync(Ann, 1, 1);
        var user = await Get<RegistrationService>().RegisterAsync(name, EmailOf(name), Password, invite.Code);
        return await ClientAsync(await SignInAsync(user.Id), scopes, name);
    }

    /// <summary>A client by a new token of somebody's.</summary>
    internal async Task<ApiClient> ClientAsync(Actor actor, Scope scopes, string name, long? roomId = null, DateTimeOffset? expiresAt = null)
    {
        var token = await Tokens.CreateAsync(actor, $"test {Interlocked.Increment(ref s_tokens)}", scopes, roomId, expiresAt);
        return new ApiClient(Address, token.Token, actor, name) { TokenId = token.View.Id };
    }

    internal async Task<Actor> SignInAsync(long userId) => new(userId, await Get<SessionRegistry>().StartAsync(userId, "a test"));

    internal Task<long> PrivateRoomAsync(ApiClient owner, params ApiClient[] others) =>
        Get<RoomService>().CreateAsync(owner.Actor, $"Hidden {Guid.NewGuid():N}", RoomKind.Private, memberIds: [.. others.Select(o => o.Actor.UserId)]);

    /// <summary>Changes the database past the services.</summary>
    internal async Task ExecuteAsync(FormattableString sql)
    {
        await using var db = await Get<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        await db.Database.ExecuteSqlAsync(sql);
    }

    internal static string EmailOf(string name) => $"{name.ToLowerInvariant()}@example.com";

    public async ValueTask DisposeAsync()
    {
        if (_site is not null)
        {
            await _site.DisposeAsync();
        }
    }
}

/// <summary>One community for all tests of the API that leave it as it is; they bring people and rooms of their own.</summary>
[CollectionDefinition("Api")]
public sealed class ApiCollection : ICollectionFixture<ApiSite>;

/// <summary>A test of the API: at its end the server must have logged nothing unusual.</summary>
[Collection("Api")]
public abstract class ApiTest(ApiSite site) : IDisposable
{
    public ApiSite Site { get; } = site;

    public void Dispose()
    {
        var lines = Site.Log.Lines.ToArray();
        Site.Log.Lines.Clear();
        Assert.Empty(lines);
        GC.SuppressFinalize(this);
    }
}
