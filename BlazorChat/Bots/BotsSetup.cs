namespace BlazorChat.Bots;

/// <summary>Registers bots and webhooks.</summary>
public static class BotsSetup
{
    /// <summary>Adds bots and webhooks in both directions. Needs <c>AddMessages</c> and <c>AddOutbound</c>.</summary>
    public static IServiceCollection AddBots(this IServiceCollection services) => services
        .AddSingleton<BotAccounts>()
        .AddSingleton<BotService>()
        .AddSingleton<IncomingWebhooks>()
        .AddSingleton<OutgoingWebhooks>()
        .AddSingleton<WebhookBodies>()
        .AddSingleton<WebhookDispatch>()
        .AddSingleton<WebhookDeliveries>()
        .AddSingleton<WebhookSender>()
        .AddHostedService(provider => provider.GetRequiredService<WebhookSender>())
        .AddHostedService<WebhookLog>();
}
