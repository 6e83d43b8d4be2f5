using BlazorChat.Accounts;

namespace BlazorChat.Tests.Messages;

public sealed class EditWindowTests
{
    [Theory]
    [InlineData(null, 1_500, true)]
    [InlineData(5, 4, true)]
    [InlineData(5, 5, false)]
    [InlineData(0, 0, false)]
    public async Task EditAsync_WithinOrAfterTheCommunitysTime_IsDoneOrRefused(int? minutes, int after, bool isDone)
    {
        var host = await ChatHost.StartAsync();
        host.Execute($"UPDATE Community SET EditMinutes = {minutes?.ToString() ?? "NULL"}");
        host = await host.RestartAsync();
        await using var again = host;
        var said = await host.Messages.PostAsync(host.Ann, host.General, "before");
        host.Time.Advance(TimeSpan.FromMinutes(after));
        if (isDone)
        {
            Assert.Equal("after", (await host.Messages.EditAsync(host.Ann, said.Id, "after")).Text);
            return;
        }

        // Also for who owns the community.
        var refused = await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Messages.EditAsync(host.Ann, said.Id, "after"));
        Assert.Contains(minutes == 0 ? "not edited here" : "5 minutes", refused.Message, StringComparison.Ordinal);
        Assert.Equal("before", host.Scalar<string>("SELECT Text FROM Messages"));
        await host.Messages.DeleteAsync(host.Ann, said.Id);
    }
}
