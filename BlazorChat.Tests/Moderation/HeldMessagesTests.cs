using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Filtering;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Moderation;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Moderation;

public sealed class HeldMessagesTests
{
    private const string Text = "buy these tulips, **now**";

    [Fact]
    public async Task ApproveAsync_AHeldMessage_IsPostedAsItsSendersWithItsClientId()
    {
        await using var host = await StartAsync();
        var (bob, mira) = (await host.AddAsync("Bob"), await ModeratorAsync(host, "Mira"));
        var answered = await host.Messages.PostAsync(host.Ann, host.General, "What do you sell?");
        using var members = host.Listen(host.Ann, Topic.Room(host.General));
        using var moderators = host.Listen(mira, Topic.Moderation);

        Assert.Contains("review", (await HoldAsync(host, bob, "c-1", answered.Id)).Message, StringComparison.Ordinal);

        // Nobody sees it, and a resend changes nothing.
        await HoldAsync(host, bob, "c-1", answered.Id);
        Assert.Empty(await members.DrainedAsync<MessagePosted>());
        Assert.DoesNotContain("tulips", string.Concat((await host.MessageQueries.NewestAsync(bob, host.General)).Messages.Select(m => m.Text)), StringComparison.Ordinal);
        var held = Assert.Single((await host.Get<HeldMessages>().ListAsync(mira)).Rows);
        Assert.Equal(("Bob", "General", Text, "tulips"), (held.Sender.Name, held.Room, held.Text, held.Found));
        Assert.NotEmpty(await moderators.HearsAsync<MessageHeld>());

        var posted = await host.Get<HeldMessages>().ApproveAsync(mira, held.Id);

        Assert.Equal((Text, "c-1", bob.UserId, answered.Id), (posted.Text, posted.ClientMessageId, posted.Sender.Id, posted.ReplyTo?.Id));
        Assert.Equal(posted.Id, Assert.Single(await members.HearsAsync<MessagePosted>()).Message.Id);
        Assert.NotEmpty(await moderators.HearsAsync<ModerationChanged>());
        Assert.Equal(posted.Id, (await host.Messages.PostAsync(bob, host.General, Text, "c-1")).Id);
        Assert.Empty((await host.Get<HeldMessages>().ListAsync(mira)).Rows);
        await using var db = await host.OpenAsync();
        var line = await db.AuditEntries.SingleAsync(e => e.Act == AuditAct.HeldApproved);
        Assert.Equal((mira.UserId, bob.UserId, host.General, Text), (line.ActorId, line.PersonId, line.RoomId, line.Before));
    }

    [Fact]
    public async Task RejectAsync_AHeldMessage_IsNeverSeenAndStaysWithItsAuthor()
    {
        await using var host = await StartAsync();
        var (bob, mira) = (await host.AddAsync("Bob"), await ModeratorAsync(host, "Mira"));
        await HoldAsync(host, bob, "c-1");
        var id = await OnlyAsync(host, mira);

        await host.Get<HeldMessages>().RejectAsync(mira, id, "an advertisement");

        Assert.Contains("turned this message down", (await ChatHost.RefusedAsync(
            Refusal.Invalid, () => host.Messages.PostAsync(bob, host.General, Text, "c-1"))).Message, StringComparison.Ordinal);
        Assert.Equal((Text, HeldState.Rejected), Assert.Single((await host.Get<HeldMessages>().MineAsync(bob)).Select(h => (h.Text, h.State))));
        Assert.Empty(await host.Get<HeldMessages>().MineAsync(mira));
        Assert.Equal(0, host.Scalar<long>("SELECT count(*) FROM Messages"));
        Assert.Equal("an advertisement", host.Scalar<string>("SELECT Reason FROM AuditEntries WHERE Act = 'HeldRejected'"));
    }

    [Fact]
    public async Task Decide_TwoModeratorsAtOnce_OneIsTold()
    {
        await using var host = await StartAsync();
        var held = host.Get<HeldMessages>();
        var (bob, mira) = (await host.AddAsync("Bob"), await ModeratorAsync(host, "Mira"));
        for (var round = 0; round < 10; round++)
        {
            await HoldAsync(host, bob, $"c-{round}");
            var id = await OnlyAsync(host, mira);

            var outcomes = await Task.WhenAll(
                OutcomeAsync(() => held.ApproveAsync(mira, id)), OutcomeAsync(() => held.RejectAsync(host.Ann, id)), OutcomeAsync(() => held.ApproveAsync(host.Ann, id)));

            Assert.Single(outcomes, o => o is null);
            Assert.Equal(2, outcomes.Count(o => o == Refusal.Conflict));
            Assert.Equal(host.Scalar<long>("SELECT count(*) FROM HeldMessages WHERE IsApproved"), host.Scalar<long>("SELECT count(*) FROM Messages"));
        }

        Assert.Equal(10, host.Scalar<long>("SELECT count(*) FROM AuditEntries WHERE Act IN ('HeldApproved', 'HeldRejected')"));
    }

    [Fact]
    public async Task ApproveAsync_ByOneDemotedMeanwhile_IsRefusedAndKeepsItWaiting()
    {
        await using var host = await StartAsync();
        var (bob, mira) = (await host.AddAsync("Bob"), await ModeratorAsync(host, "Mira"));
        await HoldAsync(host, bob, "c-1");
        var id = await OnlyAsync(host, mira);
        await host.Get<PeopleService>().SetRoleAsync(host.Ann, mira.UserId, Role.Member);

        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Get<HeldMessages>().ApproveAsync(mira, id));
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Get<HeldMessages>().RejectAsync(mira, id));
        Assert.Equal(id, await OnlyAsync(host, host.Ann));
    }

    [Theory]
    [InlineData("left", "has left the room")]
    [InlineData("archived", "archived")]
    [InlineData("banned", "banned")]
    public async Task ApproveAsync_WhoseSenderCannotPostAnyMore_IsRefusedInWords(string what, string words)
    {
        await using var host = await StartAsync();
        var (bob, mira) = (await host.AddAsync("Bob"), await ModeratorAsync(host, "Mira"));
        await HoldAsync(host, bob, "c-1");
        var id = await OnlyAsync(host, mira);
        await (what switch
        {
            "left" => host.Memberships.LeaveAsync(bob, host.General),
            "archived" => host.Rooms.SetArchivedAsync(host.Ann, host.General, true),
            _ => host.Get<BanService>().BanAsync(mira, bob.UserId, new BanRequest(TimeSpan.FromDays(1), "advertising", null)),
        });

        Assert.Contains(words, (await ChatHost.RefusedAsync(Refusal.Conflict, () => host.Get<HeldMessages>().ApproveAsync(mira, id))).Message, StringComparison.Ordinal);
        Assert.Equal(id, await OnlyAsync(host, mira));
        await host.Get<HeldMessages>().RejectAsync(mira, id);
    }

    [Fact]
    public async Task PostAsync_HeldWhereOneMayNotPost_HoldsNothing()
    {
        await using var host = await StartAsync();
        var bob = await host.AddAsync("Bob");
        var room = await host.PrivateAsync(host.Ann);

        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Messages.PostAsync(bob, room, Text));
        await host.Rooms.SetArchivedAsync(host.Ann, host.General, true);
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Messages.PostAsync(bob, host.General, Text));
        Assert.Equal(0, host.Scalar<long>("SELECT count(*) FROM HeldMessages"));
    }

    [Fact]
    public async Task PostAsync_FiveResendsAtOnceAndAfterARestart_AreHeldOnce()
    {
        var host = await StartAsync();
        var bob = await host.AddAsync("Bob");
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => HoldAsync(host, bob, "c-1")));

        await using var restarted = await host.RestartAsync();
        await HoldAsync(restarted, bob, "c-1");

        Assert.Equal(1, restarted.Scalar<long>("SELECT count(*) FROM HeldMessages"));

        // The rule is gone, and it waits all the same.
        var filter = restarted.Get<WordFilterService>();
        var rule = Assert.Single((await filter.ListAsync(restarted.Ann, new FilterRuleQuery())).Rows);
        await filter.RemoveAsync(restarted.Ann, rule.Id, rule.Rule);
        await HoldAsync(restarted, bob, "c-1");
        Assert.Equal(0, restarted.Scalar<long>("SELECT count(*) FROM Messages"));
        Assert.Equal(Text, (await restarted.Messages.PostAsync(bob, restarted.General, Text, "c-2")).Text);
    }

    [Fact]
    public async Task PostAsync_MoreThanModeratorsCanRead_IsRefused()
    {
        await using var host = await StartAsync();
        var bob = await host.AddAsync("Bob");
        for (var i = 0; i < HeldPosts.MaxWaiting; i++)
        {
            await HoldAsync(host, bob, $"c-{i}");
        }

        await ChatHost.RefusedAsync(Refusal.Invalid, () => host.Messages.PostAsync(bob, host.General, Text));
        Assert.Equal(HeldPosts.MaxWaiting, host.Scalar<long>("SELECT count(*) FROM HeldMessages"));
    }

    [Fact]
    public async Task ApproveAsync_TheMessageAnsweredIsGone_IsPostedWithoutIt()
    {
        await using var host = await StartAsync();
        var bob = await host.AddAsync("Bob");
        var answered = await host.Messages.PostAsync(host.Ann, host.General, "What do you sell?");
        await HoldAsync(host, bob, "c-1", answered.Id);
        host.Execute($"DELETE FROM Messages WHERE Id = {answered.Id}");

        Assert.Null((await host.Get<HeldMessages>().ApproveAsync(host.Ann, await OnlyAsync(host, host.Ann))).ReplyTo);
    }

    [Fact]
    public async Task Decide_AfterAMonth_TheDecidedAreForgotten()
    {
        await using var host = await StartAsync();
        var bob = await host.AddAsync("Bob");
        await HoldAsync(host, bob, "c-1");
        await host.Get<HeldMessages>().RejectAsync(host.Ann, await OnlyAsync(host, host.Ann));
        host.Pass(HeldMessages.Kept + TimeSpan.FromMinutes(1));
        await HoldAsync(host, bob, "c-2");
        await host.Get<HeldMessages>().RejectAsync(host.Ann, await OnlyAsync(host, host.Ann));

        Assert.Equal(1, host.Scalar<long>("SELECT count(*) FROM HeldMessages"));
    }

    private static async Task<ChatHost> StartAsync()
    {
        var host = await ChatHost.StartAsync();
        await host.Get<WordFilterService>().AddAsync(host.Ann, new FilterRuleDraft("tulips", false, FilterAction.Hold));
        return host;
    }

    private static async Task<Actor> ModeratorAsync(ChatHost host, string name)
    {
        var moderator = await host.AddAsync(name);
        await host.Get<PeopleService>().SetRoleAsync(host.Ann, moderator.UserId, Role.Moderator);
        return moderator;
    }

    private static Task<RefusedException> HoldAsync(ChatHost host, Actor actor, string clientId, long? replyToId = null) =>
        ChatHost.RefusedAsync(Refusal.Held, () => host.Messages.PostAsync(actor, host.General, Text, clientId, replyToId));

    private static async Task<long> OnlyAsync(ChatHost host, Actor moderator) => Assert.Single((await host.Get<HeldMessages>().ListAsync(moderator)).Rows).Id;

    private static async Task<Refusal?> OutcomeAsync(Func<Task> decide)
    {
        try
        {
            await decide();
            return null;
        }
        catch (RefusedException refused)
        {
            return refused.Refusal;
        }
    }
}
