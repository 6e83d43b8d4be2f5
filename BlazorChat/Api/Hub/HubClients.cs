using BlazorChat.Accounts;
using BlazorChat.Live;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace BlazorChat.Api.Hub;

/// <summary>Makes a <see cref="HubClient"/> of each connection, and finds it again.</summary>
public sealed class HubClients(HubClientServices services, PeopleDirectory people, BlockedNetworks networks, ConnectionLimits limits)
{
    private static readonly object Key = new();

    /// <summary>The client of a connection; <see langword="null"/> once it is gone.</summary>
    internal static HubClient? Of(HubCallerContext context) => context.Items.TryGetValue(Key, out var client) ? (HubClient?)client : null;

    internal async Task AddAsync(HubCallerContext context)
    {
        var actor = context.User?.ToActor();
        if (actor is null)
        {
            context.Abort();
            return;
        }

        var person = await people.GetAsync(actor.UserId);
        var connection = HubConnections.Of(context);
        if (services.Chat.Connect(actor, ConnectionKind.Hub, limits.HubConnections) is not { } presence)
        {
            // A program that forgets to close its connections is told so. Not by an exception, which would fill the log.
            await connection.WriteAsync(
                new CloseMessage($"You have {limits.HubConnections} connections open. Close one before you open another."), context.ConnectionAborted);
            context.Abort();
            return;
        }

        context.Items[Key] = new HubClient(connection, presence, person.Name, services);
        try
        {
            if (!await services.Sessions.IsActiveAsync(actor)
                || await networks.FindForAsync(actor.UserId, context.GetHttpContext()?.Connection.RemoteIpAddress) is not null)
            {
                // It ended, or its network was banned, between the check of the token and now.
                context.Abort();
            }
        }
        catch
        {
            // SignalR tells nobody that a connection is gone which it could not begin.
            Remove(context);
            throw;
        }
    }

    internal static void Remove(HubCallerContext context)
    {
        if (context.Items.Remove(Key, out var client))
        {
            ((HubClient)client!).Dispose();
        }
    }
}

/// <summary>What every client's relay asks: one record for all of them.</summary>
/// <param name="Chat">The switchboard.</param>
/// <param name="Rooms">Who is in which room.</param>
/// <param name="Watch">Lets members follow their rooms.</param>
/// <param name="Sessions">Whether the token is still good.</param>
/// <param name="Sightings">When somebody was here last.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">For what fails.</param>
public sealed record HubClientServices(
    ChatService Chat, RoomQueries Rooms, RoomWatch Watch, SessionRegistry Sessions, Sightings Sightings, TimeProvider Time, ILogger<HubClient> Logger);
