using System.Collections.Concurrent;
using BlazorChat.Accounts;
using BlazorChat.Bots;
using BlazorChat.Data;
using BlazorChat.Live;
using BlazorChat.Mail;
using BlazorChat.Messages;
using BlazorChat.Moderation;
using BlazorChat.Notifications;
using BlazorChat.Outbound;
using BlazorChat.Privacy;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace BlazorChat.Tests;

/// <summary>
/// The nouns' services as the program composes them, running on a SQLite file of their own with the real migrations.
/// The community is set up and has one administrator, Ann; time stands still unless a test moves it.
/// </summary>
internal sealed class ChatHost : IAsyncDisposable
{
    public const string Password = "a long enough phrase";

    private static readonly Lazy<Task<byte[]>> Prepared = new(PrepareAsync);

    private readonly string _directory;
    private readonly ServiceProvider _services;
    private bool _ownsDirectory = true;
    private bool _stopped;

    /// <summary>Settings under which nobody is too fast: tests do in a second what people do in an hour.</summary>
    public static readonly IReadOnlyDictionary<string, string?> NoLimits = Enum.GetNames<Limited>()
        .ToDictionary(limited => $"Limits:{limited}:Burst", _ => (string?)"1000000");

    private ChatHost(string directory, Action<IServiceCollection>? configure)
    {
        _directory = directory;
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>(NoLimits) { ["Chat:DataDirectory"] = directory })
            .Build();
        var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddLogging(logging => logging.AddProvider(Log))
            .AddLive()
            .AddSingleton<TimeProvider>(Time)
            .AddData(configuration)
            .AddMail(configuration)
            .AddAccounts(configuration)
            .AddRooms()
            .AddMessages()
            .AddOutbound(configuration)
            .AddNotifications(configuration)
            .AddBots()
            .AddModeration()
            .AddPrivacy()
            .Configure<PasswordHasherOptions>(o => o.IterationCount = 1_000);
        configure?.Invoke(services);
        _services = services.BuildServiceProvider(validateScopes: true);
    }

    /// <summary>The owner, who set the community up.</summary>
    public Actor Ann { get; private set; } = null!;

    /// <summary>The room that everyone is in.</summary>
    public long General { get; private set; }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    /// <summary>
    /// Lets a long time pass: all but its last hour as when a clock is set forward, since the timers of a month would end millions of times.
    /// What waits for a moment further off than an hour waits on.
    /// </summary>
    public void Pass(TimeSpan time)
    {
        var ticking = TimeSpan.FromHours(1);
        Time.AdjustTime(Time.GetUtcNow() + (time - ticking));
        Time.Advance(ticking);
    }

    public RecordingLog Log { get; } = new();

    public IServiceProvider Services => _services;

    public ChatService Chat => Get<ChatService>();

    public SessionRegistry Sessions => Get<SessionRegistry>();

    public RoomService Rooms => Get<RoomService>();

    public RoomQueries RoomQueries => Get<RoomQueries>();

    public MembershipService Memberships => Get<MembershipService>();

    public ReadPointers Pointers => Get<ReadPointers>();

    public RoomWatch Watch => Get<RoomWatch>();

    public MessageService Messages => Get<MessageService>();

    public MessageQueries MessageQueries => Get<MessageQueries>();

    public string DirectoryPath => _directory;

    public string DatabasePath => Path.Combine(_directory, "chat.db");

    /// <summary>A running community with Ann and General, and nothing said yet.</summary>
    public static async Task<ChatHost> StartAsync(Action<IServiceCollection>? configure = null)
    {
        var directory = Directory.CreateTempSubdirectory("blazorchat-").FullName;
        await File.WriteAllBytesAsync(Path.Combine(directory, "chat.db"), await Prepared.Value);
        return await StartAsync(directory, configure);
    }

    /// <summary>A host on a directory that exists already, as after a restart.</summary>
    public static async Task<ChatHost> StartAsync(string directory, Action<IServiceCollection>? configure = null)
    {
        var host = new ChatHost(directory, configure);
        await host._services.PrepareDataAsync();
        foreach (var service in host._services.GetServices<IHostedService>())
        {
            await service.StartAsync(CancellationToken.None);
        }

        await using var db = await host.OpenAsync();
        host.General = await db.Rooms.Where(r => r.IsDefault).Select(r => r.Id).SingleAsync();
        host.Ann = await host.SignInAsync(await db.Users.Where(u => u.Role == Role.Owner).OrderBy(u => u.Id).Select(u => u.Id).FirstAsync());
        return host;
    }

    /// <summary>Stops as the process does at SIGTERM.</summary>
    public async Task StopAsync()
    {
        if (!_stopped)
        {
            _stopped = true;
            foreach (var service in _services.GetServices<IHostedService>().Reverse())
            {
                await service.StopAsync(CancellationToken.None);
            }
        }
    }

    /// <summary>Stops this one, and starts another on the same file.</summary>
    public async Task<ChatHost> RestartAsync(Action<IServiceCollection>? configure = null)
    {
        _ownsDirectory = false;
        await DisposeAsync();
        return await StartAsync(_directory, configure);
    }

    /// <summary>Registers somebody, who is then in General, and signs them in.</summary>
    public async Task<Actor> AddAsync(string name)
    {
        var invite = await Get<InviteService>().CreateAsync(Ann, 1, 1);
        var user = await Get<RegistrationService>().RegisterAsync(name, $"{name.Replace(' ', '.')}@example.com", Password, invite.Code);
        return await SignInAsync(user.Id);
    }

    public async Task<Actor> SignInAsync(long userId) => new(userId, await Sessions.StartAsync(userId, "a test"));

    /// <summary>A private room of somebody's with some others in it.</summary>
    public Task<long> PrivateAsync(Actor owner, params Actor[] others) =>
        Rooms.CreateAsync(owner, "Hidden", RoomKind.Private, memberIds: [.. others.Select(o => o.UserId)]);

    /// <summary>What a subscriber of the actor's hears of some topics.</summary>
    public Ear Listen(Actor actor, params Topic[] topics) => new(Chat, actor, topics);

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public Task<ChatDbContext> OpenAsync() => Get<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();

    /// <summary>A connection past the services, as another process would open.</summary>
    public SqliteConnection OpenRaw()
    {
        var connection = new SqliteConnection($"Data Source={DatabasePath};Pooling=false");
        connection.Open();
        return connection;
    }

    public void Execute(string sql)
    {
        using var connection = OpenRaw();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>All that is on disk of the database: its file, and what waits in the log beside it while somebody reads.</summary>
    public async Task<byte[]> StoredBytesAsync() =>
        [.. await File.ReadAllBytesAsync(DatabasePath), .. await File.ReadAllBytesAsync(DatabasePath + "-wal")];

    public T Scalar<T>(string sql)
    {
        using var connection = OpenRaw();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (T)command.ExecuteScalar()!;
    }

    public static async Task<RefusedException> RefusedAsync(Refusal refusal, Func<Task> action)
    {
        var exception = await Assert.ThrowsAsync<RefusedException>(action);
        Assert.Equal(refusal, exception.Refusal);
        return exception;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _services.DisposeAsync();
        using (var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = DatabasePath }.ConnectionString))
        {
            SqliteConnection.ClearPool(connection);
        }

        if (_ownsDirectory)
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    /// <summary>Migrates and sets up once for all tests; each begins with a copy of the file.</summary>
    private static async Task<byte[]> PrepareAsync()
    {
        var directory = Directory.CreateTempSubdirectory("blazorchat-prepared-").FullName;
        await using (var host = new ChatHost(directory, null))
        {
            await host._services.PrepareDataAsync();
            await host.Get<SetupService>().CompleteAsync("Harbour", "Ann", "ann@example.com", Password);
            host.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
            host._ownsDirectory = false;
            host._stopped = true;
        }

        var bytes = await File.ReadAllBytesAsync(Path.Combine(directory, "chat.db"));
        Directory.Delete(directory, recursive: true);
        return bytes;
    }
}

/// <summary>Connecting where nobody counts.</summary>
internal static class ConnectingExtensions
{
    public static Connection Connect(this ChatService chat, Actor actor, ConnectionKind kind) => chat.Connect(actor, kind, int.MaxValue)!;
}

/// <summary>A subscriber that writes down what it hears.</summary>
internal sealed class Ear : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<ChatEvent> _heard = [];
    private readonly ChatService _chat;
    private int _missed;

    public Ear(ChatService chat, Actor actor, params Topic[] topics)
    {
        _chat = chat;
        Subscription = chat.Subscribe(actor, batch =>
        {
            lock (_lock)
            {
                _heard.AddRange(batch.Events);
                _missed += batch.Missed ? 1 : 0;
            }

            return Task.CompletedTask;
        });
        Array.ForEach(topics, Subscription.Follow);
    }

    public Subscription Subscription { get; }

    /// <summary>How often it was told to reload.</summary>
    public int Missed
    {
        get
        {
            lock (_lock)
            {
                return _missed;
            }
        }
    }

    public T[] Heard<T>()
    {
        lock (_lock)
        {
            return [.. _heard.OfType<T>()];
        }
    }

    /// <summary>Waits until everything put into the inbox so far has been handed over.</summary>
    public async Task<T[]> DrainedAsync<T>()
    {
        var mark = new Mark(Subscription.Actor.UserId, Guid.NewGuid());
        _chat.Raise(mark);
        await Wait.Until(() => Heard<Mark>().Contains(mark));
        return Heard<T>();
    }

    /// <summary>Waits until so many events of a kind were heard.</summary>
    public async Task<T[]> HearsAsync<T>(int count = 1)
    {
        await Wait.Until(() => Heard<T>().Length >= count);
        return Heard<T>();
    }

    public void Dispose() => Subscription.Dispose();

    private sealed record Mark(long UserId, Guid Id) : ChatEvent(Topic.User(UserId));
}

/// <summary>Waiting for a condition rather than for a time.</summary>
internal static class Wait
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static async Task Until(Func<bool> condition)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Limit, "What a test waited for did not happen.");
            await Task.Delay(2);
        }
    }

    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Limit, "What a test waited for did not happen.");
        }
    }
}

/// <summary>Keeps what the application logs as a warning or worse.</summary>
internal sealed class RecordingLog : ILoggerProvider, ILogger
{
    public ConcurrentQueue<(LogLevel Level, string Text)> Lines { get; } = new();

    public ILogger CreateLogger(string categoryName) =>
        categoryName.StartsWith("BlazorChat", StringComparison.Ordinal) ? this : NullLogger.Instance;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            Lines.Enqueue((logLevel, formatter(state, exception)));
        }
    }

    public void Dispose()
    {
    }
}
