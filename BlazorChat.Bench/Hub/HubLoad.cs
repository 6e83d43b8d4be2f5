namespace BlazorChat.Bench.Hub;

/// <summary>What the clients do.</summary>
internal enum HubMode
{
    /// <summary>Messages are due at a fixed rate, whatever became of the earlier ones.</summary>
    Open,

    /// <summary>Each client sends its next message when the one before is acknowledged.</summary>
    Closed,

    /// <summary>They only stay connected.</summary>
    Idle,
}

/// <summary>One measurement of the hub.</summary>
/// <param name="Clients">Connections, each of another person.</param>
/// <param name="Rooms">Rooms that they are spread over; each is in one.</param>
/// <param name="Mode">What they do.</param>
/// <param name="Rate">Messages a second over all rooms, in an open loop.</param>
/// <param name="Seconds">How long it counts.</param>
/// <param name="Budgets">What is expected of it.</param>
internal sealed record HubLoad(int Clients, int Rooms, HubMode Mode, double Rate, int Seconds, HubBudgets Budgets)
{
    /// <summary>The loads that have budgets, by name.</summary>
    public static IReadOnlyDictionary<string, HubLoad> Presets { get; } = new Dictionary<string, HubLoad>
    {
        ["rooms"] = new(1000, 10, HubMode.Open, 20, 30, new HubBudgets(DeliveryP99: 6, CpuADelivery: 16)),
        ["room"] = new(1000, 1, HubMode.Open, 5, 30, new HubBudgets(DeliveryP99: 22)),
        ["peak"] = new(50, 1, HubMode.Closed, 0, 10, new HubBudgets(Acknowledgements: 2_100, Deliveries: 105_000)),
        ["idle"] = new(5000, 50, HubMode.Idle, 0, 10, new HubBudgets(RssAConnection: 50)),
    };

    public override string ToString() => Mode switch
    {
        HubMode.Open => $"{Clients} clients in {Rooms} rooms, {Rate} msg/s",
        HubMode.Closed => $"{Clients} clients in {Rooms} rooms, closed loop",
        _ => $"{Clients} clients in {Rooms} rooms, idle",
    };
}

/// <summary>What must hold; none where null.</summary>
/// <param name="DeliveryP99">Milliseconds from when a message was due until one of its room received it, at most.</param>
/// <param name="CpuADelivery">The server's microseconds a delivery, at most.</param>
/// <param name="Acknowledgements">A second, at least.</param>
/// <param name="Deliveries">A second, at least.</param>
/// <param name="RssAConnection">KiB, at most.</param>
internal sealed record HubBudgets(
    double? DeliveryP99 = null, double? CpuADelivery = null, double? Acknowledgements = null, double? Deliveries = null, double? RssAConnection = null);

/// <summary>What to measure.</summary>
/// <param name="Loads">One after the other, each on a server of its own.</param>
/// <param name="Protocol">json or messagepack.</param>
/// <param name="WarmUp">Seconds of the same before anything counts.</param>
/// <param name="Idle">Seconds of silence that give the idle CPU.</param>
/// <param name="Server">A directory with a built server, instead of the one beside this program.</param>
internal sealed record HubOptions(IReadOnlyList<HubLoad> Loads, string Protocol, int WarmUp, int Idle, string? Server);
