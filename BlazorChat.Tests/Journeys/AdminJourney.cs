using System.Globalization;
using BlazorChat.Components.Admin;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Journeys;

/// <summary>An administrator and a moderator in the pages of the administration.</summary>
public sealed class AdminJourney(Stage stage) : Journey(stage)
{
    /// <summary>Every page, the first person's own with them.</summary>
    public static readonly string[] Pages = [.. AdminPages.All.Select(page => page.Path), "/admin/people/1"];

    [Fact]
    public async Task Pages_Open_AndAModeratorSeesWhatIsTheirs()
    {
        var mona = await Community.JoinAsync("Mona");
        var ada = await Community.AdaAsync();
        foreach (var (page, hook) in new[]
        {
            ("/admin", "overview"), ("/admin/rooms", "room-row"), ("/admin/invites", "invite-link"), ("/admin/audit", "audit-entry"), ("/admin/roles", "rights"),
            ("/admin/settings", "community-form"),
        })
        {
            await OpenAsync(ada, page);
            await Expect(ada.Page.GetByTestId(hook).First).ToBeVisibleAsync();
        }

        await ShowAsync(ada, mona);
        await Expect(ada.Page.GetByTestId("person-email")).ToHaveTextAsync(mona.Email, new() { IgnoreCase = true });
        await Expect(ada.Page.GetByTestId("person-session")).ToHaveCountAsync(1);
        await GiveAsync(ada, "Moderator");

        await OpenAsync(mona, "/admin");
        await Expect(mona.Page.GetByTestId("tile-online")).ToBeVisibleAsync();
        await Expect(mona.Page.Locator(".admin nav a", new() { HasText = "Settings" })).ToHaveCountAsync(0);
        await ShowAsync(mona, ada);
        await Expect(mona.Page.GetByTestId("person")).ToBeVisibleAsync();
        await Expect(mona.Page.GetByTestId("person-email")).ToHaveCountAsync(0);
        await Expect(mona.Page.GetByTestId("person-sessions")).ToHaveCountAsync(0);
        await Expect(mona.Page.GetByText("@example.com")).ToHaveCountAsync(0);

        var cem = await Community.JoinAsync("Cem");
        await ShowAsync(mona, cem);
        await mona.Page.GetByTestId("mute-person").ClickAsync();
        await Expect(mona.Field("mute-reason")).ToBeFocusedAsync();
        await mona.Field("mute-reason").FillAsync("Noise");
        await mona.ConfirmAsync();
        await Expect(mona.Page.GetByTestId("person")).ToContainTextAsync("Muted until");
        await mona.Page.GetByTestId("unmute-person").ClickAsync();
        await Expect(mona.Page.GetByTestId("mute-person")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Role_Given_CountsAtOnce_IsOnRecord_AndTakenFromAnOpenPage()
    {
        var bob = await Community.JoinAsync("Bob");
        var ada = await Community.AdaAsync(options: new() { TimezoneId = "Asia/Tokyo" });
        await ShowAsync(ada, bob);
        await GiveAsync(ada, "Administrator");

        await OpenAsync(bob, "/admin/settings");
        await Expect(bob.Page.GetByTestId("save-community")).ToBeVisibleAsync();
        await Expect(ada.Page.GetByTestId("audit-entry").First).ToHaveTextAsync("Role changed");
        await ada.Page.GetByTestId("audit-entry").First.ClickAsync();
        await Expect(ada.Page.GetByTestId("audit-details")).ToContainTextAsync("Administrator");
        await ada.Page.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();

        await GiveAsync(ada, "Member");
        await bob.Page.GetByTestId("save-community").Or(bob.Page.GetByText("for administrators")).First.ClickAsync();
        await Expect(bob.Page.Locator(".notice-line[role=alert] .notice-text, .admin [role=alert]").First).ToContainTextAsync("administrators");

        await OpenAsync(ada, "/admin/audit");
        await NarrowAsync(ada, bob);

        // Everything as a table, by the link that the page gives.
        await OpenAsync(ada, "/admin/audit");
        var download = await ada.Page.RunAndWaitForDownloadAsync(() => ada.Page.GetByTestId("audit-csv").ClickAsync());
        Assert.Contains($"\"RoleChanged\",\"Person\"", await File.ReadAllTextAsync(await download.PathAsync()), StringComparison.Ordinal);
        var answer = await bob.Page.APIRequest.GetAsync("/admin/audit.csv");
        Assert.Equal((403, "Only administrators may do this."), (answer.Status, await answer.TextAsync()));
    }

    [Fact]
    public async Task Settings_SavedByTwo_TellTheSecond_AndClosedRegistrationAdmitsNobody()
    {
        var community = await FoundAsync();
        var (ada, other) = (await community.AdaAsync(), await community.AdaAsync());
        await OpenAsync(ada, "/admin/settings");
        await OpenAsync(other, "/admin/settings");
        await ada.Page.GetByTestId("edit-window").SelectOptionAsync("15");
        await ada.Page.Locator("[data-testid=registration] input[value=Closed]").CheckAsync();
        await ada.Page.GetByTestId("save-community").ClickAsync();
        await Expect(ada.Page.Locator(".notice-line")).ToContainTextAsync("Saved.");

        await other.Page.GetByTestId("community-name").FillAsync("Elsewhere");
        await other.Page.GetByTestId("save-community").ClickAsync();
        await Expect(other.Page.GetByTestId("settings-error")).ToContainTextAsync("Somebody else changed the settings");
        await other.Page.GetByTestId("reload-settings").ClickAsync();
        await Expect(other.Page.GetByTestId("edit-window")).ToHaveValueAsync("15");

        var mallory = await community.VisitAsync("Mallory");
        await mallory.Page.GotoAsync("/account/register");
        await Expect(mallory.Page.GetByTestId("registration-closed")).ToBeVisibleAsync();

        await other.Page.GetByTestId("retention").SelectOptionAsync("30");
        await other.Page.GetByTestId("save-community").ClickAsync();
        await Expect(other.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("No message is older than 30 days now");
        await other.ConfirmAsync();
        await Expect(other.Page.Locator(".notice-line")).ToContainTextAsync("Saved.");
        Assert.Equal(30, await community.Server.QueryAsync<long>("""SELECT "RetentionDays" FROM "Community" """));
    }

    /// <summary>Finds whom the log concerns by a part of their address and the keyboard alone, and the time by a clock that is nine hours ahead.</summary>
    private static async Task NarrowAsync(Person ada, Person bob)
    {
        var (entries, whom) = (ada.Page.GetByTestId("audit-entry"), ada.Page.GetByTestId("audit-whom"));
        await whom.PressSequentiallyAsync("zzz");
        await Expect(ada.Page.GetByTestId("nobody-found")).ToBeVisibleAsync();
        await whom.PressAsync("Enter");
        await Expect(ada.Page.Locator(".notice-line")).ToContainTextAsync("Nobody has “zzz” in their name or e-mail address.");
        await whom.FillAsync($"{bob.Name}@exam".ToUpperInvariant());
        await Expect(ada.Page.GetByTestId("found-person")).ToHaveCountAsync(1);
        await whom.PressAsync("ArrowDown");
        await Expect(ada.Page.GetByRole(AriaRole.Option, new() { Name = bob.Name, Selected = true })).ToBeVisibleAsync();
        await whom.PressAsync("Enter");
        await Expect(whom).ToHaveValueAsync(bob.Name);
        await Expect(entries).ToHaveTextAsync(["Role changed", "Role changed"]);

        var time = ada.Page.Locator("[data-testid=audit-grid] td time").First;
        var at = DateTimeOffset.Parse((await time.GetAttributeAsync("datetime"))!, CultureInfo.InvariantCulture).ToOffset(TimeSpan.FromHours(9));
        await Expect(time).ToContainTextAsync(at.ToString(", HH:mm:ss", CultureInfo.InvariantCulture));
        await ada.Page.GetByTestId("audit-from").FillAsync(at.AddMinutes(1).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture));
        await ada.Page.GetByTestId("audit-apply").ClickAsync();
        await Expect(ada.Page.GetByTestId("audit-grid")).ToContainTextAsync("Nothing matches.");
        await ada.Page.GetByTestId("audit-from").FillAsync(at.AddMinutes(-5).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture));
        await ada.Page.GetByTestId("audit-apply").ClickAsync();
        await Expect(entries).ToHaveCountAsync(2);
    }

    private static async Task OpenAsync(Person person, string path)
    {
        await person.Page.GotoAsync(path);
        await person.CircuitAsync();
    }

    /// <summary>Finds somebody by name, and opens their page.</summary>
    private static async Task ShowAsync(Person reader, Person other)
    {
        await OpenAsync(reader, "/admin/people");
        await reader.Field("people-filter").FillAsync(other.Name);
        await Expect(reader.Page.GetByTestId("account")).ToHaveCountAsync(1);
        await reader.Page.GetByTestId("account").ClickAsync();
        await Expect(reader.Page.GetByTestId("person")).ToContainTextAsync(other.Name);
    }

    private static async Task GiveAsync(Person ada, string role)
    {
        await ada.Page.GetByTestId("new-role").SelectOptionAsync(role);
        await ada.Page.GetByTestId("change-role").ClickAsync();
        await ada.ConfirmAsync();
        await Expect(ada.Page.GetByTestId("person").Locator(".mark").First).ToHaveTextAsync(role);
    }
}
