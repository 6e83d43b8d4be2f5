namespace BlazorChat.Live;

/// <summary>Registers the switchboard.</summary>
public static class LiveSetup
{
    /// <summary>Adds the switchboard, its limits, and the clock that everything asks.</summary>
    public static IServiceCollection AddLive(this IServiceCollection services) => services
        .AddSingleton(TimeProvider.System)
        .AddSingleton<ConnectionLimits>()
        .AddSingleton<ChatService>();
}
