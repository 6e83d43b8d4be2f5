using System.Data.Common;
using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Messages;

/// <summary>Groups of writes, and a database that does not take them.</summary>
public sealed class MessageWriterTests
{
    [Fact]
    public async Task Write_GroupWithRefusedOnes_HarmsNoOthers()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var hidden = await host.PrivateAsync(host.Ann);

        var results = await InOneGroupAsync(host, Enumerable.Range(0, 30).Select(i => (i % 3) switch
        {
            0 => Post(host, host.Ann, host.General, $"good {i}"),
            1 => Post(host, bob, hidden, "refused"),
            _ => Post(host, bob, host.General, "refused", replyTo: 4711),
        }));

        Assert.All(results.Where((_, i) => i % 3 != 0), r => Assert.Equal(Refusal.NotFound, r.Refused?.Refusal));
        Assert.Equal(Enumerable.Range(1, 10).Select(i => (long)i), results.Where((_, i) => i % 3 == 0).Select(r => r.View!.Seq));
        Assert.Equal(10, host.Scalar<long>("SELECT count(*) FROM Messages"));
        Assert.Empty(host.Log.Lines);
    }

    [Fact]
    public async Task Write_OneThatTheDatabaseRejects_FailsAloneAndLeavesNoGap()
    {
        await using var host = await ChatHost.StartAsync();
        RejectBadTexts(host);
        using var ear = host.Listen(host.Ann, Topic.Room(host.General));

        var results = await InOneGroupAsync(host, Enumerable.Range(0, 20)
            .Select(i => Post(host, host.Ann, host.General, i == 7 ? "bad" : $"good {i}", $"c-{i}")));

        Assert.Equal(Refusal.Unavailable, results[7].Refused!.Refusal);
        Assert.DoesNotContain("SQL", results[7].Refused!.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(Enumerable.Range(1, 19).Select(i => (long)i), results.Where(r => r.View is not null).Select(r => r.View!.Seq));
        Assert.Equal(Enumerable.Range(1, 19).Select(i => (long)i), (await ear.HearsAsync<MessagePosted>(19)).Select(e => e.Message.Seq));
        Assert.Equal(
            (19L, 19L), (host.Scalar<long>("SELECT count(*) FROM Messages"), host.Scalar<long>($"SELECT LastSeq FROM Rooms WHERE Id = {host.General}")));
    }

    [Fact]
    public async Task Write_ResendsInOneGroupWhoseFirstIsRejectedAlone_TheStoredOneIsHeard()
    {
        await using var host = await ChatHost.StartAsync();
        var (turn, stuck) = (await host.Messages.PostAsync(host.Ann, host.General, "turn"), await host.Messages.PostAsync(host.Ann, host.General, "stuck"));
        host.Execute("""
            CREATE TRIGGER reject_after BEFORE INSERT ON Messages
            WHEN NEW.Text = 'bad' AND EXISTS (SELECT 1 FROM Messages WHERE Text = 'turned') BEGIN SELECT RAISE(ABORT, 'rejected'); END;
            CREATE TRIGGER reject_edit BEFORE UPDATE ON Messages WHEN NEW.Text = 'unstuck' BEGIN SELECT RAISE(ABORT, 'rejected'); END
            """);
        using var ear = host.Listen(host.Ann, Topic.Room(host.General));

        // Together the first is accepted and the second its resend, until the last write fails; alone the first is rejected.
        var results = await InOneGroupAsync(host, [
            new PendingChange(host.Ann, turn.Id, Scope.All, new RenderedText("turned", "turned", [])),
            Post(host, host.Ann, host.General, "bad", "same"),
            Post(host, host.Ann, host.General, "good", "same"),
            new PendingChange(host.Ann, stuck.Id, Scope.All, new RenderedText("unstuck", "unstuck", []))]);

        Assert.Equal(
            (null, Refusal.Unavailable, null, Refusal.Unavailable),
            (results[0].Refused, results[1].Refused?.Refusal, results[2].Refused, results[3].Refused?.Refusal));
        Assert.Equal("good", results[2].View!.Text);
        Assert.Equal(["good"], (await ear.DrainedAsync<MessagePosted>()).Select(e => e.Message.Text));
    }

    [Fact]
    public async Task Write_MentionsRejectedAfterTheMessagesWereNumbered_StoresTheOthers()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        host.Execute($"CREATE TRIGGER reject BEFORE INSERT ON Mentions WHEN NEW.UserId = {bob.UserId} BEGIN SELECT RAISE(ABORT, 'rejected'); END");

        var results = await InOneGroupAsync(host, [
            Post(host, host.Ann, host.General, "one"),
            Post(host, host.Ann, host.General, "two", mentions: [bob.UserId]),
            Post(host, host.Ann, host.General, "three", mentions: [host.Ann.UserId])]);

        Assert.Equal(Refusal.Unavailable, results[1].Refused!.Refusal);
        Assert.Equal((1, 2), (results[0].View!.Seq, results[2].View!.Seq));
        Assert.Equal([results[0].View!.Id, results[2].View!.Id], (await host.MessageQueries.NewestAsync(host.Ann, host.General)).Messages.Select(m => m.Id));
    }

    [Fact]
    public async Task Write_DeletionAndReplyInOneGroup_TheReplyQuotesNothing()
    {
        await using var host = await ChatHost.StartAsync();
        var original = await host.Messages.PostAsync(host.Ann, host.General, "secret");
        await host.MessageQueries.NewestAsync(host.Ann, host.General);
        using var ear = host.Listen(host.Ann, Topic.Room(host.General));

        await InOneGroupAsync(host, [
            new PendingRemoval(host.Ann, original.Id, Scope.All, RemovalReason.None),
            Post(host, host.Ann, host.General, "indeed", replyTo: original.Id)]);

        Assert.Null((await ear.HearsAsync<MessagePosted>())[0].Message.ReplyTo!.Excerpt);
        Assert.Null((await host.MessageQueries.NewestAsync(host.Ann, host.General)).Messages[1].ReplyTo!.Excerpt);
    }

    [Fact]
    public async Task StopAsync_WritesWaiting_WritesThemAll()
    {
        var host = await ChatHost.StartAsync();
        var waiting = Enumerable.Range(0, 2_000)
            .Select(i => host.Get<MessageWriter>().WriteAsync(Post(host, host.Ann, host.General, $"number {i}"))).ToList();

        await host.StopAsync();

        Assert.All(waiting, task => Assert.True(task.IsCompleted));
        Assert.Equal(2_000, (await Task.WhenAll(waiting)).Max(m => m.Seq));
        await ChatHost.RefusedAsync(Refusal.Unavailable, () => host.Messages.PostAsync(host.Ann, host.General, "too late"));
        await using var after = await host.RestartAsync();
        Assert.Equal(2_000, after.Scalar<long>("SELECT count(*) FROM Messages"));
    }

    [Fact]
    public async Task StopAsync_RightAfterTheStart_WritesWhatWaits()
    {
        await using var host = await ChatHost.StartAsync();
        for (var i = 1; i <= 50; i++)
        {
            using var writer = ActivatorUtilities.CreateInstance<MessageWriter>(host.Services);
            await writer.StartAsync(CancellationToken.None);
            var waiting = writer.WriteAsync(Post(host, host.Ann, host.General, $"number {i}"));
            await writer.StopAsync(CancellationToken.None);

            Assert.True(waiting.IsCompleted);
            Assert.Equal(i, (await waiting).Seq);
        }
    }

    [Fact]
    public async Task Write_DatabaseLocked_TellsEverySenderSoonWhileReadingGoesOnAndRecovers()
    {
        await using var host = await ChatHost.StartAsync();
        await host.Messages.PostAsync(host.Ann, host.General, "before");
        List<Task> refused;
        var start = TimeProvider.System.GetTimestamp();
        using (var other = host.OpenRaw())
        {
            using var lockIt = other.CreateCommand();
            lockIt.CommandText = "BEGIN IMMEDIATE";
            lockIt.ExecuteNonQuery();

            refused = [.. Enumerable.Range(0, 10).Select(i => (Task)ChatHost.RefusedAsync(
                Refusal.Unavailable, () => host.Messages.PostAsync(host.Ann, host.General, $"while locked {i}", $"c-{i}")))];
            while (!refused.TrueForAll(r => r.IsCompleted))
            {
                Assert.Single((await host.MessageQueries.AfterAsync(host.Ann, host.General, 0)).Messages);
                await Task.WhenAny(Task.WhenAll(refused), Task.Delay(50));
            }

            await Task.WhenAll(refused);
        }

        // Two groups at the most, each waits once.
        Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 1, 25);
        Assert.Equal(2, (await host.Messages.PostAsync(host.Ann, host.General, "again", "c-0")).Seq);
        Assert.Equal(2, host.Scalar<long>("SELECT count(*) FROM Messages"));
    }

    [Fact]
    public async Task Write_DatabaseLockedForAMoment_OnlyWaits()
    {
        await using var host = await ChatHost.StartAsync();
        Task<MessageView> posted;
        using (var other = host.OpenRaw())
        {
            using var lockIt = other.CreateCommand();
            lockIt.CommandText = "BEGIN IMMEDIATE";
            lockIt.ExecuteNonQuery();
            posted = host.Messages.PostAsync(host.Ann, host.General, "patience");
            Assert.Empty((await host.MessageQueries.AfterAsync(host.Ann, host.General, 0)).Messages);
            Assert.False(posted.IsCompleted);
        }

        Assert.Equal(1, (await posted).Seq);
        Assert.Empty(host.Log.Lines);
    }

    [Fact]
    public async Task Write_DiskFull_IsToldWhileReadingGoesOnAndRecovers()
    {
        var disk = new SmallDisk();
        await using var host = await ChatHost.StartAsync(s => s.ConfigureDbContext<ChatDbContext>(o => o.AddInterceptors(disk)));
        var big = new string('x', Message.MaxLength);
        disk.MaxPages = host.Scalar<long>("SELECT page_count + 8 FROM pragma_page_count");
        List<MessageView> stored = [];
        RefusedException? refused = null;
        for (var i = 0; refused is null && i < 100; i++)
        {
            try
            {
                stored.Add(await host.Messages.PostAsync(host.Ann, host.General, $"{i} {big}"[..Message.MaxLength]));
            }
            catch (RefusedException e)
            {
                refused = e;
            }
        }

        Assert.Equal(Refusal.Unavailable, refused?.Refusal);
        Assert.Equal(stored.Select(m => m.Id), (await host.MessageQueries.AfterAsync(host.Ann, host.General, 0, 200)).Messages.Select(m => m.Id));

        disk.MaxPages = SmallDisk.Unlimited;
        Assert.Equal(stored.Count + 1, (await host.Messages.PostAsync(host.Ann, host.General, big)).Seq);
    }

    private static void RejectBadTexts(ChatHost host) =>
        host.Execute("CREATE TRIGGER reject BEFORE INSERT ON Messages WHEN NEW.Text = 'bad' BEGIN SELECT RAISE(ABORT, 'rejected'); END");

    private static PendingPost Post(
        ChatHost host, Actor actor, long roomId, string text, string? clientId = null, long? replyTo = null, IReadOnlyList<long>? mentions = null) =>
        new(
            actor, host.Get<PeopleDirectory>().Known(actor.UserId) ?? new PersonView(actor.UserId, "Ann", null, Role.Administrator),
            new Message { RoomId = roomId, SenderId = actor.UserId, Text = text, Html = text, ClientMessageId = clientId, ReplyToId = replyTo },
            mentions ?? []);

    /// <summary>Has the writer find all of them when it looks: it is busy with a lock while they are queued.</summary>
    private static async Task<(MessageView? View, RefusedException? Refused)[]> InOneGroupAsync(ChatHost host, IEnumerable<PendingWrite> writes)
    {
        var writer = host.Get<MessageWriter>();
        Task<MessageView>[] tasks;
        using (var other = host.OpenRaw())
        {
            using var lockIt = other.CreateCommand();
            lockIt.CommandText = "BEGIN IMMEDIATE";
            lockIt.ExecuteNonQuery();

            // The writer takes this one by itself, and stands at the lock; it is nobody's message and stores nothing.
            var plug = new PendingRemoval(host.Ann, 0, Scope.All, RemovalReason.None);
            var plugged = writer.WriteAsync(plug);
            await Wait.Until(() => writer.Waiting == 0);
            tasks = [.. writes.Select(writer.WriteAsync)];
            other.Close();
            await ChatHost.RefusedAsync(Refusal.NotFound, () => plugged);
        }

        return await Task.WhenAll(tasks.Select(async task =>
        {
            try
            {
                return ((MessageView?)await task, (RefusedException?)null);
            }
            catch (RefusedException refused)
            {
                return (null, refused);
            }
        }));
    }

    /// <summary>SQLite's own way of having no room for another page.</summary>
    private sealed class SmallDisk : DbConnectionInterceptor
    {
        public const long Unlimited = 1_000_000;

        public long MaxPages { get; set; } = Unlimited;

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"PRAGMA max_page_count = {MaxPages}";
            command.ExecuteNonQuery();
        }

        public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            ConnectionOpened(connection, eventData);
            return Task.CompletedTask;
        }
    }
}
