namespace BlazorChat.Bench.Revoke;

/// <summary>How much to measure.</summary>
/// <param name="People">Each with a circuit, a hub connection and a token.</param>
/// <param name="Bans">How many of them are banned.</param>
/// <param name="Pace">Bans a second.</param>
/// <param name="Rooms">Rooms that they are spread over.</param>
/// <param name="Rate">Messages a second over all rooms meanwhile, so that there are frames to get.</param>
/// <param name="Server">A directory with a built server, instead of the one beside this program.</param>
internal sealed record RevokeOptions(int People, int Bans, double Pace, int Rooms, double Rate, string? Server);
