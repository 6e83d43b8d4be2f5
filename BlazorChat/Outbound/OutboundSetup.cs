namespace BlazorChat.Outbound;

/// <summary>Registers how this server asks other servers.</summary>
public static class OutboundSetup
{
    /// <summary>The one name to make clients by with <see cref="IHttpClientFactory"/> for addresses that people chose.</summary>
    public const string Client = "outbound";

    /// <summary>Adds the client. It has no proxy, no cookies and no credentials, and it logs no addresses: they may hold secrets.</summary>
    public static IServiceCollection AddOutbound(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<OutboundOptions>(configuration.GetSection("Outbound"))
            .AddSingleton<OutboundNetworks>()
            .AddSingleton<OutboundConnections>()
            .AddTransient<OutboundRequests>();
        services.AddHttpClient(Client, client =>
            {
                client.Timeout = OutboundOptions.Timeout;
                client.MaxResponseContentBufferSize = OutboundOptions.MaxAnswerBytes;
                client.DefaultRequestHeaders.UserAgent.ParseAdd("BlazorChat/1.0");
            })
            .RemoveAllLoggers()
            .AddHttpMessageHandler<OutboundRequests>()
            .ConfigurePrimaryHttpMessageHandler(provider => provider.GetRequiredService<OutboundConnections>().Handler())
            // The pool renews its connections itself.
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan);
        return services;
    }
}
