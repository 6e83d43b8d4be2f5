using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Moderation;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Moderation;

public sealed class AnnouncementTests
{
    [Fact]
    public async Task AnnounceAsync_IsToldToEveryone_AndEndsByItselfAtItsTime()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        using var ear = host.Listen(bob);

        var made = await Announcements(host).AnnounceAsync(host.Ann, "  Closed\r\non Sunday ", host.Time.GetUtcNow().AddDays(60));

        Assert.Equal(made, Assert.Single(await ear.HearsAsync<AnnouncementChanged>()).Announcement);
        Assert.Equal("Closed\non Sunday", (await Announcements(host).FindAsync(bob))!.Text);

        // Longer than a timer takes.
        for (var day = 0; day < 59; day++)
        {
            host.Time.Advance(TimeSpan.FromDays(1));
        }

        Assert.NotNull(await Announcements(host).FindAsync(bob));
        await AdvanceUntilAsync(host, () => ear.Heard<AnnouncementChanged>().Length > 1);
        Assert.Null(ear.Heard<AnnouncementChanged>()[^1].Announcement);
        Assert.Null(await Announcements(host).FindAsync(bob));
        await ChatHost.RefusedAsync(Refusal.Conflict, () => Announcements(host).EndAsync(host.Ann, made.Id));
    }

    [Fact]
    public async Task Announcement_AcrossARestart_IsShownAgainAndEndsAtItsTime()
    {
        var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var cem = await host.AddAsync("Cem");
        var now = host.Time.GetUtcNow();
        var made = await Announcements(host).AnnounceAsync(host.Ann, "Closed", now.AddHours(2));
        await Announcements(host).DismissAsync(cem, made.Id);

        // The clock of the second host starts where the first one's did.
        await using var again = await host.RestartAsync();
        Assert.Equal(made.Id, (await Announcements(again).FindAsync(bob))!.Id);
        Assert.Null(await Announcements(again).FindAsync(cem));
        using var ear = again.Listen(bob);
        again.Time.Advance(TimeSpan.FromHours(2));
        Assert.Null(Assert.Single(await ear.HearsAsync<AnnouncementChanged>()).Announcement);
        Assert.Null(await Announcements(again).FindAsync(bob));
    }

    [Fact]
    public async Task AnnounceAsync_WhileOneIsShown_TakesItsPlaceForThoseTooWhoDismissedIt()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var first = await Announcements(host).AnnounceAsync(host.Ann, "First", host.Time.GetUtcNow().AddDays(1));
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => Announcements(host).DismissAsync(bob, first.Id))));
        Assert.Null(await Announcements(host).FindAsync(bob));
        Assert.NotNull(await Announcements(host).FindAsync(host.Ann));

        var second = await Announcements(host).AnnounceAsync(host.Ann, "Second", host.Time.GetUtcNow().AddDays(1));
        Assert.Equal(second, await Announcements(host).FindAsync(bob));
        var rows = await Announcements(host).ListAsync(host.Ann);
        Assert.Equal([("Second", true), ("First", false)], rows.Select(r => (r.Announcement.Text, r.EndedAt is null)));
        await ChatHost.RefusedAsync(Refusal.Conflict, () => Announcements(host).EndAsync(host.Ann, first.Id));
        await Announcements(host).EndAsync(host.Ann, second.Id);
        Assert.Null(await Announcements(host).FindAsync(bob));
        await using var db = await host.OpenAsync();
        Assert.Equal((2, 1), (await db.AuditEntries.CountAsync(e => e.Act == AuditAct.Announced), await db.AuditEntries.CountAsync(e => e.Act == AuditAct.AnnouncementEnded)));
    }

    [Fact]
    public async Task DismissAsync_IsToldToAllTabsOfThePersonAndNobodyElse()
    {
        await using var host = await ChatHost.StartAsync();
        var (bob, cem) = (await host.AddAsync("Bob"), await host.AddAsync("Cem"));
        var made = await Announcements(host).AnnounceAsync(host.Ann, "Closed", host.Time.GetUtcNow().AddDays(1));
        var phone = await host.SignInAsync(bob.UserId);
        using var other = host.Listen(phone);
        using var stranger = host.Listen(cem);

        await Announcements(host).DismissAsync(bob, made.Id);

        Assert.Equal(made.Id, Assert.Single(await other.HearsAsync<AnnouncementDismissed>()).AnnouncementId);
        Assert.Empty(await stranger.DrainedAsync<AnnouncementDismissed>());
        Assert.Null(await Announcements(host).FindAsync(phone));
        Assert.NotNull(await Announcements(host).FindAsync(cem));
    }

    [Fact]
    public async Task AnnounceAsync_NoTextTooLongOrABadEnd_IsRefusedAndChangesNothing()
    {
        await using var host = await ChatHost.StartAsync();
        var now = host.Time.GetUtcNow();
        var shown = await Announcements(host).AnnounceAsync(host.Ann, new string('x', Announcement.MaxLength), now + BlazorChat.Moderation.Announcements.MaxTime);
        foreach (var (text, ends) in new[] { ("", now.AddDays(1)), (" \n", now.AddDays(1)), (new string('x', Announcement.MaxLength + 1), now.AddDays(1)), ("x", now), ("x", now.AddDays(90).AddSeconds(1)) })
        {
            await ChatHost.RefusedAsync(Refusal.Invalid, () => Announcements(host).AnnounceAsync(host.Ann, text, ends));
        }

        Assert.Equal(shown, await Announcements(host).FindAsync(host.Ann));
    }

    [Fact]
    public async Task AnnounceAsync_ManyAtOnce_OneIsShownAndItIsTheLast()
    {
        await using var host = await ChatHost.StartAsync();
        var ends = host.Time.GetUtcNow().AddDays(1);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => Announcements(host).AnnounceAsync(host.Ann, $"{i}", ends))));

        var rows = await Announcements(host).ListAsync(host.Ann);
        Assert.Equal(8, rows.Count);
        Assert.Equal(rows[0].Announcement, Assert.Single(rows, r => r.EndedAt is null).Announcement);
        Assert.Equal(rows[0].Announcement, host.Get<CurrentAnnouncement>().Shown);
    }

    private static Announcements Announcements(ChatHost host) => host.Get<Announcements>();

    // A timer that fires asks the database, and only then sets itself again: several steps may be needed.
    private static async Task AdvanceUntilAsync(ChatHost host, Func<bool> condition)
    {
        await Wait.UntilAsync(async () =>
        {
            host.Time.Advance(TimeSpan.FromHours(1));
            await Task.Yield();
            return condition();
        });
    }
}
