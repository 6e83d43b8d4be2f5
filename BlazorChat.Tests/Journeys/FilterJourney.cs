using System.Globalization;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Journeys;

/// <summary>The word filter, held messages and the end of an account, seen by a moderator and two members side by side.</summary>
public sealed class FilterJourney(Stage stage) : Journey(stage)
{
    [Fact]
    public async Task Filter_BlocksWithAnExplanation_HoldsForAModerator_AndMasks()
    {
        var (room, _, mira, bob, cem) = await ModeratedRoom.OpenAsync(Community);
        // Words of this journey's own: rules count for the whole community.
        var tail = room.ToString(CultureInfo.InvariantCulture);
        var (blocked, held, masked) = ($"tulip{tail}", $"daisy{tail}", $"rose{tail}");

        await mira.Page.GotoAsync("/admin/filter");
        await mira.CircuitAsync();
        await AddRuleAsync(mira, blocked, "Block", "No tulips in here.", $"a {blocked}", "Blocked.");
        await AddRuleAsync(mira, held, "Hold", "", $"a {held}", "Held for review.");
        await AddRuleAsync(mira, masked, "Mask", null, $"a {masked}", $"a {new string('•', masked.Length)}");

        // What is wrong with a pattern is said before it is saved.
        await mira.Page.GetByTestId("add-rule").ClickAsync();
        await Expect(mira.Field("rule-pattern")).ToBeFocusedAsync();
        await mira.Page.GetByTestId("rule-kind").SelectOptionAsync("pattern");
        await mira.Field("rule-pattern").FillAsync("(a+");
        await Expect(mira.Page.GetByTestId("rule-result")).ToContainTextAsync("a ( is not closed");
        await Expect(mira.Page.GetByTestId("save-rule")).ToBeDisabledAsync();
        await mira.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();

        // Blocked: the text stays with its author.
        await bob.TypeAndSendAsync($"look, a {blocked}");
        var failed = bob.List.Locator("[data-testid=message][data-state=failed]");
        await Expect(failed).ToContainTextAsync("No tulips in here.");
        await failed.GetByText("Edit").ClickAsync();
        await Expect(bob.Input).ToHaveValueAsync($"look, a {blocked}");
        await bob.Input.FillAsync("");

        // Masked, for everyone.
        await bob.TypeAndSendAsync($"and a {masked}");
        await cem.SeesAsync($"and a {new string('•', masked.Length)}");

        // Held: a notice, no row, and nobody sees it before Mira, who has the page open, lets it through.
        await mira.Page.GotoAsync("/admin/held");
        await mira.CircuitAsync();
        await bob.TypeAndSendAsync($"buy a {held} today");
        await Expect(bob.Page.Locator(".notice-line")).ToContainTextAsync("held for review");
        await Expect(bob.Page.GetByText($"buy a {held} today")).ToHaveCountAsync(0);
        await bob.TypeAndSendAsync($"buy a {held} later");
        var waiting = mira.Page.GetByTestId("held-message");
        await Expect(waiting).ToHaveCountAsync(2);
        await Expect(cem.Page.GetByText("buy a")).ToHaveCountAsync(0);
        await waiting.Filter(new() { HasText = "today" }).GetByTestId("approve-held").ClickAsync();
        await cem.SeesAsync($"buy a {held} today");
        await bob.SeesAsync($"buy a {held} today");
        await waiting.Filter(new() { HasText = "later" }).GetByTestId("reject-held").ClickAsync();
        await mira.ConfirmAsync();
        await Expect(mira.Page.GetByTestId("none-held")).ToBeVisibleAsync();

        await bob.Page.GotoAsync("/account/held");
        await Expect(bob.Page.Locator("[data-testid=own-held][data-state=Rejected]")).ToContainTextAsync($"buy a {held} later");
        await Expect(bob.Page.Locator("[data-testid=own-held][data-state=Approved]")).ToContainTextAsync($"buy a {held} today");

        // A rule is removed after it was asked once, and the next message passes.
        await mira.Page.GotoAsync("/admin/filter");
        await mira.CircuitAsync();
        await mira.Field("filter-search").FillAsync(blocked);
        await Expect(mira.Page.GetByTestId("filter-rule")).ToHaveCountAsync(1);
        await mira.Page.GetByTestId("delete-rule").ClickAsync();
        await mira.ConfirmAsync();
        await Expect(mira.Page.GetByText("No rule matches.")).ToBeVisibleAsync();
        await cem.SayAsync($"a {blocked} at last");
        await mira.Field("filter-search").FillAsync("");
        foreach (var word in (string[])[held, masked])
        {
            await mira.Field("filter-search").FillAsync(word);
            await Expect(mira.Page.GetByTestId("filter-rule")).ToHaveTextAsync(word);
            await mira.Page.GetByTestId("delete-rule").ClickAsync();
            await mira.ConfirmAsync();
            await Expect(mira.Page.GetByText("No rule matches.")).ToBeVisibleAsync();
        }
    }

    [Fact]
    public async Task DeletingAnAccount_KeepsOrRemovesWhatWasSaid_BeforeEveryonesEyes()
    {
        var (_, _, mira, bob, cem) = await ModeratedRoom.OpenAsync(Community);
        await bob.SayAsync("the words of Bob");
        await cem.SayAsync("the words of Cem");
        await mira.SeesAsync("the words of Bob");
        await mira.SeesAsync("the words of Cem");

        await DeleteAsync(bob, "keep");
        await Expect(mira.List).ToContainTextAsync("Deleted user");
        await mira.SeesAsync("the words of Bob");
        await Expect(mira.List.GetByText(bob.Name)).ToHaveCountAsync(0);

        await DeleteAsync(cem, "remove");
        await Expect(mira.Page.GetByText("the words of Cem")).ToHaveCountAsync(0);
        await mira.SeesAsync("the words of Bob");

        await bob.SignInAsync();
        await Expect(bob.Page.GetByTestId("login-form")).ToBeVisibleAsync();
    }

    private static async Task AddRuleAsync(Person mira, string word, string action, string? explanation, string sample, string result)
    {
        await mira.Page.GetByTestId("add-rule").ClickAsync();
        await Expect(mira.Field("rule-pattern")).ToBeFocusedAsync();
        await mira.Page.GetByTestId("rule-action").SelectOptionAsync(action);
        await mira.Field("rule-pattern").FillAsync(word);
        if (explanation is { Length: > 0 })
        {
            await mira.Field("rule-explanation").FillAsync(explanation);
        }

        await mira.Field("rule-sample").FillAsync(sample);
        await Expect(mira.Page.GetByTestId("rule-result")).ToContainTextAsync(result);
        await mira.Page.GetByTestId("save-rule").ClickAsync();
        await Expect(mira.Page.GetByTestId("rule-form")).ToHaveCountAsync(0);
        await Expect(mira.Page.GetByTestId("filter-rule").Filter(new() { HasText = word })).ToBeVisibleAsync();
    }

    private static async Task DeleteAsync(Person person, string messages)
    {
        await person.Page.GotoAsync("/account/manage");
        await person.Page.GetByTestId("data-link").ClickAsync();
        await person.Page.CheckAsync($"input[name='Input.Messages'][value={messages}]");
        await person.Page.FillAsync("[name='Input.Name']", person.Name);
        await person.Page.FillAsync("[name='Input.CurrentPassword']", Community.Password);
        await person.Page.GetByTestId("delete-account").ClickAsync();
        await Expect(person.Page.GetByText("Your account is deleted.")).ToBeVisibleAsync();
    }
}
