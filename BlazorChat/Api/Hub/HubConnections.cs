using Microsoft.AspNetCore.SignalR;

namespace BlazorChat.Api.Hub;

/// <summary>
/// Lets each client's own relay write to its connection: SignalR shows a connection's writing side only to whoever manages their
/// lifetimes, and its groups know neither of memberships nor of slow clients.
/// </summary>
internal sealed class HubConnections(ILogger<DefaultHubLifetimeManager<ChatHub>> logger) : DefaultHubLifetimeManager<ChatHub>(logger)
{
    private static readonly object Key = new();

    /// <summary>The connection of a call.</summary>
    public static HubConnectionContext Of(HubCallerContext context) => (HubConnectionContext)context.Items[Key]!;

    public override Task OnConnectedAsync(HubConnectionContext connection)
    {
        connection.Items[Key] = connection;
        return base.OnConnectedAsync(connection);
    }
}
