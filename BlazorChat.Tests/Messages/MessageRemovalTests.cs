using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Messages;

public sealed class MessageRemovalTests
{
    [Fact]
    public async Task RemoveAsync_ByAModerator_EmptiesTheMessageForEveryoneAndKeepsTheTextAside()
    {
        await using var host = await ChatHost.StartAsync();
        var (mod, bob) = (await ModeratorAsync(host), await host.AddAsync("Bob"));
        var bad = await host.Messages.PostAsync(bob, host.General, "a *nasty* word for @Ann");
        var reply = await host.Messages.PostAsync(host.Ann, host.General, "what?", replyToId: bad.Id);
        await host.MessageQueries.NewestAsync(bob, host.General);
        using var ear = host.Listen(bob, Topic.Room(host.General));

        var removed = await host.Messages.RemoveAsync(mod, bad.Id, "  No insults here.  ");

        Assert.True(removed is { IsRemoved: true, Text: "", Html: "", DeletedAt: not null });
        Assert.True(Assert.Single(await ear.HearsAsync<MessageDeleted>()).Message.IsRemoved);
        var shown = (await host.MessageQueries.NewestAsync(bob, host.General)).Messages;
        Assert.True(shown[0] is { IsRemoved: true, Html: "" });
        Assert.True(shown[1].ReplyTo is { Excerpt: null, IsRemoved: true } && shown[1].Id == reply.Id);
        Assert.Empty((await host.Get<MessageSearch>().SearchAsync(bob, "nasty")).Messages);
        await using var db = await host.OpenAsync();
        Assert.Equal(0, await db.Mentions.CountAsync());
        var kept = await db.RemovedMessages.SingleAsync();
        Assert.Equal(("a *nasty* word for @Ann", "No insults here.", mod.UserId, null), (kept.Text, kept.Reason, kept.ById, kept.BanId));
        var entry = await db.AuditEntries.SingleAsync(e => e.Act == AuditAct.MessageRemoved);
        Assert.Equal((mod.UserId, bad.Id, bob.UserId, host.General, "No insults here."), (entry.ActorId, entry.SubjectId, entry.PersonId, entry.RoomId, entry.Reason));
        Assert.DoesNotContain("nasty", $"{entry.Before}{entry.After}", StringComparison.Ordinal);
        Assert.Equal(1, (await host.Messages.PostAsync(bob, host.General, "and on", null)).Seq - 2);
    }

    [Fact]
    public async Task DeleteAsync_OwnMessage_LeavesNothingAndIsNoRemoval()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var (one, two) = (await host.Messages.PostAsync(bob, host.General, "one"), await host.Messages.PostAsync(host.Ann, host.General, "two"));
        await host.Messages.DeleteAsync(bob, one.Id);
        await host.Messages.RemoveAsync(host.Ann, two.Id, "my own");

        await using var db = await host.OpenAsync();
        Assert.Equal((0, 0), (await db.RemovedMessages.CountAsync(), await db.AuditEntries.CountAsync(e => e.Act == AuditAct.MessageRemoved)));
        Assert.All((await host.MessageQueries.NewestAsync(bob, host.General)).Messages, m => Assert.True(m is { IsRemoved: false, DeletedAt: not null }));
        await ChatHost.RefusedAsync(Refusal.Conflict, () => Removals(host).RestoreAsync(host.Ann, one.Id));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => Removals(host).WhyAsync(bob, one.Id));
    }

    [Fact]
    public async Task DeleteAsync_OfSomebodyElse_IsARemovalWithTheReasonThatWasGiven()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var (one, two) = (await host.Messages.PostAsync(bob, host.General, "one"), await host.Messages.PostAsync(bob, host.General, "two"));
        await host.Messages.DeleteAsync(host.Ann, one.Id);
        await host.Messages.DeleteAsync(host.Ann, two.Id, "Twice is enough.");
        await host.Messages.DeleteAsync(host.Ann, two.Id, "again");

        Assert.Equal((RemovalReason.None, "Twice is enough."), ((await Removals(host).WhyAsync(bob, one.Id)).Reason, (await Removals(host).WhyAsync(bob, two.Id)).Reason));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n ")]
    [InlineData(null)]
    public async Task RemoveAsync_WithoutAReason_IsInvalidAndChangesNothing(string? reason)
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var said = await host.Messages.PostAsync(bob, host.General, "fine");
        await ChatHost.RefusedAsync(Refusal.Invalid, () => host.Messages.RemoveAsync(host.Ann, said.Id, reason!));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => host.Messages.RemoveAsync(host.Ann, said.Id, new string('x', RemovedMessage.MaxReasonLength + 1)));
        Assert.Equal("fine", host.Scalar<string>("SELECT Text FROM Messages"));
        await host.Messages.RemoveAsync(host.Ann, said.Id, new string('x', RemovedMessage.MaxReasonLength));
    }

    [Fact]
    public async Task RemoveAsync_OfEqualOrHigherRank_IsForbidden()
    {
        await using var host = await ChatHost.StartAsync();
        var (mod, other, admin) = (await ModeratorAsync(host), await ModeratorAsync(host, "Mara"), await host.AddAsync("Adam"));
        var (keeper, bob) = (await host.AddAsync("Keeper"), await host.AddAsync("Bob"));
        await host.Get<PeopleService>().SetRoleAsync(host.Ann, admin.UserId, Role.Administrator);
        var room = await host.Rooms.CreateAsync(keeper, "Room", RoomKind.Private, memberIds: [mod.UserId, other.UserId, admin.UserId, bob.UserId]);
        var ofOther = await host.Messages.PostAsync(other, room, "of a moderator");
        var ofAdmin = await host.Messages.PostAsync(admin, room, "of an administrator");
        var ofKeeper = await host.Messages.PostAsync(keeper, room, "of the room's moderator");
        var ofBob = await host.Messages.PostAsync(bob, room, "of a member");

        await RefusedAsync(mod, ofOther, ofAdmin);
        await RefusedAsync(keeper, ofOther, ofAdmin);
        await RefusedAsync(bob, ofOther, ofAdmin, ofKeeper);
        await host.Messages.RemoveAsync(keeper, ofBob.Id, "by the room's moderator");
        await host.Messages.RemoveAsync(mod, ofKeeper.Id, "by a moderator");
        await host.Messages.RemoveAsync(admin, ofOther.Id, "by an administrator");

        // What somebody above them decided they do not undo.
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => Removals(host).RestoreAsync(other, ofOther.Id));
        var removedByAdmin = await host.Messages.PostAsync(bob, room, "once more");
        await host.Messages.RemoveAsync(admin, removedByAdmin.Id, "no");
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => Removals(host).RestoreAsync(mod, removedByAdmin.Id));
        await Removals(host).RestoreAsync(admin, removedByAdmin.Id);

        async Task RefusedAsync(Actor actor, params MessageView[] messages)
        {
            foreach (var message in messages)
            {
                await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Messages.RemoveAsync(actor, message.Id, "no"));
                await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Messages.DeleteAsync(actor, message.Id));
            }
        }
    }

    [Fact]
    public async Task RemoveAsync_TwoModeratorsAtOnce_OneIsFirstAndTheOtherIsTold()
    {
        await using var host = await ChatHost.StartAsync();
        var (mod, other, bob) = (await ModeratorAsync(host), await ModeratorAsync(host, "Mara"), await host.AddAsync("Bob"));
        for (var i = 0; i < 20; i++)
        {
            var said = await host.Messages.PostAsync(bob, host.General, $"line {i}");
            var both = await Task.WhenAll(
                new[] { mod, other }.Select(m => Task.Run(async () =>
                {
                    try
                    {
                        await host.Messages.RemoveAsync(m, said.Id, $"by {m.UserId}");
                        return m;
                    }
                    catch (RefusedException refused) when (refused.Refusal == Refusal.Conflict)
                    {
                        return null;
                    }
                })));
            var first = Assert.Single(both, m => m is not null)!;
            Assert.Equal($"by {first.UserId}", (await Removals(host).WhyAsync(bob, said.Id)).Reason);
        }

        Assert.Equal(20, host.Scalar<long>("SELECT count(*) FROM AuditEntries WHERE Act = 'MessageRemoved'"));
    }

    [Fact]
    public async Task RemoveAsync_DemotedOrRemovedMeanwhile_IsRefusedAtOnce()
    {
        await using var host = await ChatHost.StartAsync();
        var (mod, bob) = (await ModeratorAsync(host), await host.AddAsync("Bob"));
        var (one, two) = (await host.Messages.PostAsync(bob, host.General, "one"), await host.Messages.PostAsync(bob, host.General, "two"));
        await host.Messages.RemoveAsync(mod, one.Id, "no");

        await host.Get<PeopleService>().SetRoleAsync(host.Ann, mod.UserId, Role.Member);
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Messages.RemoveAsync(mod, two.Id, "no"));
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => Removals(host).RestoreAsync(mod, one.Id));
        await host.Get<PeopleService>().SetRoleAsync(host.Ann, mod.UserId, Role.Moderator);
        await host.Memberships.RemoveAsync(host.Ann, host.General, mod.UserId);
        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Messages.RemoveAsync(mod, two.Id, "no"));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => Removals(host).RestoreAsync(mod, one.Id));

        // But a report shows it to all who review them.
        await Removals(host).RestoreReportedAsync(mod, one.Id);
        await Removals(host).RemoveReportedAsync(mod, two.Id, "It was reported.");
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => Removals(host).RemoveReportedAsync(bob, one.Id, "no"));
    }

    [Fact]
    public async Task RemoveAsync_WhileItIsEdited_TheEditorIsToldThatItIsGone()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        for (var i = 0; i < 10; i++)
        {
            var said = await host.Messages.PostAsync(bob, host.General, "before");
            var edit = Task.Run(() => host.Messages.EditAsync(bob, said.Id, "after"));
            var remove = Task.Run(() => host.Messages.RemoveAsync(host.Ann, said.Id, "no"));
            await remove;
            var edited = await Record.ExceptionAsync(() => edit);
            Assert.True(edited is null or RefusedException { Refusal: Refusal.Conflict }, $"{edited}");
            Assert.Equal("", host.Scalar<string>($"SELECT Text FROM Messages WHERE Id = {said.Id}"));
            Assert.Equal(edited is null ? "after" : "before", (await Removals(host).WhyAsync(bob, said.Id)).Text);
        }
    }

    [Fact]
    public async Task RestoreAsync_BringsBackTextMentionsSearchAndQuotes_Once()
    {
        await using var host = await ChatHost.StartAsync();
        var (mod, bob) = (await ModeratorAsync(host), await host.AddAsync("Bob"));
        var said = await host.Messages.PostAsync(bob, host.General, "the **wonderful** @Ann");
        host.Time.Advance(TimeSpan.FromMinutes(1));
        await host.Messages.EditAsync(bob, said.Id, "the **wonderful** @Ann!");
        await host.Messages.PostAsync(host.Ann, host.General, "thanks", replyToId: said.Id);
        var before = (await host.MessageQueries.NewestAsync(bob, host.General)).Messages;
        await host.Messages.RemoveAsync(mod, said.Id, "a mistake");
        using var ear = host.Listen(bob, Topic.Room(host.General));

        var restored = await Removals(host).RestoreAsync(mod, said.Id);
        await ChatHost.RefusedAsync(Refusal.Conflict, () => Removals(host).RestoreAsync(mod, said.Id));

        Assert.Equal(before[0], restored);
        Assert.Equal(before[0], Assert.Single(await ear.HearsAsync<MessageEdited>()).Message);
        Assert.Equal(before, (await host.MessageQueries.NewestAsync(bob, host.General)).Messages);
        Assert.Equal(said.Id, Assert.Single((await host.Get<MessageSearch>().SearchAsync(bob, "wonderful")).Messages).Id);
        Assert.Equal(host.Ann.UserId, host.Scalar<long>("SELECT UserId FROM Mentions"));
        Assert.Equal(0, host.Scalar<long>("SELECT count(*) FROM RemovedMessages"));
        Assert.Equal(1, host.Scalar<long>("SELECT count(*) FROM AuditEntries WHERE Act = 'MessageRestored'"));
        host.Execute("INSERT INTO MessageSearch(MessageSearch, rank) VALUES('integrity-check', 1)");
        await ChatHost.RefusedAsync(Refusal.NotFound, () => Removals(host).WhyAsync(bob, said.Id));
    }

    [Fact]
    public async Task RestoreAsync_AfterThirtyDays_IsRefused()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var (one, two) = (await host.Messages.PostAsync(bob, host.General, "one"), await host.Messages.PostAsync(bob, host.General, "two"));
        await host.Messages.RemoveAsync(host.Ann, one.Id, "no");
        await host.Messages.RemoveAsync(host.Ann, two.Id, "no");
        host.Pass(TimeSpan.FromDays(RemovedMessage.KeptDays) - TimeSpan.FromSeconds(1));
        await Removals(host).RestoreAsync(host.Ann, one.Id);
        host.Time.Advance(TimeSpan.FromSeconds(1));
        var refused = await ChatHost.RefusedAsync(Refusal.Conflict, () => Removals(host).RestoreAsync(host.Ann, two.Id));
        Assert.Contains("30 days", refused.Message, StringComparison.Ordinal);
        Assert.Equal("no", (await Removals(host).WhyAsync(bob, two.Id)).Reason);
    }

    [Fact]
    public async Task WhyAsync_IsForTheAuthorAlone()
    {
        await using var host = await ChatHost.StartAsync();
        var (bob, cem) = (await host.AddAsync("Bob"), await host.AddAsync("Cem"));
        var room = await host.PrivateAsync(host.Ann, bob);
        var said = await host.Messages.PostAsync(bob, room, "hm");
        await host.Messages.RemoveAsync(host.Ann, said.Id, "Off topic.");

        await ChatHost.RefusedAsync(Refusal.NotFound, () => Removals(host).WhyAsync(cem, said.Id));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => Removals(host).WhyAsync(host.Ann, said.Id));
        Assert.Empty(await Removals(host).MineAsync(host.Ann));

        // Also of a room that they are no longer in.
        await host.Memberships.LeaveAsync(bob, room);
        var why = await Removals(host).WhyAsync(bob, said.Id);
        Assert.Equal(("hm", "Off topic.", host.Time.GetUtcNow()), (why.Text, why.Reason, why.At));
        Assert.Equal(why, Assert.Single(await Removals(host).MineAsync(bob)));
    }

    [Fact]
    public async Task RemoveOfAsync_InAllRooms_CanBeRunAgainAndRestored()
    {
        const int Count = 130;
        var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var room = await host.PrivateAsync(host.Ann, bob);
        var early = await host.Messages.PostAsync(bob, host.General, "early");
        host.Time.Advance(TimeSpan.FromHours(1));
        var since = host.Time.GetUtcNow();
        for (var i = 0; i < Count; i++)
        {
            await host.Messages.PostAsync(bob, i % 2 == 0 ? host.General : room, $"bad word {i} @Ann");
        }

        var own = await host.Messages.PostAsync(bob, room, "regretted");
        await host.Messages.DeleteAsync(bob, own.Id);
        using var ear = host.Listen(host.Ann, Topic.Room(host.General), Topic.Room(room));

        Assert.Equal(Count, await Removals(host).RemoveOfAsync(host.Ann, bob.UserId, since, banId: 7, "Spam."));

        Assert.Equal(Count, (await ear.HearsAsync<MessageDeleted>(Count)).Select(e => e.Message.Id).Distinct().Count());
        Assert.Equal("early", host.Scalar<string>($"SELECT Text FROM Messages WHERE Id = {early.Id}"));
        Assert.Equal(0, host.Scalar<long>("SELECT count(*) FROM Mentions"));
        Assert.Empty((await host.Get<MessageSearch>().SearchAsync(host.Ann, "bad")).Messages);
        Assert.Equal(1, host.Scalar<long>("SELECT count(*) FROM AuditEntries WHERE Act = 'MessagesRemoved' AND Subject = 'Ban' AND SubjectId = 7"));

        // Done is done: after a restart the same call changes nothing, also not what was restored one by one meanwhile.
        var one = host.Scalar<long>("SELECT min(MessageId) FROM RemovedMessages");
        await Removals(host).RestoreAsync(host.Ann, one);
        host = await host.RestartAsync();
        await using var after = host;
        Assert.Equal(0, await Removals(host).RemoveOfAsync(host.Ann, bob.UserId, since, banId: 7, "Spam."));
        Assert.NotEqual("", host.Scalar<string>($"SELECT Text FROM Messages WHERE Id = {one}"));

        Assert.Equal(Count - 1, await Removals(host).RestoreOfAsync(host.Ann, banId: 7));
        Assert.Equal(0, await Removals(host).RestoreOfAsync(host.Ann, banId: 7));
        Assert.Equal(Count, host.Scalar<long>("SELECT count(*) FROM Messages WHERE Text LIKE 'bad word%' AND DeletedAt IS NULL"));
        Assert.Equal(Count, host.Scalar<long>("SELECT count(*) FROM Mentions"));
        Assert.Equal("", host.Scalar<string>($"SELECT Text FROM Messages WHERE Id = {own.Id}"));
        Assert.NotEmpty((await host.Get<MessageSearch>().SearchAsync(host.Ann, "bad word")).Messages);
        host.Execute("INSERT INTO MessageSearch(MessageSearch, rank) VALUES('integrity-check', 1)");
    }

    [Fact]
    public async Task RemoveOfAsync_CutOffByACrash_GoesOnWhereItStopped()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        for (var i = 0; i < 5; i++)
        {
            await host.Messages.PostAsync(bob, host.General, $"line {i}");
        }

        // As a crash leaves it: a batch is stored, and the end is not.
        var ids = new List<long> { host.Scalar<long>("SELECT min(Id) FROM Messages") };
        await host.Get<MessageWriter>().WriteAsync(new PendingBulkRemoval(host.Ann, bob.UserId, ids, 7, "Spam."));
        Assert.Equal(5, await Removals(host).RemoveOfAsync(host.Ann, bob.UserId, DateTimeOffset.UnixEpoch, banId: 7, "Spam."));
        Assert.Equal(5, await Removals(host).RestoreOfAsync(host.Ann, banId: 7));
    }

    [Fact]
    public async Task RemoveOfAsync_WhileOthersTalk_RefusesAndLosesNobody()
    {
        await using var host = await ChatHost.StartAsync();
        var (bob, cem) = (await host.AddAsync("Bob"), await host.AddAsync("Cem"));
        for (var i = 0; i < 300; i++)
        {
            await host.Messages.PostAsync(bob, host.General, $"spam {i}");
        }

        var removing = Task.Run(() => Removals(host).RemoveOfAsync(host.Ann, bob.UserId, DateTimeOffset.UnixEpoch, banId: 7, "Spam."));
        var said = 0;
        do
        {
            await host.Messages.PostAsync(cem, host.General, $"talk {said++}");
        }
        while (!removing.IsCompleted);
        Assert.Equal(300, await removing);
        Assert.Equal(said, host.Scalar<long>($"SELECT count(*) FROM Messages WHERE SenderId = {cem.UserId} AND DeletedAt IS NULL"));
        Assert.Equal(300 + said, host.Scalar<long>($"SELECT LastSeq FROM Rooms WHERE Id = {host.General}"));
        host.Execute("INSERT INTO MessageSearch(MessageSearch, rank) VALUES('integrity-check', 1)");
    }

    private static MessageRemovals Removals(ChatHost host) => host.Get<MessageRemovals>();

    private static async Task<Actor> ModeratorAsync(ChatHost host, string name = "Mod")
    {
        var actor = await host.AddAsync(name);
        await host.Get<PeopleService>().SetRoleAsync(host.Ann, actor.UserId, Role.Moderator);
        return actor;
    }
}
