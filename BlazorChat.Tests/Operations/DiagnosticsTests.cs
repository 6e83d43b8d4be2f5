using System.Net;
using System.Net.Http.Json;
using BlazorChat.Live;
using BlazorChat.Operations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Operations;

public sealed class DiagnosticsTests
{
    [Fact]
    public async Task Collect_EnabledAndFromThisMachine_TellsWhatIsUsed()
    {
        await using var app = await StartAsync(enabled: true, IPAddress.IPv6Loopback);
        using var answer = await app.GetTestClient().PostAsync("/diagnostics/collect", null);
        var figures = await answer.Content.ReadFromJsonAsync<Diagnostics.Figures>();
        Assert.True(figures is { HeapBytes: > 0, RssBytes: > 0, CpuMilliseconds: > 0, AllocatedBytes: > 0, Circuits: 0 });
    }

    [Theory]
    [InlineData(true, "192.0.2.7")]
    [InlineData(false, "127.0.0.1")]
    public async Task Collect_FromElsewhereOrNotEnabled_IsNotFound(bool enabled, string from)
    {
        await using var app = await StartAsync(enabled, IPAddress.Parse(from));
        using var client = app.GetTestClient();
        using var collected = await client.PostAsync("/diagnostics/collect", null);
        using var read = await client.GetAsync("/diagnostics");
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (collected.StatusCode, read.StatusCode));
    }

    private static async Task<WebApplication> StartAsync(bool enabled, IPAddress from)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseTestServer();
        builder.Configuration[Diagnostics.EnabledSetting] = $"{enabled}";
        builder.Services.AddLogging().AddRouting().AddSingleton(TimeProvider.System).AddSingleton<ChatService>();
        var app = builder.Build();
        app.Use((context, next) =>
        {
            context.Connection.RemoteIpAddress = from;
            return next(context);
        });
        app.UseRouting();
        app.MapDiagnostics();
        app.UseEndpoints(_ => { });
        await app.StartAsync();
        return app;
    }
}
