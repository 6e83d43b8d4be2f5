using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Journeys;

/// <summary>Somebody at a browser of their own, with what people do there.</summary>
public sealed class Person
{
    private readonly ConcurrentQueue<string> _problems = new();
    private readonly ConcurrentQueue<byte[]> _frames = new();
    private readonly List<Func<string, bool>> _expected = [];

    private Person(IBrowserContext context, string name)
    {
        Context = context;
        Name = name;
    }

    public IBrowserContext Context { get; }

    /// <summary>Their (first) tab.</summary>
    public IPage Page { get; private set; } = default!;

    public string Name { get; }

    public string Email => $"{Name.ToLowerInvariant()}@example.com";

    public ILocator Input => Page.GetByTestId("composer-input");

    public ILocator List => Page.GetByTestId("message-list");

    public ILocator Connection => Page.GetByTestId("connection-status");

    public long RoomId => long.Parse(new Uri(Page.Url).Segments[2].TrimEnd('/'), CultureInfo.InvariantCulture);

    public static async Task<Person> OpenAsync(IBrowserContext context, string name)
    {
        var person = new Person(context, name);
        context.SetDefaultTimeout(20_000);
        context.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                person._problems.Enqueue($"{name}: console: {message.Text}");
            }
        };
        context.WebError += (_, error) => person._problems.Enqueue($"{name}: {error.Error}");
        context.Page += (_, page) =>
        {
            page.Dialog += (_, dialog) =>
            {
                person._problems.Enqueue($"{name}: dialog: {dialog.Message}");
                _ = dialog.DismissAsync();
            };
            page.WebSocket += (_, socket) => socket.FrameReceived += (_, frame) =>
                person._frames.Enqueue(frame.Binary ?? Encoding.UTF8.GetBytes(frame.Text ?? ""));
        };
        await context.AddInitScriptAsync("""
            document.addEventListener('securitypolicyviolation', e => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI} ${e.sample}`));
            document.addEventListener('DOMContentLoaded', () => { window.prerendered = document.querySelector('.shell'); });
            """);
        person.Page = await context.NewPageAsync();
        return person;
    }

    /// <summary>An error that belongs to the journey, such as what a browser says of a connection that was cut.</summary>
    public void Expects(Func<string, bool> problem) => _expected.Add(problem);

    public void ExpectsLostConnections() => Expects(p =>
        p.Contains("net::ERR_", StringComparison.Ordinal) || p.Contains("WebSocket", StringComparison.Ordinal)
        || p.Contains("Connection disconnected", StringComparison.Ordinal) || p.Contains("Failed to start the connection", StringComparison.Ordinal)
        || p.Contains("Failed to start the transport", StringComparison.Ordinal)
        || p.Contains("Failed to complete negotiation", StringComparison.Ordinal) || p.Contains("Server timeout elapsed", StringComparison.Ordinal)
        || p.Contains("status of 404", StringComparison.Ordinal));

    /// <summary>Whether any live frame since the page was opened holds the text.</summary>
    public bool WasSent(string text) => _frames.Any(f => f.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    public async Task<Person> TabAsync(string path)
    {
        var tab = new Person(Context, Name) { Page = await Context.NewPageAsync() };
        await tab.OpenAsync(path);
        return tab;
    }

    public async Task OpenAsync(string path)
    {
        await Page.GotoAsync(path);
        await ReadyAsync();
    }

    /// <summary>A room is shown and live.</summary>
    public Task ReadyAsync() => Expect(Page.Locator("[data-testid=message-list][data-ready]")).ToBeVisibleAsync();

    /// <summary>Asks a page whether it is live.</summary>
    public const string IsLive =
        "() => globalThis.Blazor?._internal?.navigationManager && globalThis.blazorChatConnection?.isConnected() && !window.prerendered?.isConnected";

    /// <summary>The page is live, whatever it shows: the first render took the place of what came with the page, which heeds no click.</summary>
    public Task CircuitAsync() => Page.WaitForFunctionAsync(IsLive);

    public async Task SetUpAsync()
    {
        await Page.GotoAsync("/");
        await Expect(Page.GetByTestId("setup-form")).ToBeVisibleAsync();
        await FillAccountAsync("The Reading Circle");
        await SubmitAsync();
        await ReadyAsync();
    }

    public async Task RegisterAsync(string invite)
    {
        await Page.GotoAsync(invite);
        await FillAccountAsync(community: null);
        await SubmitAsync();
        await ReadyAsync();
    }

    public async Task SignInAsync(string? email = null, string password = Community.Password, string path = "/account/login")
    {
        await Page.GotoAsync(path);
        await Page.FillAsync("[name='Input.Email']", email ?? Email);
        await Page.FillAsync("[name='Input.Password']", password);
        await SubmitAsync();
    }

    public async Task FillAccountAsync(string? community)
    {
        if (community is not null)
        {
            await Page.FillAsync("[name='Input.CommunityName']", community);
        }

        await Page.FillAsync("[name='Input.Name']", Name);
        await Page.FillAsync("[name='Input.Email']", Email);
        await Page.FillAsync("[name='Input.Password']", Community.Password);
    }

    public Task SubmitAsync() => Page.ClickAsync("main form button[type=submit]");

    /// <summary>The message with this text, sent or on its way.</summary>
    public ILocator Message(string text) => Page.Locator("[data-testid=message]", new() { HasText = text });

    public ILocator Sent(string text) => Page.Locator("[data-testid=message][data-state=sent][data-id]", new() { HasText = text });

    public Task SeesAsync(string text) => Expect(Sent(text)).ToBeVisibleAsync();

    /// <summary>Types and sends; a soft keyboard's Enter breaks the line, so a phone's button sends.</summary>
    public async Task TypeAndSendAsync(string text)
    {
        await Input.FillAsync(text);
        await Input.PressAsync("Control+Enter");
    }

    /// <summary>Sends, and waits until the server's message has taken the place of the pending one.</summary>
    public async Task SayAsync(string text)
    {
        await TypeAndSendAsync(text);
        await AllSentAsync();
    }

    public Task AllSentAsync() => Expect(Page.Locator("[data-outbox] [data-testid=message]")).ToHaveCountAsync(0);

    public async Task ActAsync(string text, string action)
    {
        // Scrolling puts the actions away, so it has to be over when the pointer arrives.
        await Page.Mouse.MoveAsync(0, 0);
        await Sent(text).Last.EvaluateAsync("async e => { e.scrollIntoView({ block: 'center' }); await new Promise(requestAnimationFrame); await new Promise(requestAnimationFrame); }");
        await Sent(text).Last.HoverAsync();
        await Page.GetByTestId($"message-{action}").ClickAsync();
    }

    /// <summary>The same for what stands in the menu behind the last button.</summary>
    public async Task MenuAsync(string text, string action)
    {
        await ActAsync(text, "more");
        await Page.GetByTestId($"message-{action}").ClickAsync();
    }

    public Task ConfirmAsync() => Page.GetByTestId("confirm").ClickAsync();

    public ILocator RoomLink(long roomId) => Page.Locator($"[data-testid=room-link][data-room-id='{roomId}']");

    public ILocator Unread(long roomId) => RoomLink(roomId).GetByTestId("unread-count");

    /// <summary>A field of MudBlazor's, which puts the hook on the input or around it.</summary>
    public ILocator Field(string hook) => Page.Locator($"input[data-testid={hook}], textarea[data-testid={hook}], [data-testid={hook}] input, [data-testid={hook}] textarea").First;

    public async Task<long> CreateRoomAsync(string name, bool isPrivate = false, string? description = null)
    {
        await Page.GetByTestId("new-room").ClickAsync();
        // The dialog gives it the focus when it is up; what is typed before would go there as well.
        await Expect(Field("room-name")).ToBeFocusedAsync();
        await Field("room-name").FillAsync(name);
        if (description is not null)
        {
            await Field("room-description").FillAsync(description);
        }

        if (isPrivate)
        {
            await Page.GetByText("Private: only people").ClickAsync();
        }

        await Page.GetByTestId("create-room").ClickAsync();
        await Expect(Page.Locator("h1", new() { HasText = name })).ToBeVisibleAsync();
        await ReadyAsync();
        return RoomId;
    }

    public async Task JoinRoomAsync(long roomId)
    {
        await Page.GotoAsync($"/rooms/{roomId}");
        await CircuitAsync();
        await Page.GetByTestId("join-room").ClickAsync();
        await ReadyAsync();
    }

    public async Task AddToRoomAsync(Person other)
    {
        await ShowMembersAsync();
        await Page.GetByTestId("add-people").ClickAsync();
        await ChooseAsync(other);
        await Page.GetByTestId("add-chosen").ClickAsync();
        await Expect(Member(other)).ToBeVisibleAsync();
    }

    public async Task ChooseAsync(Person other)
    {
        await Field("people-search").FillAsync(other.Name);
        await Expect(Page.GetByTestId("person")).ToHaveCountAsync(1);
        await Page.Locator("[data-testid=person]", new() { HasText = other.Name }).ClickAsync();
        await Expect(Page.Locator(".chosen .chip", new() { HasText = other.Name })).ToBeVisibleAsync();
    }

    public async Task RemoveFromRoomAsync(Person other)
    {
        await ShowMembersAsync();
        await Member(other).HoverAsync();
        await Member(other).GetByTestId("member-more").ClickAsync();
        await Member(other).GetByTestId("remove-member").ClickAsync();
        await ConfirmAsync();
        await Expect(Member(other)).ToHaveCountAsync(0);
    }

    public ILocator Member(Person other) => Page.Locator("[data-testid=member]", new() { HasText = other.Name });

    public async Task ShowMembersAsync()
    {
        if (await Page.GetByTestId("members").GetAttributeAsync("aria-expanded") != "true")
        {
            await Page.GetByTestId("members").ClickAsync();
        }

        await Expect(Page.GetByTestId("members-panel")).ToBeVisibleAsync();
    }

    /// <summary>The tab goes behind another window, or to the front again.</summary>
    public Task SetFrontAsync(bool front) => Page.EvaluateAsync("""
        front => {
          Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => front ? 'visible' : 'hidden' });
          document.hasFocus = () => front;
          document.dispatchEvent(new Event('visibilitychange'));
          window.dispatchEvent(new Event(front ? 'focus' : 'blur'));
        }
        """, front);

    public Task SetFocusAsync(bool focused) => Page.EvaluateAsync("""
        focused => {
          document.hasFocus = () => focused;
          window.dispatchEvent(new Event(focused ? 'focus' : 'blur'));
        }
        """, focused);

    public async Task<List<string>> CloseAsync(bool keepPicture)
    {
        if (keepPicture)
        {
            for (var i = 0; i < Context.Pages.Count; i++)
            {
                var file = Path.Combine(Path.GetTempPath(), "blazorchat-journeys", $"{TestContext.Current.TestMethod?.MethodName}-{Name}-{i}.png");
                await Context.Pages[i].ScreenshotAsync(new() { Path = file, Timeout = 5_000 });
            }
        }

        await Context.CloseAsync();
        return [.. _problems.Where(p => !_expected.Any(e => e(p)))];
    }
}
