using BlazorChat.Accounts;
using BlazorChat.Live;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.SignalR;

namespace BlazorChat.Api.Hub;

/// <summary>Makes a <see cref="HubClient"/> of each connection, and finds it again.</summary>
public sealed class HubClients(
    ChatService chat, SessionRegistry sessions, PeopleDirectory people, RoomQueries rooms, RoomWatch watch, BlockedNetworks networks,
    Sightings sightings, TimeProvider time, ILogger<HubClient> logger)
{
    /// <summary>Most connections that one person may have open: a program that forgets to close its own is told so.</summary>
    public const int MaxConnections = 50;

    private static readonly object Key = new();

    private readonly HubClientServices _services = new(chat, rooms, watch, sessions, sightings, time, logger);

    /// <summary>The client of a connection; <see langword="null"/> once it is gone.</summary>
    internal static HubClient? Of(HubCallerContext context) => context.Items.TryGetValue(Key, out var client) ? (HubClient?)client : null;

    internal async Task AddAsync(HubCallerContext context)
    {
        var actor = context.User?.ToActor();
        if (actor is null || chat.ConnectionsOf(actor.UserId) >= MaxConnections)
        {
            context.Abort();
            return;
        }

        var person = await people.GetAsync(actor.UserId);
        context.Items[Key] = new HubClient(HubConnections.Of(context), actor, person.Name, _services);
        try
        {
            if (!await sessions.IsActiveAsync(actor)
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
internal sealed record HubClientServices(
    ChatService Chat, RoomQueries Rooms, RoomWatch Watch, SessionRegistry Sessions, Sightings Sightings, TimeProvider Time, ILogger<HubClient> Logger);
