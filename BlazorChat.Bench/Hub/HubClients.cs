using System.Diagnostics;
using BlazorChat.Bench.Server;
using BlazorChat.Bench.Wire;

namespace BlazorChat.Bench.Hub;

/// <summary>All connections of a measurement: client i is user i, in the room that the seed put that user in.</summary>
internal sealed class HubClients : IDisposable
{
    private const int OpeningAtOnce = 64;
    private static readonly long PingInterval = 15 * Stopwatch.Frequency;
    private static readonly TimeSpan OpenLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(15);

    private readonly SocketLoop _loop = new();
    private readonly List<HubClient> _clients = [];
    private readonly Dictionary<long, HubRoom> _rooms = [];
    private readonly CancellationToken _cancellation;
    private long _nextPings;
    private int _nextSender;
    private int _joined;

    public HubClients(HubWire wire, CancellationToken cancellation)
    {
        Traffic = new HubTraffic(wire);
        _cancellation = cancellation;
    }

    public HubTraffic Traffic { get; }

    /// <summary>Messages that should have come to a client in their room and did not.</summary>
    public long Missing => _clients.Sum(c => (long)c.Room.Sent - c.Sightings.Count);

    public long Again => _clients.Sum(c => (long)c.Sightings.Again);

    public long OutOfOrder => _clients.Sum(c => (long)c.Sightings.OutOfOrder);

    private long Expected => _rooms.Values.Sum(r => (long)r.Sent * r.Clients.Count);

    /// <summary>Connects all these users and lets each join its room.</summary>
    public void Open(Uri server, IReadOnlyList<SeedUser> users)
    {
        Run(OpenLimit, _ =>
        {
            while (_joined < _clients.Count && (_clients[_joined].HasJoined || _clients[_joined].Ended is not null))
            {
                _joined++;
            }

            while (_clients.Count < users.Count && _clients.Count < _joined + OpeningAtOnce)
            {
                Connect(server, users[_clients.Count]);
            }

            return long.MaxValue;
        }, () => _joined == users.Count);
        if (Traffic.LostClients > 0 || _joined < users.Count)
        {
            throw new InvalidOperationException($"{_clients.Count(c => c.HasJoined)} of {users.Count} clients joined: {Traffic.FirstError}");
        }
    }

    /// <summary>Only listens.</summary>
    public void Listen(TimeSpan duration) => Run(duration, static _ => long.MaxValue, static () => false);

    /// <summary>Sends at a fixed rate, over all clients in turn, whether or not earlier messages were acknowledged.</summary>
    public void SendSteadily(double rate, TimeSpan duration)
    {
        var interval = Stopwatch.Frequency / rate;
        var start = Stopwatch.GetTimestamp();
        var sent = 0;
        var total = (int)(rate * duration.TotalSeconds);
        Run(duration, now =>
        {
            long due;
            while ((due = start + (long)(sent * interval)) <= now && sent < total)
            {
                sent++;
                Traffic.Send(_clients[_nextSender++ % _clients.Count], due);
            }

            return sent < total ? due : long.MaxValue;
        }, static () => false);
    }

    /// <summary>Each client sends its next message as soon as the one before is acknowledged.</summary>
    /// <param name="duration">How long new messages are begun.</param>
    /// <param name="window">The part at the end that counts; <paramref name="begin"/> is called when it begins.</param>
    /// <param name="begin">Reads what the server has used, without waiting.</param>
    public void SendInTurn(TimeSpan duration, TimeSpan window, Action begin)
    {
        var start = Stopwatch.GetTimestamp();
        Traffic.ClosedUntil = start + Ticks(duration);
        var counts = start + Ticks(duration - window);
        foreach (var client in _clients)
        {
            Traffic.Send(client, start);
        }

        Run(duration, now =>
        {
            if (now >= counts)
            {
                counts = long.MaxValue;
                begin();
            }

            return counts;
        }, static () => false);
    }

    /// <summary>Waits until every call is answered and every message is everywhere, but not for ever.</summary>
    public void Drain() => Run(DrainLimit, static _ => long.MaxValue, () => Traffic.Answers == Traffic.Calls && Traffic.Deliveries == Expected);

    public void Dispose() => _loop.Dispose();

    private static long Ticks(TimeSpan duration) => (long)(duration.TotalSeconds * Stopwatch.Frequency);

    private void Connect(Uri server, SeedUser user)
    {
        if (!_rooms.TryGetValue(user.RoomId, out var room))
        {
            _rooms[user.RoomId] = room = new HubRoom(user.RoomId);
        }

        var client = new HubClient(server, user.RequiredToken, room, Traffic);
        _clients.Add(client);
        _loop.Add(client);
    }

    private void Run(TimeSpan duration, Func<long, long> step, Func<bool> done) =>
        _loop.RunUntil(Stopwatch.GetTimestamp() + Ticks(duration), now =>
        {
            KeepAlive(now);
            return step(now);
        }, done, _cancellation);

    private void KeepAlive(long now)
    {
        if (now < _nextPings)
        {
            return;
        }

        _nextPings = now + Stopwatch.Frequency;
        foreach (var client in _clients)
        {
            if (client.HasJoined && client.Ended is null && now - client.LastSent > PingInterval)
            {
                client.Ping(now);
            }
        }
    }
}
