namespace BlazorChat.Bench.Circuits;

/// <summary>How much to measure.</summary>
/// <param name="Circuits">Tabs, each of another person.</param>
/// <param name="Rooms">Rooms that they are spread over.</param>
/// <param name="Rate">Messages a second over all rooms, sent on time whether or not earlier ones were answered.</param>
/// <param name="Seconds">How long at that rate.</param>
/// <param name="WarmUp">Seconds at that rate before anything counts, so that the JIT is done.</param>
/// <param name="Idle">Seconds of silence, to know what circuits cost that do nothing.</param>
/// <param name="Burst">Messages to each room at once.</param>
/// <param name="Compress">Whether the tabs ask for WebSocket compression, as browsers do.</param>
/// <param name="Server">A directory with a built server, instead of the one beside this program.</param>
internal sealed record CircuitsOptions(
    int Circuits, int Rooms, double Rate, int Seconds, int WarmUp, int Idle, int Burst, bool Compress, string? Server);
