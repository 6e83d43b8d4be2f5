using System.Collections.Concurrent;
using BlazorChat.Accounts;
using BlazorChat.Data;
using BlazorChat.Live;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace BlazorChat.Tests.Accounts;

/// <summary>The services of accounts on a SQLite file of their own.</summary>
internal sealed class AccountsHost : IAsyncDisposable
{
    public const string Password = "a long enough phrase";

    private readonly string _directory = Directory.CreateTempSubdirectory("blazorchat-accounts-").FullName;
    private readonly ServiceProvider _services;

    private AccountsHost()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Chat:DataDirectory"] = _directory })
            .Build();
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(new DataDirectory(configuration))
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton<ChatService>()
            .AddSingleton<INewcomerWelcome>(Welcome)
            .AddPooledDbContextFactory<ChatDbContext>(o => o.UseSqlite($"Data Source={Path.Combine(_directory, "chat.db")};Pooling=false"))
            .AddAccounts(configuration)
            .AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider())
            .Configure<PasswordHasherOptions>(o => o.IterationCount = 1_000)
            .BuildServiceProvider(validateScopes: true);
    }

    public IServiceProvider Services => _services;

    public SwiftTime Time { get; } = new();

    public RecordingWelcome Welcome { get; } = new();

    public SessionRegistry Sessions => Get<SessionRegistry>();

    public SignInService SignIn => Get<SignInService>();

    public InviteService Invites => Get<InviteService>();

    public PeopleService People => Get<PeopleService>();

    public ProfileService Profiles => Get<ProfileService>();

    /// <summary>Changes one setting or more, as an administrator who sees them as they are.</summary>
    public Task ChangeSettingsAsync(Actor actor, Func<CommunityChoices, CommunityChoices> change)
    {
        var seen = CommunityChoices.Of(Community.Current);
        return Community.SaveAsync(actor, change(seen), seen);
    }

    public CommunityService Community => Get<CommunityService>();

    public RegistrationService Registration => Get<RegistrationService>();

    public string AvatarDirectory => Path.Combine(_directory, "avatars");

    public static async Task<AccountsHost> EmptyAsync()
    {
        var host = new AccountsHost();
        await using var db = await host.OpenAsync();
        await db.Database.EnsureCreatedAsync();
        return host;
    }

    /// <summary>A community with an administrator, ann@example.com.</summary>
    public static async Task<(AccountsHost Host, Actor Administrator)> SetUpAsync()
    {
        var host = await EmptyAsync();
        var ann = await host.Get<SetupService>().CompleteAsync("Harbour", "Ann", "ann@example.com", Password);
        return (host, await host.SignInAsync(ann));
    }

    public async Task<AppUser> AddAsync(Actor administrator, string name)
    {
        var invite = await Invites.CreateAsync(administrator, 1, 1);
        return await Registration.RegisterAsync(name, $"{name}@example.com", Password, invite.Code);
    }

    public async Task<Actor> AddActorAsync(Actor administrator, string name) => await SignInAsync(await AddAsync(administrator, name));

    public async Task<Actor> SignInAsync(AppUser user) => new(user.Id, await Sessions.StartAsync(user.Id, "a test"));

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public Task<ChatDbContext> OpenAsync() => Get<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();

    public async Task<AppUser> UserAsync(long id)
    {
        await using var db = await OpenAsync();
        return await db.Users.AsNoTracking().SingleAsync(u => u.Id == id);
    }

    public static async Task<RefusedException> RefusedAsync(Refusal refusal, Func<Task> action)
    {
        var exception = await Assert.ThrowsAsync<RefusedException>(action);
        Assert.Equal(refusal, exception.Refusal);
        return exception;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}

/// <summary>A clock on which a wait is over as soon as it begins, and which remembers how long it would have been.</summary>
internal sealed class SwiftTime() : FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero))
{
    public ConcurrentQueue<TimeSpan> Waits { get; } = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero)
        {
            Waits.Enqueue(dueTime);
            ThreadPool.QueueUserWorkItem(_ => Advance(dueTime));
        }

        return timer;
    }
}

/// <summary>Stands in for Rooms: notes who was welcomed, and fails on demand.</summary>
internal sealed class RecordingWelcome : INewcomerWelcome
{
    public ConcurrentQueue<long> AfterCommit { get; } = new();

    public bool Fails { get; set; }

    public Task RequireRoomsAsync(Actor actor, ChatDbContext db, IReadOnlyCollection<long> roomIds) => Task.CompletedTask;

    public async Task WelcomeAsync(ChatDbContext db, AppUser newcomer, IReadOnlyCollection<long> roomIds)
    {
        // In the transaction the account is there already.
        Assert.NotNull(db.Database.CurrentTransaction);
        Assert.True(await db.Users.AnyAsync(u => u.Id == newcomer.Id));
        if (Fails)
        {
            throw new RefusedException(Refusal.Unavailable, "No room.");
        }
    }

    public void Welcomed(AppUser newcomer) => AfterCommit.Enqueue(newcomer.Id);
}
