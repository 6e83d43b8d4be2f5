using BlazorChat.Accounts;
using BlazorChat.Data;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Notifications;
using BlazorChat.Notifications.WebPush;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Notifications;

/// <summary>A community with Ann and Bob in General, Bob's phone at a push service of ours, and a clock that is moved until something happens.</summary>
internal sealed class PushHost : IAsyncDisposable
{
    private PushHost(ChatHost host, PushService service, Actor bob, PushBrowser phone) =>
        (Chat, Service, Bob, Phone) = (host, service, bob, phone);

    public ChatHost Chat { get; private set; }

    public PushService Service { get; }

    public Actor Ann => Chat.Ann;

    public Actor Bob { get; private set; }

    public PushBrowser Phone { get; }

    public PushSubscriptions Subscriptions => Chat.Get<PushSubscriptions>();

    public NotificationService Choices => Chat.Get<NotificationService>();

    public static async Task<PushHost> StartAsync()
    {
        var service = await PushService.StartAsync();
        var host = await ChatHost.StartAsync(Listing(service));
        service.Time = host.Time;
        var push = new PushHost(host, service, await host.AddAsync("Bob"), service.NewBrowser());
        await push.AllowAsync(push.Bob, push.Phone);
        return push;
    }

    public Task<PushDevice> AllowAsync(Actor actor, PushBrowser browser, string? replaces = null) =>
        Subscriptions.AddAsync(actor, browser.Endpoint, browser.P256dh, browser.Auth, "A phone", replaces);

    public Task<MessageView> SayAsync(string text, long? roomId = null, Actor? actor = null) =>
        Chat.Messages.PostAsync(actor ?? Ann, roomId ?? Chat.General, text);

    /// <summary>A tab of somebody's that shows a room.</summary>
    public Connection Open(Actor actor, long roomId)
    {
        var tab = Chat.Chat.Connect(actor, ConnectionKind.Circuit);
        tab.RoomId = roomId;
        return tab;
    }

    /// <summary>Lets time pass until something happened. Slowly: what goes over the network takes real time.</summary>
    public Task UntilAsync(Func<bool> happened) => UntilAsync(() => Task.FromResult(happened()));

    /// <inheritdoc cref="UntilAsync(Func{bool})"/>
    public async Task UntilAsync(Func<Task<bool>> happened)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!await happened())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < Wait.Limit, "What a test waited for did not happen.");
            await Task.Delay(20);
            Chat.Time.Advance(TimeSpan.FromMilliseconds(250));
        }
    }

    /// <summary>Waits until the stored retries are as wanted.</summary>
    public Task RetriesAsync(Func<PushRetry[], bool> areSo) => UntilAsync(async () => areSo(await RetriesAsync()));

    /// <summary>Waits until what is stored of a browser is as wanted; null once it is forgotten.</summary>
    public Task StoredAsync(PushBrowser browser, Func<PushSubscription?, bool> isSo) => UntilAsync(async () => isSo(await StoredAsync(browser)));

    /// <summary>Lets so many seconds pass in beats, in which what is due is done.</summary>
    public Task PassAsync(double seconds)
    {
        var end = Chat.Time.GetUtcNow().AddSeconds(seconds);
        return UntilAsync(() => Chat.Time.GetUtcNow() >= end);
    }

    /// <summary>The phone's notifications once there are so many.</summary>
    public async Task<Pushed[]> ShownAsync(int count, PushBrowser? browser = null)
    {
        await UntilAsync(() => (browser ?? Phone).Shown.Length >= count);
        Assert.Equal([], (browser ?? Phone).Faults);
        return (browser ?? Phone).Shown;
    }

    /// <summary>
    /// Says a last word that everybody with everything is told of, and waits until it came: what was said before in that room and
    /// did not come until then comes no more.
    /// </summary>
    public async Task<string[]> ShownUntilTheEndAsync(Actor? speaker = null, PushBrowser? browser = null)
    {
        await PassAsync(5);
        await SayAsync("That was all, @Bob.", actor: speaker);
        await UntilAsync(() => (browser ?? Phone).Shown.Any(s => s.Text.Contains("That was all", StringComparison.Ordinal)));
        return [.. (browser ?? Phone).Shown.Select(s => s.Json.GetProperty("body").GetString()!).Where(b => !b.StartsWith("That was all", StringComparison.Ordinal))];
    }

    /// <summary>As at SIGTERM, and started again.</summary>
    public async Task RestartAsync()
    {
        Chat = await Chat.RestartAsync(Listing(Service));
        Service.Time = Chat.Time;
    }

    public async Task<PushSubscription?> StoredAsync(PushBrowser browser)
    {
        await using var db = await Chat.OpenAsync();
        return await db.PushSubscriptions.AsNoTracking().SingleOrDefaultAsync(s => s.Endpoint == browser.Endpoint);
    }

    public async Task<PushRetry[]> RetriesAsync()
    {
        await using var db = await Chat.OpenAsync();
        return await db.PushRetries.AsNoTracking().ToArrayAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Chat.DisposeAsync();
        await Service.DisposeAsync();
    }

    private static Action<IServiceCollection> Listing(PushService service) =>
        services => services.PostConfigure<PushOptions>(options => options.AllowedHosts = ["127.0.0.1"]);
}
