using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Live;
using BlazorChat.Moderation;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Moderation;

/// <summary>One note to the moderators at a time, one answer to it, and both are read on the other side.</summary>
public sealed class BanAppealsTests
{
    [Fact]
    public async Task Appeal_ReachesTheModerators_IsAnsweredOnce_AndLiftsTheBan()
    {
        await using var host = await ChatHost.StartAsync();
        var (max, mia, bob) = (
            await BanServiceTests.ModeratorAsync(host), await BanServiceTests.ModeratorAsync(host, "Mia"), await host.AddAsync("Bob"));
        var ban = await host.Get<BanService>().BanAsync(max, bob.UserId, new BanRequest(null, "Spam."));
        var appeals = host.Get<BanAppeals>();
        using var page = host.Listen(mia, Topic.Moderation);
        await appeals.AppealAsync(Ticket(host, bob), "  It was my brother.\r\nReally.  ", null);
        Assert.Single(await page.DrainedAsync<ModerationChanged>());
        await ChatHost.RefusedAsync(Refusal.Conflict, () => appeals.AppealAsync(Ticket(host, bob), "Please!", null));

        var shown = Assert.Single((await host.Get<BanQueries>().ListAsync(mia, new BanQuery(BanFilter.Appealed))).Rows);
        Assert.Equal(("Bob", "It was my brother.\nReally."), (shown.Name, shown.Appeal!.Text));
        var outcomes = await Task.WhenAll(((Actor[])[max, mia]).Select(async moderator =>
        {
            try
            {
                await appeals.AnswerAsync(moderator, ban, lift: true, "Keep an eye on him.");
                return null;
            }
            catch (RefusedException refused)
            {
                return refused;
            }
        }));
        var late = Assert.Single(outcomes.OfType<RefusedException>());
        Assert.Equal(Refusal.Conflict, late.Refusal);
        Assert.EndsWith("has answered already.", late.Message, StringComparison.Ordinal);
        await host.SignInAsync(bob.UserId);
        Assert.Null(await appeals.FindAsync(bob.UserId));

        await using var db = await host.OpenAsync();
        Assert.Equal(
            [AuditAct.Banned, AuditAct.AppealAnswered, AuditAct.BanLifted],
            await db.AuditEntries.Where(e => e.PersonId == bob.UserId).OrderBy(e => e.Id).Select(e => e.Act).ToListAsync());
    }

    [Fact]
    public async Task KeptBan_ShowsTheAnswer_AndTakesAnotherNote()
    {
        await using var host = await ChatHost.StartAsync();
        var (max, bob) = (await BanServiceTests.ModeratorAsync(host), await host.AddAsync("Bob"));
        var ban = await host.Get<BanService>().BanAsync(max, bob.UserId, new BanRequest(null, "Spam."));
        var appeals = host.Get<BanAppeals>();
        await appeals.AppealAsync(Ticket(host, bob), "Sorry.", null);
        Assert.False((await appeals.FindAsync(bob.UserId))!.MayAppeal);
        await appeals.AnswerAsync(max, ban, lift: false, "Not yet.");
        var notice = (await appeals.FindAsync(bob.UserId))!;
        Assert.Equal(("Spam.", "Not yet.", true), (notice.Reason, notice.Appeal!.Answer, notice.MayAppeal));
        await ChatHost.RefusedAsync(Refusal.Banned, () => host.SignInAsync(bob.UserId));
        await ChatHost.RefusedAsync(Refusal.Conflict, () => appeals.AnswerAsync(max, ban, lift: true, "Well then."));
        await appeals.AppealAsync(Ticket(host, bob), "And now?", null);
        Assert.Equal("And now?", (await appeals.FindAsync(bob.UserId))!.Appeal!.Text);
    }

    [Fact]
    public async Task Appeal_WithoutAValidTicket_OrByManyFromOneAddress_IsRefused()
    {
        await using var host = await ChatHost.StartAsync();
        var (max, bob) = (await BanServiceTests.ModeratorAsync(host), await host.AddAsync("Bob"));
        var appeals = host.Get<BanAppeals>();
        await ChatHost.RefusedAsync(Refusal.Conflict, () => appeals.AppealAsync(Ticket(host, bob), "Why?", null));
        await host.Get<BanService>().BanAsync(max, bob.UserId, new BanRequest(null, "Spam."));
        var ticket = Ticket(host, bob);
        await ChatHost.RefusedAsync(Refusal.Invalid, () => appeals.AppealAsync(ticket, " ", null));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => appeals.AppealAsync(ticket, new string('x', Ban.MaxTextLength + 1), null));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => appeals.AppealAsync(ticket, "a\0b", null));
        foreach (var bad in (string?[])[null, "", "x", ticket[..^1], new('x', 4_000)])
        {
            await ChatHost.RefusedAsync(Refusal.SignedOut, () => appeals.AppealAsync(bad, "Please.", System.Net.IPAddress.Loopback));
        }

        host.Time.Advance(BanLinks.Lifetime);
        await ChatHost.RefusedAsync(Refusal.SignedOut, () => appeals.AppealAsync(ticket, "Please.", null));
        var other = System.Net.IPAddress.Parse("192.0.2.1");
        for (var i = 0; i < 10; i++)
        {
            await ChatHost.RefusedAsync(Refusal.SignedOut, () => appeals.AppealAsync("none", "Please.", other));
        }

        await ChatHost.RefusedAsync(Refusal.TooMany, () => appeals.AppealAsync(Ticket(host, bob), "Please.", other));
    }

    [Fact]
    public async Task Appeal_OfABanThatIsOver_IsNotNeeded()
    {
        await using var host = await ChatHost.StartAsync();
        var (max, bob) = (await BanServiceTests.ModeratorAsync(host), await host.AddAsync("Bob"));
        await host.Get<BanService>().BanAsync(max, bob.UserId, new BanRequest(TimeSpan.FromMinutes(5), "Spam."));
        var ticket = Ticket(host, bob);
        host.Time.Advance(TimeSpan.FromMinutes(5));
        await ChatHost.RefusedAsync(Refusal.Conflict, () => host.Get<BanAppeals>().AppealAsync(ticket, "Please.", null));
    }

    private static string Ticket(ChatHost host, Actor person) => Uri.UnescapeDataString(host.Get<BanLinks>().To(person.UserId).Split("ticket=")[1]);
}
