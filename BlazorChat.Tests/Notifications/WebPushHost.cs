using BlazorChat.Data;
using BlazorChat.Notifications;
using BlazorChat.Notifications.WebPush;
using BlazorChat.Outbound;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace BlazorChat.Tests.Notifications;

/// <summary>What sends pushes, as the program composes it, without the rest of a community.</summary>
internal sealed class WebPushHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly bool _ownsDirectory;

    private WebPushHost(string? directory, (string Name, string? Value)[] settings, Action<IServiceCollection>? configure)
    {
        _ownsDirectory = directory is null;
        DirectoryPath = directory ?? Directory.CreateTempSubdirectory("blazorchat-push-").FullName;
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(s => s.Name, s => s.Value))
            .AddInMemoryCollection([new("Chat:DataDirectory", DirectoryPath)])
            .Build();
        var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddLogging()
            .AddSingleton<TimeProvider>(Time)
            .AddData(configuration)
            .AddOutbound(configuration)
            .AddNotifications(configuration);
        configure?.Invoke(services);
        _services = services.BuildServiceProvider();
    }

    /// <summary>Goes on only when a test moves it.</summary>
    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public string DirectoryPath { get; }

    public string KeyFile => Path.Combine(DirectoryPath, "push", "vapid.key");

    public IWebPushClient Client => Get<IWebPushClient>();

    public VapidKeys Keys => Get<VapidKeys>();

    public static WebPushHost With(params (string Name, string? Value)[] settings) => new(null, settings, null);

    /// <summary>One that may ask a push service of the tests', whose clock is then this one's.</summary>
    public static WebPushHost For(PushService push, Action<IServiceCollection>? configure = null)
    {
        var host = new WebPushHost(null, [("Push:AllowedHosts", push.Host)], configure);
        push.Time = host.Time;
        push.PublicKey = host.Keys.PublicKey;
        return host;
    }

    /// <summary>Another on the same data directory, as another process.</summary>
    public WebPushHost Beside() => new(DirectoryPath, [], null);

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_ownsDirectory)
        {
            Directory.Delete(DirectoryPath, recursive: true);
        }
    }
}
