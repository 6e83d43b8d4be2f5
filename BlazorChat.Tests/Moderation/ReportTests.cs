using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Moderation;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Moderation;

public sealed class ReportTests
{
    [Fact]
    public async Task ReportAsync_ThenEditedAndDeleted_TheTextAsItWasIsKept()
    {
        await using var host = await ChatHost.StartAsync();
        var (mira, bob, cem) = await PeopleAsync(host);
        var bad = await host.Messages.PostAsync(bob, host.General, "a *nasty* word");
        var id = (await Reports(host).ReportAsync(cem, bad.Id, ReportReason.Harassment, "  at me ")).Id;
        await host.Messages.EditAsync(bob, bad.Id, "a flower");

        var changed = await Queries(host).ContextAsync(mira, id);
        Assert.Equal(("a *nasty* word", "a flower", true, false), (changed.Text, changed.Message!.Text, changed.IsChanged, changed.IsGone));
        var voice = Assert.Single(changed.Voices);
        Assert.Equal((cem.UserId, ReportReason.Harassment, "at me"), (voice.Reporter.Id, voice.Reason, voice.Note));

        await host.Messages.DeleteAsync(bob, bad.Id);
        var gone = await Queries(host).ContextAsync(mira, id);
        Assert.Equal(("a *nasty* word", "", true), (gone.Text, gone.Message!.Text, gone.IsGone));
        Assert.Equal("a nasty word", Assert.Single((await Queries(host).ListAsync(mira, new ReportFilter())).Rows).Excerpt);
        await ChatHost.RefusedAsync(Refusal.Conflict, () => Reports(host).ReportAsync(host.Ann, bad.Id, ReportReason.Spam, ""));
    }

    [Fact]
    public async Task ReportAsync_WhatIsNotTheirsToReport_IsRefused()
    {
        await using var host = await ChatHost.StartAsync();
        var (_, bob, cem) = await PeopleAsync(host);
        var hidden = await host.PrivateAsync(host.Ann, bob);
        var unseen = await host.Messages.PostAsync(bob, hidden, "hidden");
        var own = await host.Messages.PostAsync(cem, host.General, "mine");
        var owners = await host.Messages.PostAsync(host.Ann, host.General, "I own this place");

        var known = await ChatHost.RefusedAsync(Refusal.NotFound, () => Reports(host).ReportAsync(cem, unseen.Id, ReportReason.Spam, ""));
        var unknown = await ChatHost.RefusedAsync(Refusal.NotFound, () => Reports(host).ReportAsync(cem, 4711, ReportReason.Spam, ""));
        Assert.Equal(unknown.Message, known.Message);
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => Reports(host).ReportAsync(cem, own.Id, ReportReason.Spam, ""));
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => Reports(host).ReportAsync(cem, owners.Id, ReportReason.Spam, ""));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => Reports(host).ReportAsync(bob, own.Id, ReportReason.Other, "  "));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => Reports(host).ReportAsync(bob, own.Id, (ReportReason)99, "x"));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => Reports(host).ReportAsync(bob, own.Id, ReportReason.Spam, new string('x', Report.MaxNoteLength + 1)));
        await using var db = await host.OpenAsync();
        Assert.Equal(0, await db.Reports.CountAsync());

        // With a second owner there is somebody to decide, and nobody but them.
        await host.Get<PeopleService>().SetRoleAsync(host.Ann, bob.UserId, Role.Owner);
        await Reports(host).ReportAsync(cem, owners.Id, ReportReason.Spam, "");
        Assert.Single((await Queries(host).ListAsync(bob, new ReportFilter())).Rows);
        Assert.Empty((await Queries(host).ListAsync(host.Ann, new ReportFilter())).Rows);
    }

    [Fact]
    public async Task ReportAsync_ByAToken_NeedsItsScopeAndItsRoom()
    {
        await using var host = await ChatHost.StartAsync();
        var (_, bob, cem) = await PeopleAsync(host);
        var message = await host.Messages.PostAsync(bob, host.General, "hello");
        var other = await host.Rooms.CreateAsync(cem, "Other", RoomKind.Public);
        async Task<Actor> TokenAsync(Scope scopes, long? room) => new(cem.UserId, await host.Sessions.StartAsync(
            new Session { UserId = cem.UserId, Kind = SessionKind.Token, Device = "script", Scopes = scopes, RoomId = room }));

        var reading = await TokenAsync(Scope.Read, null);
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => Reports(host).ReportAsync(reading, message.Id, ReportReason.Spam, ""));
        var elsewhere = await TokenAsync(Scope.Read | Scope.Write, other);
        await ChatHost.RefusedAsync(Refusal.NotFound, () => Reports(host).ReportAsync(elsewhere, message.Id, ReportReason.Spam, ""));
        var here = await TokenAsync(Scope.Read | Scope.Write, host.General);
        Assert.True((await Reports(host).ReportAsync(here, message.Id, ReportReason.Spam, "")).IsNew);
        Assert.Empty(await Queries(host).MineAsync(elsewhere));
        Assert.Single(await Queries(host).MineAsync(here));
    }

    [Fact]
    public async Task ReportAsync_Twice_ChangesTheNoteAndIsOneReport()
    {
        await using var host = await ChatHost.StartAsync();
        var (mira, bob, cem) = await PeopleAsync(host);
        var bad = await host.Messages.PostAsync(bob, host.General, "buy this");

        var receipts = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => Reports(host).ReportAsync(cem, bad.Id, ReportReason.Spam, "first"))));
        var again = await Reports(host).ReportAsync(cem, bad.Id, ReportReason.Other, "a trap");

        Assert.Equal(1, receipts.Count(r => r.IsNew));
        Assert.False(again.IsNew);
        var row = Assert.Single((await Queries(host).ListAsync(mira, new ReportFilter())).Rows);
        Assert.Equal((again.Id, 1), (row.Id, row.Count));
        var voice = Assert.Single((await Queries(host).ContextAsync(mira, row.Id)).Voices);
        Assert.Equal((ReportReason.Other, "a trap"), (voice.Reason, voice.Note));
    }

    [Fact]
    public async Task ReportAsync_AfterTheDecision_OnlyWhereTheMessageSaysSomethingElseNow()
    {
        await using var host = await ChatHost.StartAsync();
        var (mira, bob, cem) = await PeopleAsync(host);
        var bad = await host.Messages.PostAsync(bob, host.General, "harmless");
        var id = (await Reports(host).ReportAsync(cem, bad.Id, ReportReason.Spam, "")).Id;
        await Review(host).DismissAsync(mira, id);

        await ChatHost.RefusedAsync(Refusal.Conflict, () => Reports(host).ReportAsync(cem, bad.Id, ReportReason.Spam, "but"));
        await host.Messages.EditAsync(bob, bad.Id, "not so harmless");
        Assert.Equal(new ReportReceipt(id, true), await Reports(host).ReportAsync(cem, bad.Id, ReportReason.Hate, "now it is"));
        var found = await Queries(host).ContextAsync(mira, id);
        Assert.Equal((ReportState.Open, "not so harmless", null), (found.Row.State, found.Text, found.Row.Handler));
    }

    [Fact]
    public async Task ReportAsync_FloodOfReports_IsLimited()
    {
        await using var host = await ChatHost.StartAsync(services => services.AddSingleton(new RateLimits(new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>(ChatHost.NoLimits) { ["Limits:Reports:Burst"] = "3", ["Limits:Reports:PerSecond"] = "0.001" })
            .Build())));
        var (_, bob, cem) = await PeopleAsync(host);
        for (var i = 0; i < 3; i++)
        {
            await Reports(host).ReportAsync(cem, (await host.Messages.PostAsync(bob, host.General, $"{i}")).Id, ReportReason.Spam, "");
        }

        var more = await host.Messages.PostAsync(bob, host.General, "more");
        Assert.NotNull((await ChatHost.RefusedAsync(Refusal.TooMany, () => Reports(host).ReportAsync(cem, more.Id, ReportReason.Spam, ""))).RetryAfter);
    }

    [Fact]
    public async Task ClaimAsync_ManyModeratorsAtOnce_OneIsFirstAndTheOthersAreToldWho()
    {
        await using var host = await ChatHost.StartAsync();
        var (_, bob, cem) = await PeopleAsync(host);
        var bad = await host.Messages.PostAsync(bob, host.General, "buy this");
        var first = (await Reports(host).ReportAsync(cem, bad.Id, ReportReason.Spam, "")).Id;
        var second = (await Reports(host).ReportAsync(host.Ann, bad.Id, ReportReason.Hate, "")).Id;
        List<Actor> moderators = [];
        foreach (var name in new[] { "Mia", "Max", "Mo", "Mei" })
        {
            moderators.Add(await ModeratorAsync(host, name));
        }

        // By either report: all that waits of a message is one case.
        var answers = await Task.WhenAll(moderators.Select((m, i) => Task.Run(async () =>
        {
            try
            {
                await Review(host).ClaimAsync(m, i % 2 == 0 ? first : second);
                return null;
            }
            catch (RefusedException refused)
            {
                return refused;
            }
        })));

        var winner = moderators[Array.FindIndex(answers, a => a is null)];
        Assert.Equal(1, answers.Count(a => a is null));
        var name1 = (await host.Get<PeopleDirectory>().GetAsync(winner.UserId)).Name;
        Assert.All(answers.Where(a => a is not null), a => Assert.Equal((Refusal.Conflict, $"{name1} has taken this."), (a!.Refusal, a.Message)));
        var row = Assert.Single((await Queries(host).ListAsync(winner, new ReportFilter(ReportState.Claimed, IsMine: true))).Rows);
        Assert.Equal((winner.UserId, 2), (row.Handler!.Id, row.Count));
        await Review(host).ClaimAsync(winner, second);
        await using var db = await host.OpenAsync();
        Assert.Equal(1, await db.AuditEntries.CountAsync(e => e.Act == AuditAct.ReportClaimed));

        // A report that comes in meanwhile is theirs too.
        await Reports(host).ReportAsync(moderators.First(m => m != winner), bad.Id, ReportReason.Spam, "I too");
        Assert.Empty((await Queries(host).ListAsync(winner, new ReportFilter())).Rows);
    }

    [Fact]
    public async Task ResolveAsync_ClosesTheOtherReportsOfTheMessage_AndTheReportersReadWhatWasDone()
    {
        await using var host = await ChatHost.StartAsync();
        var (mira, bob, cem) = await PeopleAsync(host);
        var bad = await host.Messages.PostAsync(bob, host.General, "buy this");
        var other = await host.Messages.PostAsync(bob, host.General, "and that");
        var id = (await Reports(host).ReportAsync(cem, bad.Id, ReportReason.Spam, "")).Id;
        await Reports(host).ReportAsync(host.Ann, bad.Id, ReportReason.Spam, "");
        await Reports(host).ReportAsync(cem, other.Id, ReportReason.Spam, "");
        using var ear = host.Listen(mira, Topic.Moderation);

        await ChatHost.RefusedAsync(Refusal.Invalid, () => Review(host).ResolveAsync(mira, id, " "));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => Review(host).ResolveAsync(mira, id, new string('x', Report.MaxNoteLength + 1)));
        await Review(host).ResolveAsync(mira, id, " Removed it. ");

        Assert.Equal(ModerationList.Reports, Assert.Single(await ear.DrainedAsync<ModerationChanged>()).List);
        Assert.Equal(other.Id, Assert.Single((await Queries(host).ListAsync(mira, new ReportFilter())).Rows).MessageId);
        Assert.Equal(1, await Queries(host).CountOpenAsync(mira));
        var done = Assert.Single((await Queries(host).ListAsync(mira, new ReportFilter(ReportState.Resolved))).Rows);
        Assert.Equal((2, "Removed it.", mira.UserId), (done.Count, done.Outcome, done.Handler!.Id));
        Assert.Equal([ReportState.Open, ReportState.Resolved], (await Queries(host).MineAsync(cem)).Select(r => r.State));
        Assert.Equal("Removed it.", (await Queries(host).MineAsync(host.Ann)).Single().Outcome);
        await ChatHost.RefusedAsync(Refusal.Conflict, () => Review(host).DismissAsync(mira, id));
        await ChatHost.RefusedAsync(Refusal.Conflict, () => Review(host).ReleaseAsync(mira, id));
        Assert.Equal("Mira has resolved this already.", (await ChatHost.RefusedAsync(Refusal.Conflict, () => Review(host).ClaimAsync(host.Ann, id))).Message);
        await using var db = await host.OpenAsync();
        var entry = await db.AuditEntries.SingleAsync(e => e.Act == AuditAct.ReportResolved);
        Assert.Equal((mira.UserId, id, bob.UserId, "Bob", host.General, "Removed it."), (entry.ActorId, entry.SubjectId, entry.PersonId, entry.SubjectName, entry.RoomId, entry.Reason));

        var before = await Queries(host).ContextAsync(mira, (await Queries(host).ListAsync(mira, new ReportFilter())).Rows[0].Id);
        Assert.Equal((1, 1), (before.EarlierReports, before.EarlierResolved));
    }

    [Fact]
    public async Task ReleaseAsync_ByWhoTookItOrOutranksThem_LetsOthersTakeIt()
    {
        await using var host = await ChatHost.StartAsync();
        var (mira, bob, cem) = await PeopleAsync(host);
        var moe = await ModeratorAsync(host, "Moe");
        var id = (await Reports(host).ReportAsync(cem, (await host.Messages.PostAsync(bob, host.General, "x")).Id, ReportReason.Spam, "")).Id;

        await Review(host).ClaimAsync(mira, id);
        Assert.Equal("Mira has taken this.", (await ChatHost.RefusedAsync(Refusal.Conflict, () => Review(host).ReleaseAsync(moe, id))).Message);
        Assert.False((await Queries(host).ContextAsync(moe, id)).MayRelease);
        await ChatHost.RefusedAsync(Refusal.Conflict, () => Review(host).ResolveAsync(moe, id, "mine"));
        await Review(host).ReleaseAsync(mira, id);
        await Review(host).ClaimAsync(moe, id);
        Assert.True((await Queries(host).ContextAsync(host.Ann, id)).MayRelease);
        await Review(host).ReleaseAsync(host.Ann, id);

        // Somebody who is no moderator any more keeps nothing from the others.
        await Review(host).ClaimAsync(moe, id);
        await host.Get<PeopleService>().SetRoleAsync(host.Ann, moe.UserId, Role.Member);
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => Review(host).ResolveAsync(moe, id, "still here"));
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => Queries(host).ContextAsync(moe, id));
        Assert.True((await Queries(host).ContextAsync(mira, id)).MayRelease);
        await Review(host).ReleaseAsync(mira, id);
        await Review(host).DismissAsync(mira, id);
        Assert.Single((await Queries(host).ListAsync(mira, new ReportFilter(ReportState.Dismissed))).Rows);
    }

    [Fact]
    public async Task Reports_AboutOneselfOrSomebodyOfEqualOrHigherRank_AreNotThere()
    {
        await using var host = await ChatHost.StartAsync();
        var (mira, bob, _) = await PeopleAsync(host);
        var moe = await ModeratorAsync(host, "Moe");
        var adam = await host.AddAsync("Adam");
        await host.Get<PeopleService>().SetRoleAsync(host.Ann, adam.UserId, Role.Administrator);
        List<long> ids = [];
        foreach (var author in new[] { mira, moe, adam })
        {
            ids.Add((await Reports(host).ReportAsync(bob, (await host.Messages.PostAsync(author, host.General, "power")).Id, ReportReason.Harassment, "")).Id);
        }

        async Task<long[]> SeenAsync(Actor actor) => [.. (await Queries(host).ListAsync(actor, new ReportFilter())).Rows.Select(r => r.Id)];
        Assert.Empty(await SeenAsync(mira));
        Assert.Equal(0, await Queries(host).CountOpenAsync(mira));
        Assert.Equal(ids[..2], await SeenAsync(adam));
        Assert.Equal(ids, await SeenAsync(host.Ann));
        foreach (var id in ids)
        {
            await ChatHost.RefusedAsync(Refusal.NotFound, () => Queries(host).ContextAsync(mira, id));
            await ChatHost.RefusedAsync(Refusal.NotFound, () => Review(host).ClaimAsync(mira, id));
            await ChatHost.RefusedAsync(Refusal.NotFound, () => Review(host).DismissAsync(mira, id));
        }
    }

    [Fact]
    public async Task ContextAsync_PrivateRoomOfOthers_ShowsTenLinesAroundAndNoMore()
    {
        await using var host = await ChatHost.StartAsync();
        var (mira, bob, cem) = await PeopleAsync(host);
        var hidden = await host.PrivateAsync(bob, cem);
        List<MessageView> said = [];
        for (var i = 0; i < 30; i++)
        {
            said.Add(await host.Messages.PostAsync(bob, hidden, $"line {i}"));
        }

        async Task<string[]> AroundAsync(int index)
        {
            var id = (await Reports(host).ReportAsync(cem, said[index].Id, ReportReason.Spam, "")).Id;
            return [.. (await Queries(host).ContextAsync(mira, id)).Lines.Select(l => l.Text)];
        }

        Assert.Equal(Enumerable.Range(10, 11).Select(i => $"line {i}"), await AroundAsync(15));
        Assert.Equal(Enumerable.Range(0, 11).Select(i => $"line {i}"), await AroundAsync(1));
        Assert.Equal(Enumerable.Range(19, 11).Select(i => $"line {i}"), await AroundAsync(28));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.MessageQueries.NewestAsync(mira, hidden));
        var found = await Queries(host).ContextAsync(mira, (await Queries(host).ListAsync(mira, new ReportFilter())).Rows[0].Id);
        Assert.Equal((RoomKind.Private, true, false, false), (found.RoomKind, found.MayAct, found.MayModerateRoom, found.MayRemoveFromRoom));
    }

    [Fact]
    public async Task Report_ItsReporterLeavesAndTheServerStartsAgain_IsStillThere()
    {
        var host = await ChatHost.StartAsync();
        var (mira, bob, cem) = await PeopleAsync(host);
        var hidden = await host.PrivateAsync(bob, cem, await host.AddAsync("Dan"));
        var id = (await Reports(host).ReportAsync(cem, (await host.Messages.PostAsync(bob, hidden, "bad")).Id, ReportReason.Illegal, "")).Id;
        await Review(host).ClaimAsync(mira, id);
        await host.Memberships.LeaveAsync(cem, hidden);
        await using var again = await host.RestartAsync();

        Assert.Equal(id, Assert.Single((await Queries(again).ListAsync(mira, new ReportFilter(ReportState.Claimed, IsMine: true))).Rows).Id);
        Assert.Equal("bad", Assert.Single((await Queries(again).ContextAsync(mira, id)).Lines).Text);
        await Review(again).ResolveAsync(mira, id, "Told them off");
        Assert.Equal("Told them off", Assert.Single(await Queries(again).MineAsync(cem)).Outcome);
    }

    [Fact]
    public async Task ListAsync_ManyReports_TurnsPagesInBothOrders()
    {
        await using var host = await ChatHost.StartAsync();
        var (mira, bob, cem) = await PeopleAsync(host);
        List<long> ids = [];
        for (var i = 0; i < ReportQueries.PageSize + 5; i++)
        {
            ids.Add((await Reports(host).ReportAsync(cem, (await host.Messages.PostAsync(bob, host.General, $"{i}")).Id, ReportReason.Spam, "")).Id);
        }

        foreach (var oldestFirst in new[] { true, false })
        {
            var expected = oldestFirst ? ids : Enumerable.Reverse(ids).ToList();
            var first = await Queries(host).ListAsync(mira, new ReportFilter(OldestFirst: oldestFirst));
            var second = await Queries(host).ListAsync(mira, new ReportFilter(OldestFirst: oldestFirst, Past: first.Rows[^1].Id));
            Assert.Equal((true, false), (first.HasMore, second.HasMore));
            Assert.Equal(expected, first.Rows.Concat(second.Rows).Select(r => r.Id));
        }
    }

    private static ReportService Reports(ChatHost host) => host.Get<ReportService>();

    private static ReportQueries Queries(ChatHost host) => host.Get<ReportQueries>();

    private static ReportReview Review(ChatHost host) => host.Get<ReportReview>();

    private static async Task<(Actor Mira, Actor Bob, Actor Cem)> PeopleAsync(ChatHost host) =>
        (await ModeratorAsync(host, "Mira"), await host.AddAsync("Bob"), await host.AddAsync("Cem"));

    private static async Task<Actor> ModeratorAsync(ChatHost host, string name)
    {
        var moderator = await host.AddAsync(name);
        await host.Get<PeopleService>().SetRoleAsync(host.Ann, moderator.UserId, Role.Moderator);
        return moderator;
    }
}
