using System.Text.Json;
using BlazorChat.Tests.Notifications;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Journeys;

/// <summary>A notification on somebody's screen.</summary>
internal sealed record ShownNotification(string Title, string Body, string Tag);

/// <summary>
/// A browser that lets itself be notified: its own service worker and its own notifications, but a push service of ours, because
/// the real one is another company's.
/// </summary>
internal sealed class NotifiedBrowser
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly Person _person;
    private readonly string _origin;
    private ICDPSession? _workers;
    private string? _registration;
    private int _calls;

    private NotifiedBrowser(Person person, PushBrowser push, string origin) => (_person, Push, _origin) = (person, push, origin);

    /// <summary>What arrives for it.</summary>
    public PushBrowser Push { get; }

    /// <summary>Gives the person's browser the permission, as if they had allowed it when asked, and loads their page anew.</summary>
    public static async Task<NotifiedBrowser> OfAsync(Person person, PushService service)
    {
        var push = service.NewBrowser();
        var origin = new Uri(person.Page.Url).GetLeftPart(UriPartial.Authority);
        await person.Context.GrantPermissionsAsync(["notifications"], new() { Origin = origin });
        await person.Context.AddInitScriptAsync($$"""
            if (globalThis.PushManager) {
              const subscription = {
                endpoint: '{{push.Endpoint}}', options: {},
                toJSON: () => ({ endpoint: '{{push.Endpoint}}', expirationTime: null, keys: { p256dh: '{{push.P256dh}}', auth: '{{push.Auth}}' } }),
                unsubscribe: async () => { localStorage.removeItem('test:subscribed'); return true; },
              };
              PushManager.prototype.getSubscription = async () => localStorage.getItem('test:subscribed') ? subscription : null;
              PushManager.prototype.subscribe = async options => {
                if (!options.userVisibleOnly || options.applicationServerKey.length !== 87) { throw new TypeError('no key'); }
                localStorage.setItem('test:subscribed', 'yes');
                return subscription;
              };
            }
            """);
        await person.Page.ReloadAsync();
        await person.ReadyAsync();
        return new NotifiedBrowser(person, push, origin);
    }

    /// <summary>Turns notifications on by the button in the person's menu.</summary>
    public async Task TurnOnAsync()
    {
        await _person.Page.GetByTestId("user-menu").ClickAsync();
        await _person.Page.Locator("#user-menu").GetByTestId("enable-push").ClickAsync();
        await Expect(_person.Page.Locator("#user-menu").GetByTestId("enable-push")).ToBeHiddenAsync();
        await _person.Page.GetByTestId("user-menu").ClickAsync();
    }

    /// <summary>
    /// Hands the worker what the push service took, as the browser's own connection would, and waits until it is on the screen:
    /// Chromium forgets a notification whose list is asked for while it is being shown.
    /// </summary>
    public async Task DeliverAsync(string content)
    {
        var session = await WorkersAsync();
        var before = await EvaluateAsync("""
            (() => {
              if (self.shown === undefined) {
                self.shown = 0;
                const show = registration.showNotification.bind(registration);
                registration.showNotification = (...of) => show(...of).then(() => { self.shown++; });
              }
              return self.shown;
            })()
            """);
        await session.SendAsync("ServiceWorker.deliverPushMessage", new()
        {
            ["origin"] = _origin, ["registrationId"] = _registration!, ["data"] = content,
        });
        var since = TimeProvider.System.GetTimestamp();
        while (await EvaluateAsync("self.shown") == before)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(15), "Nothing was shown of a push.");
            await Task.Delay(20);
        }
    }

    /// <summary>What is on the screen.</summary>
    public async Task<ShownNotification[]> ShownAsync() => JsonSerializer.Deserialize<ShownNotification[]>(await EvaluateAsync(
        "registration.getNotifications().then(all => JSON.stringify(all.map(n => ({ title: n.title, body: n.body, tag: n.tag }))))"), Json)!;

    /// <summary>Waits until so many are on the screen, one of them with this text.</summary>
    public async Task<ShownNotification[]> ShownAsync(int count, string? body = null)
    {
        var since = TimeProvider.System.GetTimestamp();
        for (var shown = await ShownAsync(); ; shown = await ShownAsync())
        {
            if (shown.Length == count && (body is null || shown.Any(s => s.Body == body)))
            {
                return shown;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(15), $"{shown.Length} notifications are shown, not {count}.");
            await Task.Delay(50);
        }
    }

    /// <summary>
    /// Clicks the notification of this tag. A click that no hand made may open no window, so the path that would have been opened
    /// is returned; <see langword="null"/> where a tab took it.
    /// </summary>
    public async Task<string?> ClickAsync(string tag) => JsonSerializer.Deserialize<string?>(await EvaluateAsync($$"""
        (async () => {
          let opened = null;
          clients.openWindow = async path => { opened = path; return null; };
          const [notification] = await registration.getNotifications({ tag: '{{tag}}' });
          const click = new NotificationEvent('notificationclick', { notification });
          const work = [];
          click.waitUntil = promise => work.push(promise);
          dispatchEvent(click);
          await Promise.all(work);
          return JSON.stringify(opened);
        })()
        """));

    /// <summary>Runs a script in the worker.</summary>
    public async Task<string> EvaluateAsync(string script)
    {
        var context = (await (await WorkersAsync()).SendAsync("Target.getTargetInfo"))!.Value.GetProperty("targetInfo").GetProperty("browserContextId").GetString();
        var browser = await _person.Context.Browser!.NewBrowserCDPSessionAsync();
        try
        {
            var targets = (await browser.SendAsync("Target.getTargets"))!.Value.GetProperty("targetInfos").EnumerateArray();
            var worker = targets.Single(t => t.GetProperty("type").GetString() == "service_worker" && t.GetProperty("browserContextId").GetString() == context);
            var session = (await browser.SendAsync("Target.attachToTarget", new() { ["targetId"] = worker.GetProperty("targetId").GetString()!, ["flatten"] = false }))!
                .Value.GetProperty("sessionId").GetString()!;
            var id = Interlocked.Increment(ref _calls);
            var answer = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            browser.Event("Target.receivedMessageFromTarget").OnEvent += (_, said) => Take(said!.Value.GetProperty("message").GetString()!, id, answer);
            await browser.SendAsync("Target.sendMessageToTarget", new()
            {
                ["sessionId"] = session,
                ["message"] = JsonSerializer.Serialize(new
                {
                    id, method = "Runtime.evaluate", @params = new { expression = script, awaitPromise = true, returnByValue = true },
                }),
            });
            return await answer.Task.WaitAsync(TimeSpan.FromSeconds(15));
        }
        finally
        {
            await browser.DetachAsync();
        }
    }

    private static void Take(string message, int id, TaskCompletionSource<string> answer)
    {
        var said = JsonDocument.Parse(message).RootElement;
        if (said.TryGetProperty("id", out var of) && of.GetInt32() == id)
        {
            var result = said.GetProperty("result");
            if (result.TryGetProperty("exceptionDetails", out var exception))
            {
                answer.TrySetException(new InvalidOperationException(exception.GetRawText()));
            }
            else
            {
                answer.TrySetResult(result.GetProperty("result").TryGetProperty("value", out var value) ? value.ToString() : "");
            }
        }
    }

    /// <summary>The browser's side of workers, asked from an empty page: that is no tab of the site.</summary>
    private async Task<ICDPSession> WorkersAsync()
    {
        if (_workers is null)
        {
            var session = await _person.Context.NewCDPSessionAsync(await _person.Context.NewPageAsync());
            var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            session.Event("ServiceWorker.workerRegistrationUpdated").OnEvent += (_, said) =>
            {
                foreach (var registration in said!.Value.GetProperty("registrations").EnumerateArray())
                {
                    found.TrySetResult(registration.GetProperty("registrationId").GetString()!);
                }
            };
            await session.SendAsync("ServiceWorker.enable");
            _registration = await found.Task.WaitAsync(TimeSpan.FromSeconds(15));
            _workers = session;
        }

        return _workers;
    }
}
