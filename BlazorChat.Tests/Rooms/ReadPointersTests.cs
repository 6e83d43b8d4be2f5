using BlazorChat.Accounts;
using BlazorChat.Live;
using BlazorChat.Rooms;

namespace BlazorChat.Tests.Rooms;

public sealed class ReadPointersTests
{
    [Fact]
    public async Task Unread_OthersWrite_IsTheDistanceToTheNewestMessage()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        await SayAsync(host, 5);
        Assert.Equal(5, await UnreadAsync(host, bob));

        // Who writes has read.
        Assert.Equal(0, await UnreadAsync(host, host.Ann));
        await host.Pointers.AdvanceAsync(bob, host.General, 3);
        Assert.Equal(2, await UnreadAsync(host, bob));
        await host.Messages.PostAsync(bob, host.General, "me too");
        Assert.Equal((0, 1), (await UnreadAsync(host, bob), await UnreadAsync(host, host.Ann)));
    }

    [Fact]
    public async Task AdvanceAsync_LowerThanBefore_ChangesNothingAndIsNotToldAsReadLess()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        await SayAsync(host, 5);
        using var ear = host.Listen(bob);
        await host.Pointers.AdvanceAsync(bob, host.General, 4);
        await host.Pointers.AdvanceAsync(bob, host.General, 2);
        Assert.Equal(1, await UnreadAsync(host, bob));
        await host.Pointers.StoreAsync();
        await host.Pointers.AdvanceAsync(bob, host.General, 2);
        await host.Pointers.StoreAsync();

        Assert.Equal(1, await UnreadAsync(host, bob));
        Assert.Equal(4, Stored(host, bob));
        Assert.All(await ear.DrainedAsync<RoomRead>(), read => Assert.True(read.Seq >= 4 || !read.IsSetBack));
    }

    [Fact]
    public async Task SetBackAsync_AfterReading_EverythingFromThereIsUnreadEvenWhenStoredAtTheSameTime()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        await SayAsync(host, 5);
        using var ear = host.Listen(bob);
        await host.Pointers.AdvanceAsync(bob, host.General, 5);
        var storing = Task.Run(host.Pointers.StoreAsync);
        await host.Pointers.SetBackAsync(bob, host.General, 2);
        await storing;
        await host.Pointers.StoreAsync();

        Assert.Equal((4, 1), (await UnreadAsync(host, bob), Stored(host, bob)));
        Assert.Contains(await ear.DrainedAsync<RoomRead>(), read => read is { Seq: 1, IsSetBack: true });
        await host.Pointers.AdvanceAsync(bob, host.General, 5);
        Assert.Equal(0, await UnreadAsync(host, bob));
    }

    [Fact]
    public async Task SetBackAsync_NoSuchMessageOrNotAMember_IsNotFound()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        await SayAsync(host, 1);
        var hidden = await host.PrivateAsync(host.Ann);
        await host.Messages.PostAsync(host.Ann, hidden, "hidden");
        string[] messages =
        [
            (await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Pointers.SetBackAsync(bob, host.General, 0))).Message,
            (await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Pointers.SetBackAsync(bob, host.General, 2))).Message,
            (await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Pointers.SetBackAsync(bob, hidden, 1))).Message,
            (await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Pointers.SetBackAsync(bob, 4711, 1))).Message,
        ];
        Assert.Single(messages.Distinct());
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(1_000)]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(long.MinValue)]
    public async Task AdvanceAsync_NumberThatIsNoMessage_DoesNoHarm(long seq)
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        await SayAsync(host, 2);
        await host.Pointers.AdvanceAsync(bob, host.General, 1);
        await host.Pointers.StoreAsync();
        await host.Pointers.AdvanceAsync(bob, host.General, seq);
        await host.Pointers.AdvanceAsync(bob, 4711, seq);
        Assert.InRange(await UnreadAsync(host, bob), 0, 1);
        await host.Pointers.StoreAsync();

        Assert.Equal((1, 1), (await UnreadAsync(host, bob), Stored(host, bob)));
        await SayAsync(host, 1);
        Assert.Equal(2, await UnreadAsync(host, bob));
    }

    [Fact]
    public async Task AdvanceAsync_ManyPeople_AreStoredTogetherEverySecond()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        await SayAsync(host, 3);
        await host.Pointers.AdvanceAsync(bob, host.General, 2);
        Assert.Equal(0, Stored(host, bob));

        await Wait.Until(() =>
        {
            host.Time.Advance(ReadPointers.Interval);
            return Stored(host, bob) == 2 && Stored(host, host.Ann) == 3;
        });
    }

    [Fact]
    public async Task StopAsync_MovedPointers_AreStored()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        await SayAsync(host, 3);
        await host.Pointers.AdvanceAsync(bob, host.General, 2);

        await using var after = await host.RestartAsync();

        Assert.Equal(2, Stored(after, bob));
        Assert.Equal(1, await UnreadAsync(after, await after.SignInAsync(bob.UserId)));
    }

    [Fact]
    public async Task AdvanceAsync_SecondTab_IsToldAndNobodyElse()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        await SayAsync(host, 3);
        using var phone = host.Listen(await host.SignInAsync(bob.UserId));
        using var ann = host.Listen(host.Ann, Topic.Room(host.General));

        await host.Pointers.AdvanceAsync(bob, host.General, 2);

        Assert.Equal(new RoomRead(host.General, bob.UserId, 2), Assert.Single(await phone.DrainedAsync<RoomRead>()));
        Assert.Empty(await ann.DrainedAsync<RoomRead>());
    }

    [Fact]
    public async Task AdvanceAsync_DatabaseRefuses_IsKeptAndStoredLater()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        await SayAsync(host, 3);
        host.Execute("CREATE TRIGGER broken BEFORE UPDATE ON Memberships BEGIN SELECT RAISE(ABORT, 'broken'); END");
        await host.Pointers.AdvanceAsync(bob, host.General, 3);
        await Wait.Until(() =>
        {
            host.Time.Advance(ReadPointers.Interval);
            return host.Log.Lines.Any(l => l.Text.Contains("Read pointers", StringComparison.Ordinal));
        });
        Assert.Equal(0, await UnreadAsync(host, bob));

        host.Execute("DROP TRIGGER broken");
        await Wait.Until(() =>
        {
            host.Time.Advance(ReadPointers.Interval);
            return Stored(host, bob) == 3;
        });
    }

    private static async Task SayAsync(ChatHost host, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await host.Messages.PostAsync(host.Ann, host.General, $"number {i}");
        }
    }

    private static async Task<long> UnreadAsync(ChatHost host, Actor actor) =>
        (await host.RoomQueries.MineAsync(actor)).Single(r => r.Id == host.General).Unread;

    private static long Stored(ChatHost host, Actor actor) =>
        host.Scalar<long>($"SELECT LastReadSeq FROM Memberships WHERE RoomId = {host.General} AND UserId = {actor.UserId}");
}
