using BlazorChat.Accounts;
using BlazorChat.Live;
using BlazorChat.Moderation.Overview;

namespace BlazorChat.Tests.Moderation;

public sealed class OverviewTests
{
    [Fact]
    public async Task GetAsync_AfterARestart_CountsTheMessagesOfEachMinuteOfTheLastHour()
    {
        await using var first = await ChatHost.StartAsync();
        var start = first.Time.GetUtcNow();
        for (var i = 0; i < 3; i++)
        {
            await first.Messages.PostAsync(first.Ann, first.General, $"{i}");
        }

        first.Time.Advance(TimeSpan.FromMinutes(10));
        await first.Messages.PostAsync(first.Ann, first.General, "later");

        var now = start.AddMinutes(20);
        await using var host = await first.RestartAsync();
        host.Time.SetUtcNow(now);
        var view = await host.Get<OverviewService>().GetAsync(host.Ann);

        Assert.Equal(Pulse.Minutes, view.LastHour.Count);
        Assert.Equal(4, view.LastHour.Sum(m => m.Messages));
        Assert.Equal(now, view.LastHour[^1].At);
        Assert.Equal(3, view.LastHour.Single(m => m.At == start.AddMinutes(1)).Messages);
        Assert.Equal(1, view.LastHour.Single(m => m.At == start.AddMinutes(11)).Messages);
        Assert.Equal((1, 1, 4L), (view.Totals.People, view.Totals.Rooms, view.Totals.Messages));
        Assert.True(view.Storage is { DatabaseBytes: > 100_000, FreeBytes: > 0 });
    }

    [Fact]
    public async Task GetAsync_WhileItRuns_TakesThePulseEveryMinute()
    {
        await using var host = await ChatHost.StartAsync();
        var overview = host.Get<OverviewService>();
        using var tab = host.Chat.Connect(host.Ann, ConnectionKind.Circuit);
        using var client = host.Chat.Connect(host.Ann, ConnectionKind.Hub);
        await overview.GetAsync(host.Ann);
        await host.Messages.PostAsync(host.Ann, host.General, "hello");

        await Wait.UntilAsync(async () =>
        {
            host.Time.Advance(TimeSpan.FromMinutes(1));
            return (await overview.GetAsync(host.Ann)).LastHour.Any(m => m is { Messages: 1, Online: 1, Connections: 2 });
        });
        var view = await overview.GetAsync(host.Ann);
        Assert.Equal((1, 0, 1, 1), (view.Online, view.Away, view.Circuits, view.Hubs));
        Assert.Equal(Pulse.Minutes, view.LastHour.Count);
    }

    [Fact]
    public async Task OlderThanAsync_CountsWhatARetentionWouldDelete_ButInRoomsWithTheirOwn()
    {
        await using var host = await ChatHost.StartAsync();
        var own = await host.PrivateAsync(host.Ann);
        await host.Messages.PostAsync(host.Ann, own, "kept");
        await host.Messages.PostAsync(host.Ann, host.General, "old");
        host.Pass(TimeSpan.FromDays(10));
        await host.Messages.PostAsync(host.Ann, host.General, "new");
        var overview = host.Get<OverviewService>();

        Assert.Equal(2, await overview.OlderThanAsync(host.Ann, 7));
        host.Execute($"""UPDATE "Rooms" SET "RetentionDays" = 0 WHERE "Id" = {own}""");
        Assert.Equal(1, await overview.OlderThanAsync(host.Ann, 7));
        Assert.Equal(0, await overview.OlderThanAsync(host.Ann, 30));
    }
}
