namespace BlazorChat.Messages;

/// <summary>Registers the services of messages.</summary>
public static class MessagesSetup
{
    /// <summary>Adds the renderer, the writer and the queries.</summary>
    public static IServiceCollection AddMessages(this IServiceCollection services) => services
        .AddSingleton<MessageRenderer>()
        .AddSingleton<MessageViews>()
        .AddSingleton<RecentMessages>()
        .AddSingleton<RemovalChanges>()
        .AddSingleton<ExpiryChanges>()
        .AddSingleton<MessageChanges>()
        .AddSingleton<MessageRetention>()
        .AddSingleton<MessageGroup>()
        .AddSingleton<RemovedTexts>()
        .AddSingleton<BulkRemovals>()
        .AddSingleton<MessageRemovals>()
        .AddSingleton<Pins>()
        .AddSingleton<MessageService>()
        .AddSingleton<HeldPosts>()
        .AddSingleton<MessageQueries>()
        .AddSingleton<MessageSearch>()
        .AddSingleton<MessageWriter>()
        .AddHostedService(provider => provider.GetRequiredService<MessageWriter>());
}
