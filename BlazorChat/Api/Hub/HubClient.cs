using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Live;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.SignalR;

namespace BlazorChat.Api.Hub;

/// <summary>
/// The relay of one connection: what its inbox gets of the rooms that it follows, it writes to the client, in order. A client that
/// reads slowly fills its own inbox only, and is then told to fetch.
/// </summary>
public sealed class HubClient : IDisposable
{
    private static readonly TimeSpan TypingInterval = TimeSpan.FromSeconds(1);

    private readonly HubConnectionContext _connection;
    private readonly HubClientServices _services;
    private readonly string _name;
    private readonly Subscription _subscription;
    private readonly Connection _presence;
    private readonly HashSet<long> _rooms = [];
    private long _typedAt;

    internal HubClient(HubConnectionContext connection, Connection presence, string name, HubClientServices services)
    {
        (_connection, _presence, _name, _services) = (connection, presence, name, services);
        _subscription = services.Chat.Subscribe(Actor, RelayAsync);
    }

    /// <summary>Who is connected.</summary>
    public Actor Actor => _presence.Actor;

    internal async Task<JoinedBody> JoinAsync(long roomId)
    {
        await _services.Watch.FollowAsync(_subscription, Topic.Room(roomId), Topic.RoomSigns(roomId), Topic.RoomPresence(roomId));
        lock (_rooms)
        {
            _rooms.Add(roomId);
        }

        _presence.RoomId = roomId;

        // After it is followed: what is posted from now on comes by itself.
        var room = await _services.Rooms.FindAsync(Actor, roomId);
        await TellWhoIsHereAsync(roomId, room.MemberCount);
        return new JoinedBody(roomId, room.LastSeq);
    }

    internal void Leave(long roomId)
    {
        _subscription.Unfollow(Topic.Room(roomId));
        _subscription.Unfollow(Topic.RoomSigns(roomId));
        _subscription.Unfollow(Topic.RoomPresence(roomId));
        lock (_rooms)
        {
            _rooms.Remove(roomId);
        }
    }

    internal async Task TypingAsync(long roomId)
    {
        await _services.Sessions.RequireAsync(Actor, Scope.Write, roomId);
        if (!_subscription.IsFollowing(Topic.RoomSigns(roomId)) && !await _services.Rooms.IsMemberAsync(Actor, roomId))
        {
            throw RefusedException.NotFound("This room");
        }

        var now = _services.Time.GetTimestamp();
        if (_typedAt == 0 || _services.Time.GetElapsedTime(_typedAt, now) >= TypingInterval)
        {
            _typedAt = now;
            if (!await _services.Rooms.CanTypeAsync(Actor, roomId))
            {
                return;
            }

            _services.Chat.Raise(new Typing(roomId, Actor.UserId, _name));
        }
    }

    private async Task TellWhoIsHereAsync(long roomId, int memberCount)
    {
        if (memberCount > HubPresence.MaxMembers)
        {
            return;
        }

        foreach (var member in await _services.Rooms.MembersAsync(Actor, roomId, limit: HubPresence.MaxMembers))
        {
            if (_services.Chat.PresenceOf(member.Person.Id) is not PresenceState.Offline and var state)
            {
                await _connection.WriteAsync(HubMessages.Presence(member.Person.Id, state), _connection.ConnectionAborted);
            }
        }
    }

    private async Task RelayAsync(EventBatch batch)
    {
        try
        {
            if (batch.Missed)
            {
                await TellToFetchAsync();
            }

            for (var i = 0; i < batch.Events.Count; i++)
            {
                await RelayAsync(batch.Events[i]);
            }
        }
        catch (Exception) when (_connection.ConnectionAborted.IsCancellationRequested)
        {
            // The client left while it was being told.
        }
        catch (Exception exception)
        {
            _services.Logger.LogError(exception, "A client of user {UserId} could not be told and is disconnected.", Actor.UserId);
            _connection.Abort();
        }
    }

    private ValueTask RelayAsync(ChatEvent e)
    {
        switch (e)
        {
            case SessionEnded:
                _connection.Abort();
                return ValueTask.CompletedTask;
            case MemberRemoved removed:
                lock (_rooms)
                {
                    _rooms.Remove(removed.RoomId);
                }

                break;
            case Typing typing when typing.UserId == Actor.UserId:
                return ValueTask.CompletedTask;
        }

        return HubMessages.Of(e) is { } message ? _connection.WriteAsync(message, _connection.ConnectionAborted) : ValueTask.CompletedTask;
    }

    /// <summary>The inbox overflowed: of which rooms something is gone is unknown, and so is whether it is still in them.</summary>
    private async Task TellToFetchAsync()
    {
        long[] rooms;
        lock (_rooms)
        {
            rooms = [.. _rooms];
        }

        foreach (var roomId in rooms)
        {
            var isMember = _subscription.IsFollowing(Topic.Room(roomId));
            await _connection.WriteAsync(isMember ? HubMessages.Resync(roomId) : HubMessages.Removed(roomId), _connection.ConnectionAborted);
            if (!isMember)
            {
                lock (_rooms)
                {
                    _rooms.Remove(roomId);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _services.Sightings.Touch(Actor);
        _subscription.Dispose();
        _presence.Dispose();
    }
}
