using BlazorChat.Messages;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Messages;

public sealed class MessageQueriesTests
{
    [Fact]
    public async Task AfterAsync_FiveThousandMissedAndServerRestarted_AllArriveInOrder()
    {
        var first = await ChatHost.StartAsync();
        await SayAsync(first, 5_000);
        await using var host = await first.RestartAsync();

        List<MessageView> caughtUp = [];
        MessagePage page;
        do
        {
            page = await host.MessageQueries.AfterAsync(host.Ann, host.General, caughtUp.Count > 0 ? caughtUp[^1].Seq : 0, 1_000_000);
            Assert.InRange(page.Messages.Count, 1, MessageQueries.MaxPageSize);
            caughtUp.AddRange(page.Messages);
        }
        while (page.HasNewer);

        Assert.Equal(Enumerable.Range(1, 5_000).Select(i => (long)i), caughtUp.Select(m => m.Seq));
    }

    [Fact]
    public async Task Pages_OfALongRoom_SayWhatIsBeforeAndAfter()
    {
        await using var host = await ChatHost.StartAsync();
        Assert.True(await host.MessageQueries.NewestAsync(host.Ann, host.General) is { Messages: [], HasOlder: false, HasNewer: false });
        await SayAsync(host, 120);

        AssertPage(await host.MessageQueries.NewestAsync(host.Ann, host.General), 71, 120, older: true, newer: false);
        AssertPage(await host.MessageQueries.NewestAsync(host.Ann, host.General, 1_000), 21, 120, older: true, newer: false);
        AssertPage(await host.MessageQueries.BeforeAsync(host.Ann, host.General, 71), 21, 70, older: true, newer: true);
        AssertPage(await host.MessageQueries.BeforeAsync(host.Ann, host.General, 21), 1, 20, older: false, newer: true);
        AssertPage(await host.MessageQueries.AfterAsync(host.Ann, host.General, 70), 71, 120, older: true, newer: false);
        AssertPage(await host.MessageQueries.AfterAsync(host.Ann, host.General, 0, 1), 1, 1, older: false, newer: true);
        AssertPage(await host.MessageQueries.AroundAsync(host.Ann, host.General, 60), 35, 84, older: true, newer: true);
        AssertPage(await host.MessageQueries.AroundAsync(host.Ann, host.General, 1), 1, 25, older: false, newer: true);
        AssertPage(await host.MessageQueries.AroundAsync(host.Ann, host.General, 120), 95, 120, older: true, newer: false);
        Assert.Equal([119, 120], (await host.MessageQueries.RangeAsync(host.Ann, host.General, 119, 500)).Select(m => m.Seq));
    }

    [Fact]
    public async Task NewestAsync_WhilePeoplePostEditAndDelete_AgreesWithTheDatabaseAtEveryMoment()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var rooms = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => host.PrivateAsync(host.Ann, bob)));

        // A new room each time, so that its first loading meets its first messages.
        foreach (var room in rooms)
        {
            var posting = Task.Run(async () =>
            {
                for (var i = 0; i < 12; i++)
                {
                    var posted = await host.Messages.PostAsync(host.Ann, room, $"number {i}");
                    if (i % 4 == 3)
                    {
                        await host.Messages.EditAsync(host.Ann, posted.Id, "edited");
                    }
                }
            });
            var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
            {
                long seen = 0;
                while (!posting.IsCompleted)
                {
                    var page = await host.MessageQueries.NewestAsync(bob, room);
                    Assert.Equal(Enumerable.Range(1, page.Messages.Count).Select(i => (long)i), page.Messages.Select(m => m.Seq));
                    seen = page.Messages.Count;
                }

                return seen;
            })).ToArray();
            await posting;
            await Task.WhenAll(readers);
        }

        await using var db = await host.OpenAsync();
        foreach (var room in rooms)
        {
            var stored = await db.Messages.Where(m => m.RoomId == room).OrderBy(m => m.Seq).Select(m => new { m.Seq, m.Text }).ToListAsync();
            Assert.Equal(
                stored.Select(m => (m.Seq, m.Text)),
                (await host.MessageQueries.NewestAsync(bob, room)).Messages.Select(m => (m.Seq, m.Text)));
        }
    }

    [Fact]
    public async Task LoadAsync_PostedBetweenTheCommitAndTheAppend_IsKeptOnce()
    {
        await using var host = await ChatHost.StartAsync();
        var posted = await host.Messages.PostAsync(host.Ann, host.General, "once");
        var recent = new RecentMessages(host.Get<BlazorChat.Accounts.PeopleDirectory>());

        await recent.LoadAsync(host.General, () => Task.FromResult<IReadOnlyList<MessageView>>([posted]));
        recent.Append(posted);

        Assert.Single(recent.Newest(host.General, 10)!);
    }

    [Fact]
    public async Task LoadAsync_PostedWhileLoading_KeepsNothingStale()
    {
        await using var host = await ChatHost.StartAsync();
        var first = await host.Messages.PostAsync(host.Ann, host.General, "first");
        var second = await host.Messages.PostAsync(host.Ann, host.General, "second");
        var recent = new RecentMessages(host.Get<BlazorChat.Accounts.PeopleDirectory>());

        await recent.LoadAsync(host.General, () =>
        {
            recent.Append(second);
            return Task.FromResult<IReadOnlyList<MessageView>>([first]);
        });

        Assert.Null(recent.Newest(host.General, 10));
    }

    [Fact]
    public async Task NewestAsync_SenderRenamed_ShowsTheNewName()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        await host.Messages.PostAsync(bob, host.General, "hello");
        await host.MessageQueries.NewestAsync(bob, host.General);
        await host.Get<BlazorChat.Accounts.ProfileService>().RenameAsync(bob, "Robert");
        Assert.Equal("Robert", (await host.MessageQueries.NewestAsync(bob, host.General)).Messages[0].Sender.Name);
    }

    private static Task<MessageView[]> SayAsync(ChatHost host, int count) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(i => host.Messages.PostAsync(host.Ann, host.General, $"number {i}")));

    private static void AssertPage(MessagePage page, long first, long last, bool older, bool newer)
    {
        Assert.Equal(Enumerable.Range((int)first, (int)(last - first + 1)).Select(i => (long)i), page.Messages.Select(m => m.Seq));
        Assert.Equal((older, newer), (page.HasOlder, page.HasNewer));
    }
}
