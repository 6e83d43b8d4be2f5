using System.Net;
using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Bots;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Moderation;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Moderation;

/// <summary>A ban takes everything at once, nobody slips through beside it, and it is undone by lifting it or by its time.</summary>
public sealed class BanServiceTests
{
    private static readonly BanRequest ForGood = new(null, "Spam.");

    [Fact]
    public async Task BanAsync_EndsEverythingThatThePersonHasOpen_AndNothingComesAfter()
    {
        await using var host = await ChatHost.StartAsync();
        var (max, bob) = (await ModeratorAsync(host), await host.AddAsync("Bob"));
        Actor[] tabs = [bob, await host.SignInAsync(bob.UserId), await host.SignInAsync(bob.UserId)];
        var token = await host.Get<TokenService>().CreateAsync(bob, "script", Scope.Read | Scope.Write);
        var program = (await host.Get<TokenRegistry>().FindAsync(token.Token))!.Actor;
        Ear[] ears = [.. tabs.Append(program).Select(a => host.Listen(a, Topic.Room(host.General)))];

        await host.Get<BanService>().BanAsync(max, bob.UserId, ForGood);

        // All of it before the call returns: what is said from now on is said without them.
        for (var i = 0; i < 100; i++)
        {
            await host.Messages.PostAsync(host.Ann, host.General, $"zebrafish {i}");
        }

        foreach (var ear in ears)
        {
            await ear.HearsAsync<SessionEnded>();
            Assert.Empty(ear.Heard<MessagePosted>());
            ear.Dispose();
        }

        Assert.Null(await host.Get<TokenRegistry>().FindAsync(token.Token));
        foreach (var actor in tabs.Append(program))
        {
            await ChatHost.RefusedAsync(Refusal.SignedOut, () => host.Messages.PostAsync(actor, host.General, "still here"));
        }
    }

    [Fact]
    public async Task BanAsync_WhileThePersonSends_StoresNothingThatCameAfterIt()
    {
        await using var host = await ChatHost.StartAsync();
        var (max, bob) = (await ModeratorAsync(host), await host.AddAsync("Bob"));
        var stop = false;
        var senders = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!Volatile.Read(ref stop))
            {
                try
                {
                    await host.Messages.PostAsync(bob, host.General, "on and on");
                }
                catch (RefusedException)
                {
                    return;
                }
            }
        })).ToArray();
        await Wait.UntilAsync(async () => (await host.MessageQueries.NewestAsync(host.Ann, host.General)).Messages.Count > 0);
        await host.Get<BanService>().BanAsync(max, bob.UserId, ForGood);
        var last = await host.Messages.PostAsync(host.Ann, host.General, "the last word");
        await Task.WhenAll(senders);
        Volatile.Write(ref stop, true);
        await host.Messages.PostAsync(host.Ann, host.General, "and after it");
        var after = await host.MessageQueries.AfterAsync(host.Ann, host.General, last.Seq);
        Assert.DoesNotContain(after.Messages, m => m.Sender.Id == bob.UserId);
    }

    [Fact]
    public async Task SignInUnderWay_DoesNotSurviveTheBan()
    {
        await using var host = await ChatHost.StartAsync();
        var (max, bob) = (await ModeratorAsync(host), await host.AddAsync("Bob"));
        var user = await host.Get<SignInService>().CheckAsync("bob@example.com", ChatHost.Password, IPAddress.Loopback);
        await host.Get<BanService>().BanAsync(max, bob.UserId, ForGood);

        // The password was right before; the session is refused all the same, and says whom to tell why.
        var refused = await ChatHost.RefusedAsync(Refusal.Banned, () => host.Sessions.StartAsync(user.Id, "a browser"));
        Assert.Equal(bob.UserId, refused.BannedId);
        await ChatHost.RefusedAsync(Refusal.Banned, () => host.Get<TokenPairs>().SignInAsync("bob@example.com", ChatHost.Password, null, "a phone"));
    }

    [Fact]
    public async Task ManySignInsAtTheMomentOfTheBan_LeaveNoActiveSession()
    {
        await using var host = await ChatHost.StartAsync();
        var (max, bob) = (await ModeratorAsync(host), await host.AddAsync("Bob"));
        var actors = new System.Collections.Concurrent.ConcurrentBag<Actor>();
        var signIns = Enumerable.Range(0, 30).Select(_ => Task.Run(async () =>
        {
            try
            {
                actors.Add(await host.SignInAsync(bob.UserId));
            }
            catch (RefusedException refused) when (refused.Refusal == Refusal.Banned)
            {
            }
        })).ToArray();
        await host.Get<BanService>().BanAsync(max, bob.UserId, ForGood);
        await Task.WhenAll(signIns);
        foreach (var actor in actors)
        {
            Assert.False(await host.Sessions.IsActiveAsync(actor));
        }
    }

    [Fact]
    public async Task RefreshToken_OfABannedPerson_OpensNothing()
    {
        await using var host = await ChatHost.StartAsync();
        var (max, bob) = (await ModeratorAsync(host), await host.AddAsync("Bob"));
        var pair = await host.Get<TokenPairs>().SignInAsync("bob@example.com", ChatHost.Password, null, "a phone");
        await host.Get<BanService>().BanAsync(max, bob.UserId, ForGood);
        await ChatHost.RefusedAsync(Refusal.SignedOut, () => host.Get<TokenPairs>().RefreshAsync(pair.RefreshToken, null));
        Assert.Null(await host.Get<TokenRegistry>().FindAsync(pair.AccessToken));
    }

    [Fact]
    public async Task BannedBot_StandsStill_AndWorksAgainWhenTheBanIsLifted()
    {
        await using var host = await ChatHost.StartAsync();
        var max = await ModeratorAsync(host);
        var bot = await host.Get<BotService>().CreateAsync(host.Ann, "Robo");
        var token = await host.Get<TokenService>().CreateForBotAsync(host.Ann, bot.Id, "script", Scope.Read);
        var hook = await host.Get<IncomingWebhooks>().CreateAsync(host.Ann, host.General, "Hook");
        long hookBot;
        await using (var db = await host.OpenAsync())
        {
            hookBot = await db.IncomingWebhooks.Select(w => w.BotId).SingleAsync();
        }

        var bans = host.Get<BanService>();
        var ids = new[] { await bans.BanAsync(max, bot.Id, ForGood), await bans.BanAsync(max, hookBot, ForGood) };
        Assert.Null(await host.Get<TokenRegistry>().FindAsync(token.Token));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Get<IncomingWebhooks>().PostAsync(hook.Secret, new HookPayload("hello")));
        await ChatHost.RefusedAsync(Refusal.Banned, () => host.Get<TokenService>().CreateForBotAsync(host.Ann, bot.Id, "another", Scope.Read));

        foreach (var id in ids)
        {
            await bans.LiftAsync(max, id);
        }

        Assert.NotNull(await host.Get<TokenRegistry>().FindAsync(token.Token));
        Assert.Equal("hello", (await host.Get<IncomingWebhooks>().PostAsync(hook.Secret, new HookPayload("hello"))).Text);
    }

    [Fact]
    public async Task BanAsync_OfEqualOrHigherRank_OrTheLastOwner_IsRefused()
    {
        await using var host = await ChatHost.StartAsync();
        var (max, mia) = (await ModeratorAsync(host), await ModeratorAsync(host, "Mia"));
        var bans = host.Get<BanService>();
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => bans.BanAsync(max, mia.UserId, ForGood));
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => bans.BanAsync(max, host.Ann.UserId, ForGood));
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => bans.BanAsync(host.Ann, host.Ann.UserId, ForGood));
        var bob = await host.AddAsync("Bob");
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => bans.BanAsync(bob, max.UserId, ForGood));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => bans.BanAsync(max, 999, ForGood));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => bans.BanAsync(max, bob.UserId, new BanRequest(null, " ")));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => bans.BanAsync(max, bob.UserId, new BanRequest(TimeSpan.Zero, "Spam.")));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => bans.BanAsync(max, bob.UserId, new BanRequest(null, new string('x', Ban.MaxTextLength + 1))));
        Assert.Equal(0L, host.Scalar<long>("SELECT count(*) FROM Bans"));
        Assert.True(await host.Sessions.IsActiveAsync(bob));
    }

    [Fact]
    public async Task DemotedModerator_WithThePageOpen_BansNobodyAnyMore()
    {
        await using var host = await ChatHost.StartAsync();
        var (max, bob) = (await ModeratorAsync(host), await host.AddAsync("Bob"));
        var ban = await host.Get<BanService>().BanAsync(max, bob.UserId, ForGood);
        await host.Get<PeopleService>().SetRoleAsync(host.Ann, max.UserId, Role.Member);
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Get<BanService>().LiftAsync(max, ban));
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Get<BanQueries>().ListAsync(max, new BanQuery()));
    }

    [Fact]
    public async Task TwoModeratorsAtOnce_BanOnce_AndTheSecondHearsWhoDid()
    {
        await using var host = await ChatHost.StartAsync();
        var (max, mia, bob) = (await ModeratorAsync(host), await ModeratorAsync(host, "Mia"), await host.AddAsync("Bob"));
        var outcomes = await Task.WhenAll(((Actor[])[max, mia]).Select(async moderator =>
        {
            try
            {
                await host.Get<BanService>().BanAsync(moderator, bob.UserId, ForGood);
                return null;
            }
            catch (RefusedException refused)
            {
                return refused;
            }
        }));
        var refused = Assert.Single(outcomes.OfType<RefusedException>());
        Assert.Equal(Refusal.Conflict, refused.Refusal);
        Assert.Contains(outcomes[0] is null ? "Max" : "Mia", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1L, host.Scalar<long>("SELECT count(*) FROM Bans"));
        Assert.Equal(1L, host.Scalar<long>("SELECT count(*) FROM AuditEntries WHERE Act = 'Banned'"));
    }

    [Fact]
    public async Task Ban_EndsAtItsTime_AlsoAcrossARestart()
    {
        var host = await ChatHost.StartAsync();
        try
        {
            var (max, bob) = (await ModeratorAsync(host), await host.AddAsync("Bob"));
            await host.Get<BanService>().BanAsync(max, bob.UserId, new BanRequest(TimeSpan.FromHours(1), "Cool down."));
            host.Time.Advance(TimeSpan.FromMinutes(59));
            await ChatHost.RefusedAsync(Refusal.Banned, () => host.SignInAsync(bob.UserId));
            host.Time.Advance(TimeSpan.FromMinutes(1));
            await host.SignInAsync(bob.UserId);
            Assert.Equal(BanState.Expired, (await host.Get<BanQueries>().ListAsync(max, new BanQuery(BanFilter.Over))).Rows.Single().State);

            await host.Get<BanService>().BanAsync(max, bob.UserId, new BanRequest(TimeSpan.FromHours(1), "Again."));
            host = await host.RestartAsync();
            await ChatHost.RefusedAsync(Refusal.Banned, () => host.SignInAsync(bob.UserId));

            // Another host's clock begins anew, an hour before the end and more.
            host.Time.Advance(TimeSpan.FromHours(2));
            await host.SignInAsync(bob.UserId);
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task LiftAsync_GivesAccessBack_Once_AndIsOnRecord()
    {
        await using var host = await ChatHost.StartAsync();
        var (max, mia, bob) = (await ModeratorAsync(host), await ModeratorAsync(host, "Mia"), await host.AddAsync("Bob"));
        using var page = host.Listen(mia, Topic.Moderation);
        var ban = await host.Get<BanService>().BanAsync(max, bob.UserId, new BanRequest(TimeSpan.FromDays(7), "Spam."));
        await host.Get<BanService>().LiftAsync(mia, ban);
        Assert.Equal(2, (await page.DrainedAsync<ModerationChanged>()).Length);
        var back = await host.SignInAsync(bob.UserId);
        await host.Messages.PostAsync(back, host.General, "I am back");
        Assert.False(await host.Sessions.IsActiveAsync(bob));
        Assert.Contains("Mia", (await ChatHost.RefusedAsync(Refusal.Conflict, () => host.Get<BanService>().LiftAsync(max, ban))).Message, StringComparison.Ordinal);

        await using var db = await host.OpenAsync();
        var entries = await db.AuditEntries.Where(e => e.PersonId == bob.UserId).OrderBy(e => e.Id).ToListAsync();
        Assert.Equal([AuditAct.Banned, AuditAct.BanLifted], entries.Select(e => e.Act));
        Assert.Equal(("Max", "Spam.", "until 2026-01-09 03:04 UTC"), (entries[0].ActorName, entries[0].Reason, entries[0].After));
    }

    [Fact]
    public async Task BannedPeople_AreOfferedToNobody_WhileTheyAreBanned()
    {
        await using var host = await ChatHost.StartAsync();
        var (max, bob) = (await ModeratorAsync(host), await host.AddAsync("Bob"));
        await host.Get<BanService>().BanAsync(max, bob.UserId, new BanRequest(TimeSpan.FromHours(1), "Spam."));
        Assert.DoesNotContain(await host.RoomQueries.PeopleAsync(max, ""), p => p.Id == bob.UserId);
        Assert.DoesNotContain(await host.RoomQueries.MembersAsync(max, host.General), m => m.Person.Id == bob.UserId);
        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Rooms.OpenDirectAsync(max, [bob.UserId]));
        host.Time.Advance(TimeSpan.FromHours(1));
        Assert.Contains(await host.RoomQueries.PeopleAsync(max, ""), p => p.Id == bob.UserId);
        Assert.Contains(await host.RoomQueries.MembersAsync(max, host.General), m => m.Person.Id == bob.UserId);
    }

    [Fact]
    public async Task ChangeOfNameAtTheSameMoment_DoesNotTakeTheBanAway()
    {
        await using var host = await ChatHost.StartAsync();
        var (max, bob) = (await ModeratorAsync(host), await host.AddAsync("Bob"));
        var renames = Enumerable.Range(0, 10).Select(i => Task.Run(async () =>
        {
            try
            {
                await host.Get<ProfileService>().RenameAsync(bob, $"Bob {i}");
            }
            catch (RefusedException)
            {
                // Signed out, or somebody else was quicker.
            }
        })).ToArray();
        await host.Get<BanService>().BanAsync(max, bob.UserId, ForGood);
        await Task.WhenAll(renames);
        await ChatHost.RefusedAsync(Refusal.Banned, () => host.SignInAsync(bob.UserId));
    }

    internal static async Task<Actor> ModeratorAsync(ChatHost host, string name = "Max", Role role = Role.Moderator)
    {
        var actor = await host.AddAsync(name);
        await host.Get<PeopleService>().SetRoleAsync(host.Ann, actor.UserId, role);
        return actor;
    }
}
