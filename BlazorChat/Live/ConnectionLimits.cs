namespace BlazorChat.Live;

/// <summary>
/// How many connections of a kind a person may have up at a time: each costs memory for as long as it is open. The <c>Limits</c> section of
/// the settings may set others than these defaults, one at the least.
/// </summary>
public sealed class ConnectionLimits(IConfiguration configuration)
{
    /// <summary>Open tabs, on all their devices.</summary>
    public int Tabs { get; } = Math.Max(1, configuration.GetValue("Limits:Tabs", 20));

    /// <summary>Programs on the hub, by all their tokens.</summary>
    public int HubConnections { get; } = Math.Max(1, configuration.GetValue("Limits:HubConnections", 50));
}
