using BlazorChat.Accounts;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Rooms;

public sealed class PastSilencesTests
{
    [Fact]
    public async Task ForgetAsync_ADayAfterTheirEnd_RemovesMutesAndTurns_AndNoneThatHolds()
    {
        await using var host = await ChatHost.StartAsync();
        var (bob, cem) = (await host.AddAsync("Bob"), await host.AddAsync("Cem"));
        var moderation = host.Get<RoomModeration>();
        await moderation.MuteAsync(host.Ann, host.General, bob.UserId, TimeSpan.FromHours(1), "Calm down.");
        await moderation.MuteAsync(host.Ann, null, cem.UserId, TimeSpan.FromDays(7), "Spam.");
        var slow = await host.PrivateAsync(host.Ann, bob);
        await moderation.SlowDownAsync(host.Ann, slow, Room.MaxSlowSeconds);
        host.Time.Advance(TimeSpan.FromHours(2));
        await host.Messages.PostAsync(bob, slow, "my turn");

        host.Time.Advance(TimeSpan.FromHours(22));
        await ForgetAsync(host);
        Assert.Equal((2, 1), await CountAsync(host));
        host.Time.Advance(TimeSpan.FromHours(1.5));
        await ForgetAsync(host);
        Assert.Equal((1, 1), await CountAsync(host));
        host.Time.Advance(TimeSpan.FromHours(1));
        await ForgetAsync(host);
        Assert.Equal((1, 0), await CountAsync(host));

        Assert.Equal("Spam.", Assert.Single(await host.Get<OwnMutes>().ListAsync(cem)).Reason);
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Messages.PostAsync(cem, host.General, "still muted"));
        await host.Messages.PostAsync(bob, slow, "my next turn");
    }

    [Fact]
    public async Task ForgetAsync_MoreThanOneBatch_RemovesAll()
    {
        await using var host = await ChatHost.StartAsync();
        host.Execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200) INSERT INTO SlowTurns(RoomId, UserId, At) SELECT 1 + i % 2, i, 0 FROM n");
        host.Execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200) INSERT INTO Mutes(UserId, RoomId, Until, Reason, ById, At) SELECT i, 0, 0, '', 1, 0 FROM n");
        await ForgetAsync(host);
        Assert.Equal((0, 0), await CountAsync(host));
    }

    private static async Task ForgetAsync(ChatHost host)
    {
        var forgetting = Task.Run(() => host.Get<PastSilences>().ForgetAsync(CancellationToken.None));
        await Wait.Until(() =>
        {
            host.Time.Advance(TimeSpan.FromMilliseconds(1));
            return forgetting.IsCompleted;
        });
        await forgetting;
    }

    private static async Task<(int Mutes, int Turns)> CountAsync(ChatHost host)
    {
        await using var db = await host.OpenAsync();
        return (await db.Mutes.CountAsync(), await db.SlowTurns.CountAsync());
    }
}
