using System.Collections.Concurrent;
using BlazorChat.Accounts;
using BlazorChat.Live;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BlazorChat.Tests.Live;

public sealed class ChatServiceTests
{
    private static readonly Actor Ann = new(1, Guid.NewGuid());
    private static readonly Actor Bob = new(2, Guid.NewGuid());

    private readonly ChatService _chat = new(TimeProvider.System, NullLogger<ChatService>.Instance);

    [Fact]
    public async Task Raise_ManyFromOneThread_ArriveInOrder()
    {
        using var ear = new Ear(_chat, Ann, Topic.Room(1));
        for (var i = 0; i < 20_000; i++)
        {
            _chat.Raise(new Said(1, i));
            if (i % Subscription.Capacity == Subscription.Capacity - 1)
            {
                await ear.HearsAsync<Said>(i + 1);
            }
        }

        Assert.Equal(Enumerable.Range(0, 20_000), (await ear.HearsAsync<Said>(20_000)).Select(s => s.Number));
        Assert.Equal(0, ear.Missed);
    }

    [Fact]
    public async Task Raise_InboxFull_IsOneMissedAndNothingLostAfter()
    {
        var gate = new TaskCompletionSource();
        ConcurrentQueue<(int[] Numbers, bool Missed)> batches = [];
        using var subscription = _chat.Subscribe(Ann, async batch =>
        {
            batches.Enqueue(([.. batch.Events.OfType<Said>().Select(s => s.Number)], batch.Missed));
            await gate.Task;
        });
        subscription.Follow(Topic.Room(1));
        _chat.Raise(new Said(1, -1));
        await Wait.Until(() => batches.Count == 1);

        for (var i = 0; i < Subscription.Capacity * 3; i++)
        {
            _chat.Raise(new Said(1, i));
        }

        gate.SetResult();
        await Wait.Until(() => batches.Count == 2);
        _chat.Raise(new Said(1, 7));
        _chat.Raise(new Said(1, 8));
        await Wait.Until(() => batches.Sum(b => b.Numbers.Length) == 3);

        Assert.True(batches.ElementAt(1).Missed);
        Assert.Empty(batches.ElementAt(1).Numbers);
        Assert.Equal([7, 8], batches.Skip(2).SelectMany(b => b.Numbers));
        Assert.Single(batches, b => b.Missed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Raise_SubscriberThrows_IsLoggedAndDroppedAlone(bool atOnce)
    {
        var log = new RecordingLog();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(log));
        var chat = new ChatService(TimeProvider.System, factory.CreateLogger<ChatService>());
        var calls = 0;
        using var broken = chat.Subscribe(Bob, async _ =>
        {
            Interlocked.Increment(ref calls);
            if (!atOnce)
            {
                await Task.Yield();
            }

            throw new InvalidOperationException("broken");
        });
        broken.Follow(Topic.Room(1));
        using var ear = new Ear(chat, Ann, Topic.Room(1));

        chat.Raise(new Said(1, 1));
        await Wait.Until(() => !log.Lines.IsEmpty);
        chat.Raise(new Said(1, 2));
        await ear.HearsAsync<Said>(2);
        broken.Follow(Topic.Room(2));

        Assert.Equal(1, calls);
        Assert.False(chat.IsFollowed(Topic.Room(2)));
        Assert.Contains("dropped", Assert.Single(log.Lines).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Raise_SubscriberStandsStill_DelaysNobody()
    {
        using var gate = new ManualResetEventSlim();
        using var still = _chat.Subscribe(Bob, _ =>
        {
            gate.Wait(Wait.Limit);
            return Task.CompletedTask;
        });
        still.Follow(Topic.Room(1));
        using var ear = new Ear(_chat, Ann, Topic.Room(1));
        for (var i = 0; i < 1_000; i++)
        {
            _chat.Raise(new Said(1, i));
            await ear.HearsAsync<Said>(i + 1);
        }

        Assert.False(gate.IsSet);
        gate.Set();
    }

    [Fact]
    public async Task Unfollow_EventsWaiting_NothingArrivesAfter()
    {
        var gate = new TaskCompletionSource();
        List<ChatEvent> heard = [];
        using var subscription = _chat.Subscribe(Ann, async batch =>
        {
            heard.AddRange(batch.Events);
            await gate.Task;
        });
        subscription.Follow(Topic.Room(1));
        subscription.Follow(Topic.Room(2));
        _chat.Raise(new Said(1, 0));
        await Wait.Until(() => heard.Count == 1);
        _chat.Raise(new Said(1, 1));
        _chat.Raise(new Said(2, 2));
        _chat.Raise(new Said(1, 3));

        subscription.Unfollow(Topic.Room(1));
        _chat.Raise(new Said(1, 4));
        gate.SetResult();

        await Wait.Until(() => heard.Count == 2);
        Assert.Equal([0, 2], heard.OfType<Said>().Select(s => s.Number));
        Assert.False(_chat.IsFollowed(Topic.Room(1)));
    }

    [Fact]
    public async Task EndWatch_OneOfTwoPeople_OnlyTheOtherHears()
    {
        var session2 = new Actor(Bob.UserId, Guid.NewGuid());
        using var ann = new Ear(_chat, Ann, Topic.Room(1), Topic.RoomSigns(1));
        using var bob = new Ear(_chat, Bob, Topic.Room(1), Topic.RoomState(1), Topic.RoomSigns(1), Topic.Room(2));
        using var bobsPhone = new Ear(_chat, session2, Topic.Room(1));

        _chat.EndWatch(1, Bob.UserId);
        _chat.Raise(new Said(1, 1));
        _chat.Raise(new Typing(1, Ann.UserId, "Ann"));
        _chat.Raise(new Said(2, 2));

        Assert.Equal([1], (await ann.DrainedAsync<Said>()).Select(s => s.Number));
        Assert.Equal([2], (await bob.DrainedAsync<Said>()).Select(s => s.Number));
        Assert.Empty(bob.Heard<Typing>());
        Assert.False(_chat.IsFollowed(Topic.RoomState(1)));
        Assert.Empty(await bobsPhone.DrainedAsync<Said>());
    }

    [Fact]
    public async Task EndSession_SeveralSubscriptions_TheLastThingHeardIsTheEnd()
    {
        var other = new Actor(Bob.UserId, Guid.NewGuid());
        using var page = new Ear(_chat, Bob, Topic.Room(1));
        using var sidebar = new Ear(_chat, Bob, Topic.Room(1), Topic.Room(2));
        using var phone = new Ear(_chat, other, Topic.Room(1));

        _chat.EndSession(Bob.UserId, Bob.SessionId);
        for (var i = 0; i < 100; i++)
        {
            _chat.Raise(new Said(1, i));
        }

        await phone.HearsAsync<Said>(100);
        Assert.Empty(phone.Heard<SessionEnded>());
        foreach (var ear in (Ear[])[page, sidebar])
        {
            Assert.Equal(Bob.SessionId, Assert.Single(await ear.HearsAsync<SessionEnded>()).SessionId);
            Assert.Empty(ear.Heard<Said>());
        }
    }

    [Fact]
    public void Follow_AfterTheSessionEnded_IsRefused()
    {
        using var ear = new Ear(_chat, Bob);
        _chat.EndSession(Bob.UserId, Bob.SessionId);

        ear.Subscription.Follow(Topic.Room(1));

        Assert.False(_chat.IsFollowed(Topic.Room(1)));
        Assert.False(_chat.IsFollowed(Topic.User(Bob.UserId)));
    }

    [Fact]
    public void Dispose_LastFollower_LeavesNothingBehind()
    {
        var ear = new Ear(_chat, Ann, Topic.Room(1), Topic.Presence(2));
        ear.Dispose();

        Assert.All(
            (Topic[])[Topic.Room(1), Topic.Presence(2), Topic.User(Ann.UserId), Topic.Everyone],
            topic => Assert.False(_chat.IsFollowed(topic)));
    }

    [Fact]
    public async Task Dispose_FromItsOwnHandler_EndsIt()
    {
        var calls = 0;
        Subscription? subscription = null;
        subscription = _chat.Subscribe(Bob, _ =>
        {
            calls++;
            subscription!.Dispose();
            return Task.CompletedTask;
        });
        subscription.Follow(Topic.Room(1));
        using var ear = new Ear(_chat, Ann, Topic.Room(1));
        _chat.Raise(new Said(1, 1));
        await Wait.Until(() => calls == 1);
        _chat.Raise(new Said(1, 2));
        await ear.HearsAsync<Said>(2);

        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task FollowRaiseDispose_ManyThreadsAtOnce_NeitherStandsStillNorLosesTheSteadyOne()
    {
        const int Threads = 8;
        const int Rounds = 400;
        using var steady = new Ear(_chat, Ann, Topic.Room(1));
        var raised = 0;
        var work = Enumerable.Range(0, Threads).Select(thread => Task.Run(async () =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                var actor = new Actor(10 + thread, Guid.NewGuid());
                using var subscription = _chat.Subscribe(actor, _ => Task.CompletedTask);
                subscription.Follow(Topic.Room(1));
                subscription.Follow(Topic.Room(2 + (i % 3)));
                _chat.Raise(new Said(2 + (i % 3), i));
                if (i % 8 == 0)
                {
                    Interlocked.Increment(ref raised);
                    _chat.Raise(new Said(1, i));
                    await Task.Yield();
                }

                subscription.KeepOnly(Audience.Room, new HashSet<long> { 2 });
                if (i % 3 == 0)
                {
                    _chat.EndSession(actor.UserId, actor.SessionId);
                }
                else if (i % 3 == 1)
                {
                    _chat.EndWatch(2, actor.UserId);
                }
            }
        })).ToArray();

        await Task.WhenAll(work).WaitAsync(Wait.Limit);
        await steady.DrainedAsync<Said>();

        Assert.True(steady.Missed > 0 || steady.Heard<Said>().Length == raised);
        Assert.All((long[])[2, 3, 4], room => Assert.False(_chat.IsFollowed(Topic.Room(room))));
    }

    private sealed record Said(long RoomId, int Number) : ChatEvent(Topic.Room(RoomId));
}
