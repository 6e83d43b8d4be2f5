using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using BlazorChat.Accounts;

namespace BlazorChat.Live;

/// <summary>
/// The switchboard: it knows every open connection and raises events, after they are stored, to whoever follows their topic.
/// It decides, stores and renders nothing; those live with their noun.
/// </summary>
public sealed partial class ChatService(TimeProvider time, ILogger<ChatService> logger)
{
    private static readonly Actor Worker = new(0, Guid.Empty);

    private readonly ConcurrentDictionary<Topic, Followers> _followers = new();

    /// <summary>
    /// Opens an inbox for a subscriber. <paramref name="handler"/> gets batches in order, one at a time, on the thread pool;
    /// if it throws it is logged and the subscription ends.
    /// </summary>
    public Subscription Subscribe(Actor actor, Func<EventBatch, Task> handler)
    {
        var subscription = new Subscription(this, actor, handler);
        subscription.Follow(Topic.Everyone);
        subscription.Follow(Topic.User(actor.UserId));
        return subscription;
    }

    /// <summary>Opens an inbox for a worker, which acts for nobody and follows only what it names.</summary>
    public Subscription Subscribe(Func<EventBatch, Task> handler, params ReadOnlySpan<Topic> topics)
    {
        var subscription = new Subscription(this, Worker, handler);
        foreach (var topic in topics)
        {
            subscription.Follow(topic);
        }

        return subscription;
    }

    /// <summary>
    /// Puts an event into every inbox that follows its topic. Call it after the commit. It runs no subscriber's code,
    /// and events raised by one thread arrive in their order.
    /// </summary>
    public void Raise(ChatEvent e)
    {
        if (e.Topic.Audience == Audience.RoomSigns && ThreadPool.PendingWorkItemCount > SignsBacklog)
        {
            return;
        }

        if (_followers.TryGetValue(e.Topic, out var followers))
        {
            followers.Put(e);
        }
    }

    /// <summary>Ends what a person follows of a room, on all their connections, before this returns.</summary>
    public void EndWatch(long roomId, long userId)
    {
        foreach (var topic in (ReadOnlySpan<Topic>)[Topic.Room(roomId), Topic.RoomState(roomId), Topic.RoomSigns(roomId), Topic.RoomPresence(roomId)])
        {
            foreach (var subscription in Following(topic, s => s.Actor.UserId == userId))
            {
                subscription.Unfollow(topic);
            }
        }
    }

    /// <summary>Cuts off a session's subscriptions: <see cref="SessionEnded"/> is the last that they get.</summary>
    public void EndSession(long userId, Guid sessionId)
    {
        foreach (var subscription in Following(Topic.User(userId), s => s.Actor.SessionId == sessionId))
        {
            subscription.EndWith(new SessionEnded(userId, sessionId));
        }
    }

    /// <summary>Whether anyone follows a topic.</summary>
    public bool IsFollowed(Topic topic) => _followers.ContainsKey(topic);

    /// <summary>Signs are dropped when this much work waits on the thread pool.</summary>
    private const int SignsBacklog = 2_000;

    internal void Add(Topic topic, Subscription subscription)
    {
        while (!_followers.GetOrAdd(topic, _ => new Followers()).TryAdd(subscription))
        {
            // The last follower left between the two calls and took the empty set along.
        }
    }

    internal void Remove(Topic topic, Subscription subscription)
    {
        if (_followers.TryGetValue(topic, out var followers) && followers.RemoveAndClose(subscription))
        {
            _followers.TryRemove(KeyValuePair.Create(topic, followers));
        }
    }

    internal void Dropped(Subscription subscription, Exception exception) =>
        logger.LogError(exception, "A subscriber of user {UserId} failed and was dropped.", subscription.Actor.UserId);

    private List<Subscription> Following(Topic topic, Predicate<Subscription> where) =>
        _followers.TryGetValue(topic, out var followers) ? followers.FindAll(where) : [];

    /// <summary>Who follows one topic. Removal swaps with the last, so a thousand joining and leaving stay cheap.</summary>
    private sealed class Followers
    {
        private readonly Lock _lock = new();
        private readonly List<Subscription> _list = [];
        private readonly Dictionary<Subscription, int> _index = [];
        private bool _closed;

        public bool TryAdd(Subscription subscription)
        {
            lock (_lock)
            {
                if (_closed)
                {
                    return false;
                }

                if (_index.TryAdd(subscription, _list.Count))
                {
                    _list.Add(subscription);
                }

                return true;
            }
        }

        /// <summary>Returns whether nobody is left, and then admits nobody any more.</summary>
        public bool RemoveAndClose(Subscription subscription)
        {
            lock (_lock)
            {
                if (_index.Remove(subscription, out var index))
                {
                    var last = _list[^1];
                    _list.RemoveAt(_list.Count - 1);
                    if (last != subscription)
                    {
                        _list[index] = last;
                        _index[last] = index;
                    }
                }

                return _closed = _list.Count == 0;
            }
        }

        public List<Subscription> FindAll(Predicate<Subscription> where)
        {
            lock (_lock)
            {
                return _list.FindAll(where);
            }
        }

        public void Put(ChatEvent e)
        {
            // Putting only enqueues; no subscriber's code runs under this lock.
            lock (_lock)
            {
                foreach (var subscription in CollectionsMarshal.AsSpan(_list))
                {
                    subscription.Put(e);
                }
            }
        }
    }
}
