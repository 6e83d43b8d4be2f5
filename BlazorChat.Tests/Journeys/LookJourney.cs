using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Journeys;

/// <summary>The same product on a phone, in the dark, and without a mouse.</summary>
public sealed class LookJourney(Stage stage) : Journey(stage)
{
    [Theory]
    [InlineData(390, 844, ColorScheme.Light)]
    [InlineData(360, 740, ColorScheme.Dark)]
    public async Task Phone_EverythingFitsAndIsReached(int width, int height, ColorScheme scheme)
    {
        BrowserNewContextOptions Phone() => new()
        {
            ViewportSize = new() { Width = width, Height = height }, IsMobile = true, HasTouch = true, ColorScheme = scheme,
        };
        var guest = await Community.VisitAsync("Guest", Phone());
        foreach (var path in new[] { "/account/login", "/account/register" })
        {
            await guest.Page.GotoAsync(path);
            await FitsAsync(guest, path);
        }

        var bob = await Community.JoinAsync("Bob", Phone());
        var expected = scheme == ColorScheme.Dark ? "dark" : "light";
        Assert.Equal(expected, await bob.Page.EvaluateAsync<string>("document.documentElement.dataset.theme"));
        await bob.Page.Locator("[data-drawer=open]").First.TapAsync();
        await Expect(bob.Page.GetByTestId("room-list")).ToBeInViewportAsync();
        await bob.Page.GetByTestId("new-room").TapAsync();
        await bob.Field("room-name").FillAsync($"Pocket {width}");
        await bob.Page.GetByTestId("create-room").TapAsync();
        await Expect(bob.Page.Locator("h1")).ToHaveTextAsync($"# Pocket {width}");
        await bob.ReadyAsync();

        foreach (var text in new[]
        {
            new string('w', 300), "```\n" + new string('c', 300) + "\n```", "https://example.com/" + new string('u', 300),
            "| " + string.Join(" | ", Enumerable.Range(1, 20).Select(i => $"column {i}")) + " |\n|" + string.Concat(Enumerable.Repeat("---|", 20)),
        })
        {
            await bob.Input.FillAsync(text);
            await bob.Page.GetByTestId("composer-send").TapAsync();
        }

        await Expect(bob.Page.Locator("[data-testid=message][data-state=sent][data-id]")).ToHaveCountAsync(4);
        await FitsAsync(bob, "room");
        await Expect(bob.Page.GetByTestId("composer-send")).ToBeInViewportAsync(new() { Ratio = 1 });
        var button = await bob.Page.GetByTestId("composer-send").BoundingBoxAsync();
        Assert.True(button!.Width >= 32 && button.Height >= 32, "The send button is too small for a thumb.");

        // Enter on a soft keyboard starts a line.
        await bob.Input.FillAsync("one");
        await bob.Input.PressAsync("Enter");
        await Expect(bob.Input).ToHaveValueAsync("one\n");
        await bob.Input.FillAsync("");

        await bob.Page.GetByTestId("members").TapAsync();
        await Expect(bob.Page.GetByTestId("members-panel")).ToBeInViewportAsync();
        await FitsAsync(bob, "members");
        await bob.Page.GetByTestId("members-panel").GetByLabel("Close").TapAsync();

        await bob.Page.Locator("[data-drawer=open]").First.TapAsync();
        await FitsAsync(bob, "drawer");
        await bob.Page.Locator("[data-testid=room-link]", new() { HasText = "General" }).TapAsync();
        await Expect(bob.Page.Locator("h1")).ToHaveTextAsync("# General");
        await Expect(bob.Page.GetByTestId("room-list")).Not.ToBeInViewportAsync();
        await bob.Page.GotoAsync("/account/manage");
        await FitsAsync(bob, "account");
        await bob.Page.GotoAsync("/account/notifications");
        await FitsAsync(bob, "notifications");

        var ada = await Community.AdaAsync(options: Phone());
        foreach (var path in AdminJourney.Pages)
        {
            await ada.Page.GotoAsync(path);
            await ada.CircuitAsync();
            await FitsAsync(ada, path);
        }
    }

    [Fact]
    public async Task Keyboard_WalksTheMessages_ActsOnThem_AndComesBack()
    {
        var ada = await Community.AdaAsync("/");
        await ada.CreateRoomAsync("Keys");
        foreach (var text in new[] { "first", "second", "third" })
        {
            await ada.SayAsync(text);
        }

        var page = ada.Page;
        await page.ReloadAsync();
        await ada.ReadyAsync();
        await ada.Input.FocusAsync();
        await page.Keyboard.PressAsync("Shift+Tab");
        while (!await ada.List.EvaluateAsync<bool>("e => e === document.activeElement"))
        {
            await page.Keyboard.PressAsync("Shift+Tab");
        }

        await page.Keyboard.PressAsync("ArrowUp");
        await Expect(ada.Sent("third")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Home");
        await Expect(ada.Sent("first")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(ada.Sent("second")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByTestId("message-reply")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await Expect(page.GetByTestId("message-edit")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(ada.Sent("second")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Enter");
        await Expect(ada.Input).ToBeFocusedAsync();
        await Expect(page.Locator(".composer-chip")).ToContainTextAsync("Replying to Ada");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator(".composer-chip")).ToBeHiddenAsync();

        await page.GetByTestId("new-room").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(ada.Field("room-name")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(ada.Field("room-name")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Keyboard_TabReachesEveryControl_InReadingOrder_WithVisibleFocus()
    {
        var ada = await Community.AdaAsync("/");
        await ada.CreateRoomAsync("Tabs");
        await ada.Page.ReloadAsync();
        await ada.ReadyAsync();
        await ada.Page.EvaluateAsync("document.activeElement?.blur()");

        List<string> order = [];
        for (var i = 0; i < 60 && !order.Contains("composer-input"); i++)
        {
            await ada.Page.Keyboard.PressAsync("Tab");
            order.Add(await ada.Page.EvaluateAsync<string>("""
                () => {
                  const e = document.activeElement, style = getComputedStyle(e);
                  const seen = e === document.body || style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== 'none'
                    || e.tagName === 'TEXTAREA' || getComputedStyle(e.parentElement).boxShadow !== 'none';
                  return (seen ? '' : 'unseen ') + (e.dataset.testid ?? e.className);
                }
                """));
        }

        Assert.DoesNotContain(order, o => o.StartsWith("unseen", StringComparison.Ordinal));
        string[] landmarks = ["new-room", "room-link", "user-menu", "members", "room-settings", "message-list", "composer-input"];
        Assert.Equal(landmarks, order.Where(landmarks.Contains).Distinct());
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Axe_FindsNothingSerious(ColorScheme scheme)
    {
        var guest = await Community.VisitAsync("Guest", new() { ColorScheme = scheme });
        await guest.Page.GotoAsync("/account/login");
        await CleanAsync(guest, "login");
        await guest.Page.GotoAsync("/account/register");
        await CleanAsync(guest, "register");

        var ada = await Community.AdaAsync("/", new() { ColorScheme = scheme });
        await ada.CreateRoomAsync($"Clarity {scheme}", description: "For every eye");
        await ada.SayAsync("**bold** `code` [link](https://example.com) @Ada\n\n> quote");
        await ada.ActAsync("quote", "reply");
        await ada.SayAsync("an answer");
        await ada.ShowMembersAsync();
        await CleanAsync(ada, "room");
        await ada.Page.GetByTestId("new-room").ClickAsync();
        await Expect(ada.Field("room-name")).ToBeFocusedAsync();
        await CleanAsync(ada, "dialog");
        foreach (var path in AdminJourney.Pages)
        {
            await ada.Page.GotoAsync(path);
            await ada.CircuitAsync();
            await CleanAsync(ada, path);
        }

        await ada.Page.GotoAsync("/account/manage");
        await CleanAsync(ada, "account");
        await ada.Page.GotoAsync("/account/notifications");
        await CleanAsync(ada, "notifications");
    }

    private static async Task FitsAsync(Person person, string where)
    {
        var over = await person.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(over <= 0, $"{where} is {over} px too wide.");
    }

    private static async Task CleanAsync(Person person, string where)
    {
        // Contrast is measured on what stands still.
        await person.Page.EvaluateAsync("Promise.all(document.getAnimations().filter(a => a.effect?.getTiming().iterations !== Infinity).map(a => a.finished.catch(() => {})))");
        var result = await person.Page.RunAxe();
        Assert.Empty(result.Violations.Where(v => v.Impact is "serious" or "critical").Select(v =>
            $"{where}: {v.Id}: {string.Join(" | ", v.Nodes.Take(3).Select(n => n.Html + " " + n.Any.FirstOrDefault()?.Message))}"));
    }
}
