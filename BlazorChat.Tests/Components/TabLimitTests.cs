using BlazorChat.Accounts;
using BlazorChat.Components.Layout;
using BlazorChat.Components.Rooms;
using BlazorChat.Components.Shared;
using BlazorChat.Live;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Components;

/// <summary>One tab more than a person may have open, without a browser: the handler is called as Blazor calls it.</summary>
public sealed class TabLimitTests
{
    private const int Most = 2;

    [Fact]
    public async Task Tab_OneTooMany_ShowsNothingAndLeaves_AndEndsWhenItStays()
    {
        await using var host = await ChatHost.StartAsync();
        await using var tabs = new Tabs(host);
        await tabs.OpenAsync();
        await tabs.OpenAsync();
        var tab = await tabs.OpenAsync();

        Assert.Equal("", tab.Layout.Markup.Trim());
        Assert.EndsWith("/account/tabs?returnUrl=%2F", tab.Address, StringComparison.Ordinal);
        Assert.Equal((null, Most), (tab.Circuit.Connection, host.Chat.ConnectionsOf(host.Ann.UserId)));
        Assert.False(tab.Ends.IsCompleted);
        host.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Contains("too many tabs", (await tab.Ends.WaitAsync(Wait.Limit)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tab_ThatComesBackAsOneTooMany_Leaves_AndOthersStay()
    {
        await using var host = await ChatHost.StartAsync();
        await using var tabs = new Tabs(host);
        var (asleep, other) = (await tabs.OpenAsync(), await tabs.OpenAsync());
        await asleep.Circuit.OnConnectionDownAsync(null!, CancellationToken.None);
        var third = await tabs.OpenAsync();
        await asleep.Circuit.OnConnectionUpAsync(null!, CancellationToken.None);

        await asleep.Layout.WaitForAssertionAsync(() => Assert.Equal("", asleep.Layout.Markup.Trim()));
        Assert.EndsWith("/account/tabs?returnUrl=%2F", asleep.Address, StringComparison.Ordinal);
        foreach (var open in (OpenTab[])[other, third])
        {
            Assert.NotEmpty(open.Layout.FindAll("main"));
            await open.Circuit.OnConnectionDownAsync(null!, CancellationToken.None);
            await open.Circuit.OnConnectionUpAsync(null!, CancellationToken.None);
            Assert.False(open.Circuit.IsRefused);
        }
    }

    /// <summary>The tabs of one person.</summary>
    private sealed class Tabs(ChatHost host) : IAsyncDisposable
    {
        private readonly List<Tab> _open = [];

        public async Task<OpenTab> OpenAsync()
        {
            var tab = new Tab(host, host.Ann);
            _open.Add(tab);
            tab.Services.AddSingleton(new ConnectionLimits(
                new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Limits:Tabs"] = $"{Most}" }).Build()));
            tab.ComponentFactories.AddStub<RoomSidebar>();
            tab.ComponentFactories.AddStub<Widgets>();
            await tab.Circuit.OnCircuitOpenedAsync(null!, CancellationToken.None);
            return new OpenTab(tab, tab.Render<ChatLayout>());
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var tab in _open)
            {
                await tab.DisposeAsync();
            }
        }
    }

    private sealed record OpenTab(Tab Tab, IRenderedComponent<ChatLayout> Layout)
    {
        public CircuitState Circuit => Tab.Circuit;

        public string Address => Tab.Services.GetRequiredService<NavigationManager>().Uri;

        public Task<Exception> Ends => Tab.Renderer.UnhandledException;
    }
}
