using System.Collections.Concurrent;
using BlazorChat.Accounts;

namespace BlazorChat.Live;

/// <summary>Who is connected, and whether they are here.</summary>
public sealed partial class ChatService
{
    /// <summary>How long a person may be gone before others see it, so that a reload does not blink.</summary>
    public static readonly TimeSpan PresenceGrace = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<long, Person> _people = new();
    private readonly int[] _counts = new int[Enum.GetValues<ConnectionKind>().Length];

    /// <summary>
    /// Notes a new connection of the actor; <see langword="null"/> when <paramref name="most"/> of its kind are up already. Those whose network
    /// is lost do not count, or a browser that crashed would keep its owner out until they are given up.
    /// </summary>
    public Connection? Connect(Actor actor, ConnectionKind kind, int most)
    {
        var connection = new Connection(this, actor, kind);
        var person = _people.GetOrAdd(actor.UserId, _ => new Person());
        lock (person)
        {
            if (person.CountUp(kind) >= most)
            {
                return null;
            }

            person.Connections.Add(connection);
        }

        Interlocked.Increment(ref _counts[(int)kind]);

        PresenceMayHaveChanged(actor.UserId);
        return connection;
    }

    /// <summary>A person's presence now, as others see it.</summary>
    public PresenceState PresenceOf(long userId) =>
        _people.TryGetValue(userId, out var person) ? person.Shown : PresenceState.Offline;

    /// <summary>How many connections a person has open.</summary>
    public int ConnectionsOf(long userId)
    {
        if (!_people.TryGetValue(userId, out var person))
        {
            return 0;
        }

        lock (person)
        {
            return person.Connections.Count;
        }
    }

    internal int CountUp(long userId, ConnectionKind kind)
    {
        if (!_people.TryGetValue(userId, out var person))
        {
            return 0;
        }

        lock (person)
        {
            return person.CountUp(kind);
        }
    }

    /// <summary>How many people others see as here, and how many as turned away.</summary>
    public (int Online, int Away) PresenceCounts()
    {
        var (online, away) = (0, 0);
        foreach (var (_, person) in _people)
        {
            (online, away) = person.Shown switch
            {
                PresenceState.Online => (online + 1, away),
                PresenceState.Away => (online, away + 1),
                _ => (online, away),
            };
        }

        return (online, away);
    }

    /// <summary>Everyone's open connections.</summary>
    public int ConnectionCount(ConnectionKind kind) => Volatile.Read(ref _counts[(int)kind]);

    /// <summary>Whether a person looks at a room in a visible tab.</summary>
    public bool IsLookingAt(long userId, long roomId)
    {
        if (!_people.TryGetValue(userId, out var person))
        {
            return false;
        }

        lock (person)
        {
            return person.Connections.Any(c => c is { IsUp: true, IsVisible: true } && c.RoomId == roomId);
        }
    }

    internal void Disconnect(Connection connection)
    {
        if (_people.TryGetValue(connection.Actor.UserId, out var person))
        {
            lock (person)
            {
                if (!person.Connections.Remove(connection))
                {
                    return;
                }
            }

            Interlocked.Decrement(ref _counts[(int)connection.Kind]);

            PresenceMayHaveChanged(connection.Actor.UserId);
        }
    }

    /// <summary>Coming is shown at once, going after <see cref="PresenceGrace"/>.</summary>
    internal void PresenceMayHaveChanged(long userId)
    {
        if (!_people.TryGetValue(userId, out var person))
        {
            return;
        }

        lock (person)
        {
            var now = person.Compute();
            if (now > person.Shown)
            {
                Show(userId, person, now);
            }
            else if (now < person.Shown && person.Timer is null)
            {
                person.Timer = time.CreateTimer(_ => GraceEnded(userId, person), null, PresenceGrace, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void GraceEnded(long userId, Person person)
    {
        lock (person)
        {
            person.Timer?.Dispose();
            person.Timer = null;
            if (person.Compute() is var now && now != person.Shown)
            {
                Show(userId, person, now);
            }
        }
    }

    private void Show(long userId, Person person, PresenceState state)
    {
        person.Shown = state;
        Raise(new PresenceChanged(userId, state));
        Raise(new AnyPresenceChanged(userId, state));
    }

    private sealed class Person
    {
        public List<Connection> Connections { get; } = [];

        public PresenceState Shown { get; set; }

        public ITimer? Timer { get; set; }

        public int CountUp(ConnectionKind kind) => Connections.Count(c => c.IsUp && c.Kind == kind);

        public PresenceState Compute()
        {
            var state = PresenceState.Offline;
            foreach (var connection in Connections)
            {
                if (connection.IsUp)
                {
                    state = connection.IsVisible ? PresenceState.Online : state == PresenceState.Online ? state : PresenceState.Away;
                }
            }

            return state;
        }
    }
}
