using BlazorChat.Accounts;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Journeys;

/// <summary>What members report, moderators work through side by side; and what an administrator announces, everyone sees.</summary>
[Collection(Lane.Second)]
public sealed class ReportJourney(Stage stage) : Journey(stage)
{
    [Fact]
    public async Task Report_TwoModeratorsSideBySide_OneTakesItActsAndResolves()
    {
        var (room, ada, mira, bob, cem) = await ModeratedRoom.OpenAsync(Community);
        await ada.Page.GotoAsync("/admin/reports");
        await mira.Page.GotoAsync("/admin/reports");
        await ada.CircuitAsync();
        await mira.CircuitAsync();
        await cem.SayAsync("Good morning");
        await bob.SayAsync("Cheap *seeds* here");

        // Somebody reports it from its menu; nothing is sent without a reason, nor a vague one without a note.
        await cem.ActAsync("Cheap seeds here", "more");
        await cem.Page.GetByTestId("message-report").ClickAsync();
        await Expect(cem.Page.GetByTestId("report-dialog")).ToContainTextAsync("The moderators see this message as it is now");
        await Expect(cem.Page.GetByTestId("send-report")).ToBeDisabledAsync();
        await cem.Page.GetByTestId("report-other").CheckAsync();
        await cem.Page.GetByTestId("send-report").ClickAsync();
        await Expect(cem.Page.GetByTestId("report-dialog").GetByRole(Microsoft.Playwright.AriaRole.Alert)).ToHaveTextAsync("Say in the note what is wrong with it.");
        await cem.Page.GetByTestId("report-spam").CheckAsync();
        await cem.Page.GetByTestId("report-note").FillAsync("every day");
        await cem.Page.GetByTestId("send-report").ClickAsync();
        await Expect(cem.Page.GetByText("Thank you. The moderators will look at it.")).ToBeVisibleAsync();

        // It appears by itself, and both open it.
        foreach (var moderator in (Person[])[ada, mira])
        {
            var row = moderator.Page.GetByTestId("report").Filter(new() { HasText = "Cheap seeds here" }).Filter(new() { HasText = bob.Name });
            await Expect(moderator.Page.GetByTestId("open-reports")).ToBeVisibleAsync();
            await row.GetByTestId("open-report").ClickAsync();
            await Expect(moderator.Page.GetByTestId("report-voice")).ToContainTextAsync(cem.Name);
            await Expect(moderator.Page.GetByTestId("report-voice")).ToContainTextAsync("every day");
            await Expect(moderator.Page.GetByTestId("report-line")).ToContainTextAsync(["Good morning", "Cheap seeds here"]);
        }

        // One takes it; the other one's buttons make way for the name.
        await mira.Page.GetByTestId("claim-report").ClickAsync();
        await Expect(ada.Page.GetByTestId("report-taken")).ToHaveTextAsync($"{mira.Name} has taken this.");
        await Expect(ada.Page.GetByTestId("claim-report")).ToHaveCountAsync(0);
        await Expect(ada.Page.GetByTestId("resolve-report")).ToHaveCountAsync(0);

        // From there a moderator also mutes and bans; the words for whoever reported it follow what was done.
        await mira.Page.GetByTestId("report-ban").ClickAsync();
        await Expect(mira.Page.GetByTestId("ban-dialog")).ToContainTextAsync(bob.Name);
        await mira.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(mira.Page.GetByTestId("ban-dialog")).ToHaveCountAsync(0);
        await mira.Page.GetByTestId("report-mute").ClickAsync();
        await Expect(mira.Field("mute-reason")).ToBeFocusedAsync();
        await mira.Field("mute-reason").FillAsync("Stop advertising");
        await mira.ConfirmAsync();
        await Expect(mira.Page.GetByTestId("report-outcome")).ToHaveValueAsync("Its author was muted.");
        await Expect(bob.Page.GetByTestId("composer-refusal")).ToBeVisibleAsync();

        // The message goes from there, in everyone's view; what it said is still on the report.
        await mira.Page.GetByTestId("report-remove-message").ClickAsync();
        await mira.Field("remove-reason").FillAsync("No advertising");
        await mira.ConfirmAsync();
        await Expect(bob.Message("Cheap seeds here")).ToHaveCountAsync(0);
        await Expect(cem.Message("Cheap seeds here")).ToHaveCountAsync(0);
        await Expect(mira.Page.GetByTestId("as-reported")).ToContainTextAsync("Cheap *seeds* here");
        await Expect(mira.Page.GetByTestId("report-remove-message")).ToHaveCountAsync(0);
        await Expect(mira.Page.GetByTestId("report-outcome")).ToHaveValueAsync("Its author was muted. The message was removed.");
        await mira.Page.GetByTestId("resolve-report").ClickAsync();
        await Expect(ada.Page.GetByTestId("report-decided")).ToHaveTextAsync($"Resolved by {mira.Name}: Its author was muted. The message was removed.");
        await Expect(mira.Page.GetByTestId("report-decided")).ToContainTextAsync("Resolved by you");

        // Who reported it reads what came of it.
        await cem.Page.GotoAsync("/account/moderation");
        await Expect(cem.Page.GetByTestId("own-reports")).ToContainTextAsync("Resolved");
        await Expect(cem.Page.GetByTestId("own-reports")).ToContainTextAsync("The message was removed.");

        // The list follows, and whoever is no moderator any more has nothing in view and can do nothing.
        await mira.Page.GetByTestId("all-reports").ClickAsync();
        await Expect(mira.Page.GetByTestId("reports-resolved")).ToBeVisibleAsync();
        await mira.Page.GetByTestId("reports-resolved").ClickAsync();
        await Expect(mira.Page.GetByTestId("report").Filter(new() { HasText = bob.Name })).ToBeVisibleAsync();
        await ModeratedRoom.MakeAsync(ada, mira, Role.Member);
        await Expect(mira.Page.GetByTestId("report")).ToHaveCountAsync(0);
        await mira.Page.GotoAsync("/admin/reports");
        await Expect(mira.Page.GetByText("This page is for moderators.")).ToBeVisibleAsync();
        Assert.Equal(1, await Community.Server.QueryAsync<long>($"""SELECT COUNT(*) FROM "AuditEntries" WHERE "Act" = 'ReportResolved' AND "RoomId" = {room}"""));
    }

    [Fact]
    public async Task Announcement_IsOnEveryOpenPage_DismissedByOneAndEndedForAll()
    {
        var ada = await Community.AdaAsync("/");
        var bob = await Community.JoinAsync("Bob");
        var cem = await Community.JoinAsync("Cem");
        var second = await bob.TabAsync("/");
        var text = $"The harbour is closed, {bob.Name}";
        await bob.Input.FillAsync("half a thought");
        await ada.Page.GotoAsync("/admin/announcements");
        await ada.CircuitAsync();

        await ada.Page.GetByTestId("announcement-text").FillAsync(text);
        await ada.Page.GetByTestId("announcement-hours").SelectOptionAsync("4");
        await ada.Page.GetByTestId("announce").ClickAsync();
        foreach (var page in new[] { ada.Page, bob.Page, second.Page, cem.Page })
        {
            await Expect(page.GetByTestId("announcements")).ToContainTextAsync(text);
            await Expect(page.GetByTestId("announcements")).ToHaveAttributeAsync("role", "status");
        }

        // The composer stays in view, and what is in it.
        await Expect(bob.Input).ToBeInViewportAsync();
        await Expect(bob.Input).ToHaveValueAsync("half a thought");

        // Dismissed in one tab, gone in the other and after a reload; the others still have it.
        await bob.Page.GetByTestId("dismiss-announcement").ClickAsync();
        await Expect(bob.Page.GetByTestId("announcement")).ToHaveCountAsync(0);
        await Expect(second.Page.GetByTestId("announcement")).ToHaveCountAsync(0);
        await second.Page.ReloadAsync();
        await second.ReadyAsync();
        await Expect(second.Page.GetByTestId("announcement")).ToHaveCountAsync(0);
        await Expect(cem.Page.GetByTestId("announcement")).ToBeVisibleAsync();
        await cem.Page.GotoAsync("/account/manage");
        await Expect(cem.Page.GetByTestId("announcement")).ToHaveTextAsync(text);
        await cem.OpenAsync("/");

        await ada.Page.Locator("[data-testid=announced][data-current=true]").GetByTestId("end-announcement").ClickAsync();
        await ada.ConfirmAsync();
        await Expect(cem.Page.GetByTestId("announcement")).ToHaveCountAsync(0);
        await Expect(ada.Page.GetByTestId("announcement")).ToHaveCountAsync(0);
        await Expect(ada.Page.Locator("[data-testid=announced][data-current=true]")).ToHaveCountAsync(0);
    }
}
