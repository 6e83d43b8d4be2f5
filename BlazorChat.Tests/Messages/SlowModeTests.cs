using BlazorChat.Accounts;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Tests.Messages;

public sealed class SlowModeTests
{
    [Fact]
    public async Task PostAsync_InASlowedRoom_WaitsForOnesTurn_AcrossARestart()
    {
        await using var first = await ChatHost.StartAsync();
        var (bob, cem) = (await first.AddAsync("Bob"), await first.AddAsync("Cem"));
        await first.Get<RoomModeration>().SlowDownAsync(first.Ann, first.General, 30);

        await first.Messages.PostAsync(bob, first.General, "one");
        var refused = await ChatHost.RefusedAsync(Refusal.TooMany, () => first.Messages.PostAsync(bob, first.General, "two"));
        Assert.Equal(TimeSpan.FromSeconds(30), refused.RetryAfter);
        Assert.Equal("This room is slow: one message every 30 seconds. You can post again in 30 seconds.", refused.Message);
        await first.Messages.PostAsync(cem, first.General, "everybody has a turn of their own");
        Assert.Equal((30, true, TimeSpan.FromSeconds(30)), Wait(await first.RoomQueries.FindAsync(bob, first.General)));

        await first.Messages.PostAsync(first.Ann, first.General, "moderators");
        await first.Messages.PostAsync(first.Ann, first.General, "do not wait");
        Assert.Equal((30, false, TimeSpan.Zero), Wait(await first.RoomQueries.FindAsync(first.Ann, first.General)));

        // Leaving gives nobody a turn, nor does a restart.
        await first.Memberships.LeaveAsync(bob, first.General);
        await first.Memberships.JoinAsync(bob, first.General);
        await using var second = await first.RestartAsync();
        second.Time.Advance(TimeSpan.FromSeconds(29));
        refused = await ChatHost.RefusedAsync(Refusal.TooMany, () => second.Messages.PostAsync(bob, second.General, "two"));
        Assert.Equal(TimeSpan.FromSeconds(1), refused.RetryAfter);
        second.Time.Advance(TimeSpan.FromSeconds(1));
        await second.Messages.PostAsync(bob, second.General, "two");
    }

    [Fact]
    public async Task PostAsync_Resend_NeverCounts()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        await host.Get<RoomModeration>().SlowDownAsync(host.Ann, host.General, 30);

        var sent = await host.Messages.PostAsync(bob, host.General, "one", "a");
        host.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(sent.Id, (await host.Messages.PostAsync(bob, host.General, "one", "a")).Id);
        Assert.Equal(TimeSpan.FromSeconds(10), (await ChatHost.RefusedAsync(Refusal.TooMany, () => host.Messages.PostAsync(bob, host.General, "two", "b"))).RetryAfter);
        host.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(sent.Id, (await host.Messages.PostAsync(bob, host.General, "one", "a")).Id);
        Assert.Equal(2, (await host.Messages.PostAsync(bob, host.General, "two", "b")).Seq);
    }

    [Fact]
    public async Task PostAsync_ManyAtOnce_StoresOneOfEachPerson()
    {
        await using var host = await ChatHost.StartAsync();
        var (bob, cem) = (await host.AddAsync("Bob"), await host.AddAsync("Cem"));
        await host.Get<RoomModeration>().SlowDownAsync(host.Ann, host.General, 5);

        // The writer takes what waits together, so that most of these are in one group.
        var posts = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(async () =>
        {
            try
            {
                return await host.Messages.PostAsync(i % 2 == 0 ? bob : cem, host.General, $"{i}");
            }
            catch (RefusedException refused) when (refused.Refusal == Refusal.TooMany)
            {
                return null;
            }
        })));

        Assert.Equal(new[] { bob.UserId, cem.UserId }.Order(), posts.OfType<MessageView>().Select(m => m.Sender.Id).Order());
    }

    [Fact]
    public async Task SlowDownAsync_OutOfBounds_IsRefused_AndOffEndsTheWait()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        await ChatHost.RefusedAsync(Refusal.Invalid, () => host.Get<RoomModeration>().SlowDownAsync(host.Ann, host.General, -1));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => host.Get<RoomModeration>().SlowDownAsync(host.Ann, host.General, Room.MaxSlowSeconds + 1));
        await host.Get<RoomModeration>().SlowDownAsync(host.Ann, host.General, Room.MaxSlowSeconds);
        await host.Messages.PostAsync(bob, host.General, "one");
        await ChatHost.RefusedAsync(Refusal.TooMany, () => host.Messages.PostAsync(bob, host.General, "two"));
        await host.Get<RoomModeration>().SlowDownAsync(host.Ann, host.General, 0);
        await host.Messages.PostAsync(bob, host.General, "two");
    }

    private static (int Seconds, bool Slowed, TimeSpan Left) Wait(RoomView room) => (room.SlowSeconds, room.IsSlowed, room.SlowLeft);
}
