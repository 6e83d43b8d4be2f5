using BlazorChat.Notifications.Digests;
using BlazorChat.Notifications.WebPush;
using BlazorChat.Outbound;
using Microsoft.Extensions.Options;

namespace BlazorChat.Notifications;

/// <summary>Registers how people are told of what they are not looking at.</summary>
public static class NotificationsSetup
{
    /// <summary>Adds notifications. Needs <c>AddMessages</c>, <c>AddOutbound</c> and <c>AddMail</c>.</summary>
    public static IServiceCollection AddNotifications(this IServiceCollection services, IConfiguration configuration) => services
        .AddWebPush(configuration)
        .AddDigests()
        .AddSingleton<NotificationService>()
        .AddSingleton<PushSubscriptions>()
        .AddSingleton<PushAudience>()
        .AddSingleton<PushDelivery>()
        .AddSingleton<PushNotes>()
        // Before the log, so that it stops after it: what the last attempts came to is still stored.
        .AddHostedService(provider => provider.GetRequiredService<PushNotes>())
        .AddHostedService<PushLog>();

    private static IServiceCollection AddDigests(this IServiceCollection services) => services
        .AddSingleton<UnsubscribeLinks>()
        .AddSingleton<DigestLog>()
        .AddSingleton<DigestReader>()
        .AddSingleton<DigestSender>()
        .AddHostedService(provider => provider.GetRequiredService<DigestSender>());

    private static IServiceCollection AddWebPush(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PushOptions>().Configure(options => options.Read(configuration)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<PushOptions>, PushOptions.Check>()
            .AddSingleton<PushHosts>()
            .AddSingleton<VapidKeys>()
            .AddSingleton<VapidTokens>()
            .AddSingleton<IWebPushClient, WebPushClient>()
            .AddHostedService<VapidKeysAtStart>();
        services.AddHttpClient(WebPushClient.Client, client =>
            {
                // The client keeps the time itself.
                client.Timeout = Timeout.InfiniteTimeSpan;
                client.DefaultRequestHeaders.UserAgent.ParseAdd("BlazorChat/1.0");
            })
            .RemoveAllLoggers()
            .ConfigurePrimaryHttpMessageHandler(provider => provider.GetRequiredService<OutboundConnections>()
                // One for each push at once. Over HTTP/2, which the known services have, a single one carries them all.
                .Handler(provider.GetRequiredService<PushHosts>().IsListed, connectionsPerServer: PushLane.MaxAtOnce))
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan);
        return services;
    }
}
