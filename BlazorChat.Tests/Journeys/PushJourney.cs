using System.Text.RegularExpressions;
using BlazorChat.Tests.Notifications;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Journeys;

/// <summary>People who are told of what they are not looking at.</summary>
public sealed partial class PushJourney(Stage stage) : Journey(stage)
{
    [Fact]
    public async Task ClosedTab_IsToldByItsDevice_AndLedToTheMessage()
    {
        var ada = await Community.JoinAsync("Amy");
        var bob = await Community.JoinAsync("Bob");
        var general = bob.RoomId;
        var room = await ada.CreateRoomAsync("Lighthouse");
        await bob.JoinRoomAsync(room);
        var phone = await NotifiedBrowser.OfAsync(bob, Stage.Push);
        await bob.Page.GotoAsync("/account/notifications");
        await bob.Page.GetByTestId("enable-push").ClickAsync();
        await Expect(bob.Page.GetByTestId("device")).ToContainTextAsync("Chrome on Linux (this browser)");
        await Expect(bob.Page.GetByTestId("enable-push")).ToBeHiddenAsync();
        await bob.Page.GetByTestId("test-device").ClickAsync();
        await Expect(bob.Page.GetByTestId("test-result")).ToContainTextAsync("on its way");
        Assert.Equal("/account/notifications", (await phone.Push.NextAsync()).Json.GetProperty("url").GetString());

        await bob.Page.CloseAsync();
        await ada.SayAsync("The lamp is **lit**");
        var push = await phone.Push.NextAsync();
        Assert.Equal($"{ada.Name} · # Lighthouse", push.Json.GetProperty("title").GetString());
        Assert.Equal("The lamp is lit", push.Json.GetProperty("body").GetString());
        Assert.Equal(room, push.Json.GetProperty("roomId").GetInt64());
        Assert.Equal(1, push.Json.GetProperty("badge").GetInt32());
        Assert.Empty(phone.Push.Faults);

        await phone.DeliverAsync(push.Text);
        var shown = Assert.Single(await phone.ShownAsync(1));
        Assert.Equal(new ShownNotification($"{ada.Name} · # Lighthouse", "The lamp is lit", $"room-{room}"), shown);
        await ada.SayAsync("And out again");
        await phone.DeliverAsync((await phone.Push.NextAsync()).Text);
        await phone.ShownAsync(1, "And out again");

        // Nobody has the site open: it is opened at the message.
        var id = await ada.Sent("And out again").GetAttributeAsync("data-id");
        Assert.Equal($"/rooms/{room}/{id}", await phone.ClickAsync($"room-{room}"));
        Assert.Empty(await phone.ShownAsync());

        // A tab that shows another room is led there, and loads nothing anew.
        await phone.DeliverAsync(push.Text);
        await phone.ShownAsync(1);
        var tab = await bob.TabAsync($"/rooms/{general}");
        await tab.Page.EvaluateAsync("window.same = true");
        Assert.Null(await phone.ClickAsync($"room-{room}"));
        await Expect(tab.Page).ToHaveURLAsync(new Regex($"/rooms/{room}/\\d+$"));
        await tab.SeesAsync("The lamp is lit");
        Assert.True(await tab.Page.EvaluateAsync<bool>("window.same"));
    }

    [Fact]
    public async Task VisibleTab_Suppresses_AHiddenOneDoesNot_AndReadingElsewhereCancels()
    {
        var ada = await Community.JoinAsync("Amy");
        var bob = await Community.JoinAsync("Bob");
        var room = await ada.CreateRoomAsync("Harbour");
        await bob.JoinRoomAsync(room);
        var phone = await NotifiedBrowser.OfAsync(bob, Stage.Push);
        await phone.TurnOnAsync();

        await ada.SayAsync("before his eyes");
        await bob.SeesAsync("before his eyes");
        await bob.SetFrontAsync(false);
        await ada.SayAsync("behind his back");
        var push = await phone.Push.NextAsync();
        Assert.Equal("behind his back", push.Json.GetProperty("body").GetString());
        Assert.Equal(1, phone.Push.Arrived);
        await phone.DeliverAsync(push.Text);
        await phone.ShownAsync(1);

        // Coming back reads it, and what was shown of it goes.
        await bob.SetFrontAsync(true);
        await phone.ShownAsync(0);

        // Read on another device within the grace: nothing is sent for it, and the next is not held up.
        await bob.SetFrontAsync(false);
        var laptop = await Community.VisitAsync(bob.Name);
        await laptop.SignInAsync();
        await laptop.OpenAsync($"/rooms/{room}");
        await ada.SayAsync("read at the desk");
        await laptop.SeesAsync("read at the desk");
        await laptop.Page.CloseAsync();
        await ada.SayAsync("read by nobody");
        Assert.Equal("read by nobody", (await phone.Push.NextAsync()).Json.GetProperty("body").GetString());
        Assert.Equal(2, phone.Push.Arrived);
    }

    [Fact]
    public async Task RemovedMember_WhilePushesStall_IsToldNothingMore()
    {
        var ada = await Community.JoinAsync("Amy");
        var bob = await Community.JoinAsync("Bob");
        var cid = await Community.JoinAsync("Cid");
        var room = await ada.CreateRoomAsync("Cellar", isPrivate: true);
        await ada.AddToRoomAsync(bob);
        await ada.AddToRoomAsync(cid);
        var phone = await NotifiedBrowser.OfAsync(bob, Stage.Push);
        await phone.TurnOnAsync();
        var witness = await NotifiedBrowser.OfAsync(cid, Stage.Push);
        await witness.TurnOnAsync();

        var release = new TaskCompletionSource();
        phone.Push.AnswerWith(PushScript.After(release.Task, PushScript.Created));
        await ada.SayAsync("still for Bob");
        await phone.Push.ArrivedAsync();
        await ada.SayAsync("on its way");
        await ada.RemoveFromRoomAsync(bob);
        release.SetResult();
        Assert.Equal("still for Bob", (await phone.Push.NextAsync()).Json.GetProperty("body").GetString());
        await ada.SayAsync("not for Bob");
        while ((await witness.Push.NextAsync()).Json.GetProperty("body").GetString() != "not for Bob")
        {
        }

        Assert.Equal(1, phone.Push.Arrived);
    }

    [Fact]
    public async Task SigningOut_TakesTheSubscriptionAlong_AndNobodyInheritsIt()
    {
        var bob = await Community.JoinAsync("Bob");
        var ada = await Community.JoinAsync("Amy");
        var room = await ada.CreateRoomAsync("Attic");
        await bob.JoinRoomAsync(room);
        var phone = await NotifiedBrowser.OfAsync(bob, Stage.Push);
        await phone.TurnOnAsync();
        await bob.SetFrontAsync(false);
        await ada.SayAsync("still signed in");
        await phone.DeliverAsync((await phone.Push.NextAsync()).Text);
        await phone.ShownAsync(1);

        await bob.Page.GetByTestId("user-menu").ClickAsync();
        await bob.Page.GetByTestId("sign-out").ClickAsync();
        await Expect(bob.Page.GetByTestId("login-form")).ToBeVisibleAsync();
        await phone.ShownAsync(0);
        Assert.Null(await bob.Page.EvaluateAsync<string?>("localStorage.getItem('test:subscribed')"));
        Assert.Equal(0, await Community.Server.QueryAsync<int>($"select count(*) from PushSubscriptions where Endpoint = '{phone.Push.Endpoint}'"));

        // Another person at the same browser was asked for nothing and is told nothing.
        await bob.SignInAsync(ada.Email);
        await bob.ReadyAsync();
        await bob.Page.GetByTestId("user-menu").ClickAsync();
        await Expect(bob.Page.Locator("#user-menu").GetByTestId("enable-push")).ToBeVisibleAsync();
        Assert.Null(await bob.Page.EvaluateAsync<string?>("localStorage.getItem('test:subscribed')"));

        // The one who turned it on has it again when they come back.
        await bob.Page.GetByTestId("sign-out").ClickAsync();
        await Expect(bob.Page.GetByTestId("login-form")).ToBeVisibleAsync();
        await bob.SignInAsync();
        await bob.ReadyAsync();
        await bob.Page.GotoAsync("/account/notifications");
        await Expect(bob.Page.GetByTestId("device")).ToHaveCountAsync(1);

        // Removed from the list is removed, whatever the browser remembers.
        await bob.Page.GetByTestId("remove-device").ClickAsync();
        await Expect(bob.Page.GetByTestId("no-devices")).ToBeVisibleAsync();
        await Expect(bob.Page.GetByTestId("enable-push")).ToBeVisibleAsync();
        await bob.Page.ReloadAsync();
        await Expect(bob.Page.GetByTestId("enable-push")).ToBeVisibleAsync();
        await Expect(bob.Page.GetByTestId("no-devices")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task SubscriptionThatTheBrowserChanged_IsTakenUpByTheWorker()
    {
        var ada = await Community.JoinAsync("Amy");
        var bob = await Community.JoinAsync("Bob");
        var room = await ada.CreateRoomAsync("Gate");
        await bob.JoinRoomAsync(room);
        var phone = await NotifiedBrowser.OfAsync(bob, Stage.Push);
        await phone.TurnOnAsync();
        await bob.SetFrontAsync(false);
        var renewed = Stage.Push.NewBrowser();
        await phone.EvaluateAsync($$"""
            (async () => {
              const change = new Event('pushsubscriptionchange');
              change.oldSubscription = { endpoint: '{{phone.Push.Endpoint}}' };
              change.newSubscription = {
                toJSON: () => ({ endpoint: '{{renewed.Endpoint}}', keys: { p256dh: '{{renewed.P256dh}}', auth: '{{renewed.Auth}}' } }),
              };
              const work = [];
              change.waitUntil = promise => work.push(promise);
              dispatchEvent(change);
              await Promise.all(work);
            })()
            """);
        await ada.SayAsync("a new address");
        Assert.Equal("a new address", (await renewed.NextAsync()).Json.GetProperty("body").GetString());
        Assert.Equal(0, phone.Push.Arrived);
    }

    [Fact]
    public async Task Sound_IsOffUntilItIsTurnedOn_AndIsHeardOnceOverAllTabs()
    {
        var ada = await Community.JoinAsync("Amy");
        var bob = await Community.JoinAsync("Bob");
        var general = bob.RoomId;
        var room = await ada.CreateRoomAsync("Bells");
        await bob.JoinRoomAsync(room);
        await bob.Context.AddInitScriptAsync("""
            window.AudioContext = class {
              constructor() {
                localStorage.setItem('test:sounds', 1 + Number(localStorage.getItem('test:sounds')));
                throw new Error('No ears.');
              }
            };
            """);
        bob.Expects(p => p.Contains("No ears.", StringComparison.Ordinal));
        await bob.OpenAsync($"/rooms/{general}");
        await bob.Page.Locator("h1").ClickAsync();
        await ada.SayAsync("unheard");
        await Expect(bob.Page.GetByTestId("in-page-notice")).ToContainTextAsync("unheard");
        Assert.Null(await bob.Page.EvaluateAsync<string?>("localStorage.getItem('test:sounds')"));

        await bob.Page.GotoAsync("/account/notifications");
        await bob.Page.GetByTestId("sound").CheckAsync();
        Assert.Equal("1", await bob.Page.EvaluateAsync<string>("localStorage.getItem('test:sounds')"));
        await bob.OpenAsync($"/rooms/{general}");
        var second = await bob.TabAsync($"/rooms/{general}");
        await bob.Page.Locator("h1").ClickAsync();
        await second.Page.Locator("h1").ClickAsync();
        await ada.SayAsync("heard");
        await Expect(bob.Page.GetByTestId("in-page-notice")).ToContainTextAsync("heard");
        await Expect(second.Page.GetByTestId("in-page-notice")).ToContainTextAsync("heard");
        await bob.Page.WaitForFunctionAsync("() => localStorage.getItem('test:sounds') === '2'");
    }

    [Fact]
    public async Task Worker_ShowsSomethingForWhateverIsPushed()
    {
        var bob = await Community.JoinAsync("Bob");
        var phone = await NotifiedBrowser.OfAsync(bob, Stage.Push);
        await phone.TurnOnAsync();
        foreach (var content in new[] { "", "no JSON", "null", "[]", """{"title":5,"tag":{},"url":"https://evil.example/"}""", """{"title":"","url":"javascript:alert(1)"}""" })
        {
            await phone.DeliverAsync(content);
            Assert.Equal("New message", Assert.Single(await phone.ShownAsync(1)).Title);
            Assert.Null(await phone.ClickAsync("message"));
            await Expect(bob.Page).ToHaveURLAsync(new Regex("/(rooms/\\d+)?$"));
        }
    }

    [Fact]
    public async Task OtherRoom_ShowsInTheTitleTheIconTheBadgeAndACard_UntilItIsRead()
    {
        var ada = await Community.JoinAsync("Amy");
        var bob = await Community.JoinAsync("Bob");
        var general = bob.RoomId;
        var room = await ada.CreateRoomAsync("Orchard");
        await bob.JoinRoomAsync(room);
        await bob.Context.AddInitScriptAsync("""
            navigator.setAppBadge = async count => { window.appBadge = count; };
            navigator.clearAppBadge = async () => { window.appBadge = 0; };
            """);
        await bob.OpenAsync($"/rooms/{general}");
        var icon = bob.Page.Locator("link[rel=icon]");
        await Expect(bob.Page).ToHaveTitleAsync("General · The Reading Circle");
        await Expect(icon).ToHaveAttributeAsync("href", new Regex("icons/icon[^:]*svg$"));

        await ada.SayAsync("The apples are **ripe** <i>now</i>");
        var card = bob.Page.GetByTestId("in-page-notice");
        await Expect(card).ToContainTextAsync($"{ada.Name} · # Orchard");
        await Expect(card).ToContainTextAsync("The apples are ripe");
        await Expect(bob.Page).ToHaveTitleAsync("(1) General · The Reading Circle");
        await Expect(icon).ToHaveAttributeAsync("href", new Regex("^data:image/svg"));
        await bob.Page.WaitForFunctionAsync("() => window.appBadge === 1");

        // A second message takes the first one's place; the card stays while it is pointed at, and leads to the message.
        await card.HoverAsync();
        await ada.SayAsync("Come and pick");
        await Expect(card).ToContainTextAsync("Come and pick");
        await Expect(card).ToHaveCountAsync(1);
        await bob.Page.EvaluateAsync("window.same = true");
        await card.Locator("a").ClickAsync();
        await bob.SeesAsync("Come and pick");
        await Expect(bob.Page).ToHaveURLAsync(new Regex($"/rooms/{room}/\\d+$"));
        Assert.True(await bob.Page.EvaluateAsync<bool>("window.same"));
        await Expect(card).ToHaveCountAsync(0);
        await Expect(bob.Page).ToHaveTitleAsync("Orchard · The Reading Circle");
        await Expect(icon).ToHaveAttributeAsync("href", new Regex("icons/icon[^:]*svg$"));
        await bob.Page.WaitForFunctionAsync("() => window.appBadge === 0");
        Assert.DoesNotMatch(MadeSound(), await bob.Page.EvaluateAsync<string>("Object.keys(localStorage).join()"));

        // By the keyboard it goes away unread.
        await bob.RoomLink(general).ClickAsync();
        await Expect(bob.Page.Locator("h1")).ToHaveTextAsync("# General");
        await ada.SayAsync("Any left?");
        await Expect(card).ToBeVisibleAsync();
        await bob.Page.Keyboard.PressAsync("Escape");
        await Expect(card).ToHaveCountAsync(0);
        await Expect(bob.Unread(room)).ToHaveTextAsync("1");

        // A phone has it at the top, away from the composer.
        await bob.Page.SetViewportSizeAsync(390, 844);
        await ada.SayAsync("Some are left");
        await Expect(card).ToBeInViewportAsync(new() { Ratio = 1 });
        var box = await card.BoundingBoxAsync();
        Assert.True(box!.Y + box.Height < 300, $"The card is at {box.Y}.");
    }

    [GeneratedRegex("chat:sounded")]
    private static partial Regex MadeSound();
}
