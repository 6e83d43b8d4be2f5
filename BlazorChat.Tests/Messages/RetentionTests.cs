using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Components.Messages;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Messages;

public sealed class RetentionTests
{
    [Fact]
    public async Task RoundAsync_DeletesWhatIsOld_WithAllThatHangsOnIt()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var old = await host.Messages.PostAsync(bob, host.General, "ancient words for @Ann");
        var removed = await host.Messages.PostAsync(bob, host.General, "removed words");
        await host.Get<Pins>().PinAsync(host.Ann, old.Id);
        await host.Messages.RemoveAsync(host.Ann, removed.Id, "no");
        host.Pass(TimeSpan.FromDays(8));
        var reply = await host.Messages.PostAsync(bob, host.General, "a reply", replyToId: old.Id);
        await host.MessageQueries.NewestAsync(bob, host.General);
        using var ear = host.Listen(bob, Topic.Room(host.General), Topic.RoomState(host.General));
        await host.Get<RoomRetention>().SetAsync(host.Ann, host.General, 7);

        Assert.Equal(2, await RoundAsync(host));
        Assert.Equal(0, await RoundAsync(host));

        var expired = Assert.Single(await ear.HearsAsync<MessagesExpired>());
        Assert.Equal((host.General, 2), (expired.RoomId, expired.ThroughSeq));
        Assert.Empty(Assert.Single(await ear.HearsAsync<PinsChanged>()).MessageIds);
        var page = await host.MessageQueries.NewestAsync(bob, host.General);
        Assert.False(page.HasOlder);
        var left = Assert.Single(page.Messages);
        Assert.Equal((reply.Id, 3, QuoteView.Gone(old.Id)), (left.Id, left.Seq, left.ReplyTo));
        Assert.Empty((await host.MessageQueries.BeforeAsync(bob, host.General, 3)).Messages);
        Assert.Equal([3], (await host.MessageQueries.AfterAsync(bob, host.General, 0)).Messages.Select(m => m.Seq));
        Assert.Empty((await host.Get<MessageSearch>().SearchAsync(bob, "ancient")).Messages);
        Assert.NotEmpty((await host.Get<MessageSearch>().SearchAsync(bob, "reply")).Messages);
        foreach (var table in (string[])["Mentions", "Pins", "RemovedMessages"])
        {
            Assert.Equal(0, host.Scalar<long>($"SELECT count(*) FROM {table}"));
        }

        await ConsistentAsync(host);
        Assert.Equal(4, (await host.Messages.PostAsync(bob, host.General, "and on")).Seq);
    }

    [Fact]
    public async Task RoundAsync_ByRoomAndCommunity_KeepsWhatEachSays()
    {
        var host = await ChatHost.StartAsync();
        host.Execute("UPDATE Community SET RetentionDays = 30");
        host = await host.RestartAsync();
        await using var again = host;
        var (never, week) = (await host.PrivateAsync(host.Ann), await host.PrivateAsync(host.Ann));
        await host.Get<RoomRetention>().SetAsync(host.Ann, never, 0);
        await host.Get<RoomRetention>().SetAsync(host.Ann, week, 7);
        foreach (var room in (long[])[host.General, never, week])
        {
            await host.Messages.PostAsync(host.Ann, room, "here");
        }

        host.Pass(TimeSpan.FromDays(8));
        Assert.Equal(1, await RoundAsync(host));
        host.Pass(TimeSpan.FromDays(30));
        Assert.Equal(1, await RoundAsync(host));
        Assert.Equal(never, host.Scalar<long>("SELECT RoomId FROM Messages"));
        Assert.Equal(2, host.Scalar<long>("SELECT count(*) FROM AuditEntries WHERE Act = 'RoomChanged' AND After LIKE 'Keeps messages%'"));
    }

    [Fact]
    public async Task RoundAsync_UnreadOfWhatGoes_IsUnreadNoMore()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        for (var i = 0; i < 3; i++)
        {
            await host.Messages.PostAsync(host.Ann, host.General, $"old {i}");
        }

        host.Pass(TimeSpan.FromDays(2));
        await host.Messages.PostAsync(host.Ann, host.General, "new");
        Assert.Equal(4, (await host.RoomQueries.MineAsync(bob)).Single(r => r.Id == host.General).Unread);
        using var tab = host.Chat.Connect(bob, ConnectionKind.Circuit);
        using var ear = host.Listen(bob);
        await host.Get<RoomRetention>().SetAsync(host.Ann, host.General, 1);
        await RoundAsync(host);

        Assert.Equal(1, (await host.RoomQueries.MineAsync(bob)).Single(r => r.Id == host.General).Unread);
        Assert.Equal(3, (await ear.HearsAsync<RoomRead>())[^1].Seq);
    }

    [Fact]
    public async Task RoundAsync_WhileOthersTalk_RefusesNobodyAndKeepsTheLogWhole()
    {
        const int Old = 700;
        await using var host = await ChatHost.StartAsync();
        var (bob, cem) = (await host.AddAsync("Bob"), await host.AddAsync("Cem"));
        await Task.WhenAll(Enumerable.Range(0, Old).Select(i => host.Messages.PostAsync(bob, host.General, $"old words {i}")));
        host.Pass(TimeSpan.FromDays(2));
        await host.Get<RoomRetention>().SetAsync(host.Ann, host.General, 1);

        var round = Task.Run(() => host.Get<MessageRetention>().RoundAsync(CancellationToken.None));
        List<long> said = [];
        do
        {
            said.Add((await host.Messages.PostAsync(cem, host.General, $"talk {said.Count}")).Seq);
            host.Time.Advance(MessageRetention.Pause);
        }
        while (!round.IsCompleted);

        Assert.Equal(Old, await round);
        Assert.Equal(Enumerable.Range(Old + 1, said.Count).Select(i => (long)i), said);
        Assert.Equal((Old + 1, Old + said.Count, said.Count), (
            host.Scalar<long>("SELECT min(Seq) FROM Messages"), host.Scalar<long>("SELECT max(Seq) FROM Messages"), host.Scalar<long>("SELECT count(*) FROM Messages")));
        await ConsistentAsync(host);
    }

    [Fact]
    public async Task RoundAsync_TurnedOffMeanwhile_StopsWithTheNextBatch()
    {
        const int Old = 5 * MessageRetention.BatchSize;
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        await Task.WhenAll(Enumerable.Range(0, Old).Select(i => host.Messages.PostAsync(bob, host.General, $"{i}")));
        host.Pass(TimeSpan.FromDays(2));
        await host.Get<RoomRetention>().SetAsync(host.Ann, host.General, 1);
        using var ear = host.Listen(bob, Topic.Room(host.General));

        // The clock stands still, and with it the pause after the first batch.
        var round = Task.Run(() => host.Get<MessageRetention>().RoundAsync(CancellationToken.None));
        await ear.HearsAsync<MessagesExpired>();
        await host.Get<RoomRetention>().SetAsync(host.Ann, host.General, 0);
        await Wait.Until(() =>
        {
            host.Time.Advance(MessageRetention.Pause);
            return round.IsCompleted;
        });

        Assert.Equal(MessageRetention.BatchSize, await round);
        Assert.Equal(Old - MessageRetention.BatchSize, host.Scalar<long>("SELECT count(*) FROM Messages"));
    }

    [Fact]
    public async Task RoundAsync_AfterThirtyDays_ForgetsTheTextsOfRemovedMessages()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var said = await host.Messages.PostAsync(bob, host.General, "confidential-4711");
        await host.Messages.RemoveAsync(host.Ann, said.Id, "Private matters.");
        host.Pass(TimeSpan.FromDays(RemovedMessage.KeptDays));
        await RoundAsync(host);

        Assert.Equal(0, host.Scalar<long>("SELECT count(*) FROM RemovedMessages WHERE Text IS NOT NULL"));
        Assert.Equal((null, "Private matters."), ((await host.Get<MessageRemovals>().WhyAsync(bob, said.Id)).Text, (await host.Get<MessageRemovals>().WhyAsync(bob, said.Id)).Reason));
    }

    [Fact]
    public async Task SetAsync_NoSuchTimeOrNotTheirs_IsRefused()
    {
        await using var host = await ChatHost.StartAsync();
        var (bob, cem) = (await host.AddAsync("Bob"), await host.AddAsync("Cem"));
        var direct = await host.Rooms.OpenDirectAsync(bob, [cem.UserId]);
        var retention = host.Get<RoomRetention>();
        await ChatHost.RefusedAsync(Refusal.Invalid, () => retention.SetAsync(host.Ann, host.General, -1));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => retention.SetAsync(host.Ann, host.General, RoomRetention.MaxDays + 1));
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => retention.SetAsync(bob, host.General, 1));
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => retention.SetAsync(bob, direct, 1));
        await retention.SetAsync(host.Ann, host.General, RoomRetention.MaxDays);
        await retention.SetAsync(host.Ann, host.General, null);
        await using var db = await host.OpenAsync();
        Assert.Equal(["Keeps messages for 3650 days", "Keeps messages as the community does"],
            await db.AuditEntries.Where(e => e.Act == AuditAct.RoomChanged).OrderBy(e => e.Id).Select(e => e.After).ToListAsync());
    }

    [Fact]
    public async Task Window_OfARoomWhoseOldestMessagesGo_BeginsLaterAndQuotesNothingOfThem()
    {
        await using var host = await ChatHost.StartAsync();
        var first = await host.Messages.PostAsync(host.Ann, host.General, "first");
        for (var i = 0; i < 20; i++)
        {
            await host.Messages.PostAsync(host.Ann, host.General, $"line {i}", replyToId: i == 19 ? first.Id : null);
        }

        var window = new MessageWindow();
        window.Reset(await host.MessageQueries.AfterAsync(host.Ann, host.General, 5));
        Assert.True(window.HasOlder);
        Assert.False(window.Expire(3, new HashSet<long> { first.Id }));
        Assert.True(window.HasOlder && window.Blocks[^1].Rows[^1].Message.ReplyTo!.IsGone);
        Assert.True(window.Expire(10, new HashSet<long>()));
        Assert.Equal((11, false), (window.FirstSeq, window.HasOlder));
        Assert.True(window.Expire(21, new HashSet<long>()));
        Assert.True(window.IsEmpty);
    }

    private static Task<int> RoundAsync(ChatHost host) => host.Get<MessageRetention>().RoundAsync(CancellationToken.None);

    private static async Task ConsistentAsync(ChatHost host)
    {
        host.Execute("INSERT INTO MessageSearch(MessageSearch, rank) VALUES('integrity-check', 1)");
        await using var db = await host.OpenAsync();
        Assert.Equal(0, await db.Database.SqlQueryRaw<int>("SELECT count(*) AS Value FROM pragma_foreign_key_check").SingleAsync());
    }
}
