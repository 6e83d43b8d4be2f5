using BlazorChat.Accounts;

namespace BlazorChat.Live;

/// <summary>What a subscriber's inbox held when it was drained.</summary>
/// <param name="Events">In the order they were raised. Valid only until the handler's task completes.</param>
/// <param name="Missed">The inbox overflowed: some events are gone, so reload what you show.</param>
public readonly record struct EventBatch(List<ChatEvent> Events, bool Missed);

/// <summary>
/// One subscriber's ordered, bounded inbox. Raising an event only puts it in here; it is drained on the thread pool,
/// one batch at a time, so that a slow subscriber delays and costs nobody else. Dispose to stop.
/// </summary>
public sealed class Subscription : IDisposable, IThreadPoolWorkItem
{
    /// <summary>Events an inbox holds before it gives up and asks its subscriber to reload.</summary>
    public const int Capacity = 256;

    private readonly ChatService _chat;
    private readonly Func<EventBatch, Task> _handler;

    // Two locks, because raising holds a topic's lock while it takes the inbox's, and following holds the other way round.
    private readonly Lock _topicsLock = new();
    private readonly HashSet<Topic> _topics = [];
    private bool _detached;

    private readonly Lock _lock = new();
    private List<ChatEvent> _inbox = [];
    private List<ChatEvent> _drained = [];
    private bool _missed;
    private bool _draining;
    private int _held;
    private bool _ended;

    internal Subscription(ChatService chat, Actor actor, Func<EventBatch, Task> handler)
    {
        _chat = chat;
        _handler = handler;
        Actor = actor;
    }

    /// <summary>Whose subscription this is; it ends with their session.</summary>
    public Actor Actor { get; }

    /// <summary>Follows a topic. Whoever calls this has checked, or will check at once, that the actor may.</summary>
    public void Follow(Topic topic)
    {
        lock (_topicsLock)
        {
            if (!_detached && _topics.Add(topic))
            {
                _chat.Add(topic, this);
            }
        }
    }

    /// <summary>Whether it follows a topic, now.</summary>
    public bool IsFollowing(Topic topic)
    {
        lock (_topicsLock)
        {
            return _topics.Contains(topic);
        }
    }

    /// <summary>Stops following a topic.</summary>
    public void Unfollow(Topic topic)
    {
        lock (_topicsLock)
        {
            if (_topics.Remove(topic))
            {
                _chat.Remove(topic, this);
            }
        }

        lock (_lock)
        {
            // What is already in the inbox of this topic is not for this subscriber any more.
            _inbox.RemoveAll(e => e.Topic == topic);
        }
    }

    /// <summary>Stops following every topic of an audience but those of the ids given.</summary>
    public void KeepOnly(Audience audience, IReadOnlySet<long> ids)
    {
        Topic[] leaving;
        lock (_topicsLock)
        {
            leaving = [.. _topics.Where(t => t.Audience == audience && !ids.Contains(t.Id))];
        }

        foreach (var topic in leaving)
        {
            Unfollow(topic);
        }
    }

    /// <summary>
    /// Hands nothing over until the result is disposed: what comes of a topic that turns out not to be the actor's is then
    /// taken out by <see cref="Unfollow"/> unheard.
    /// </summary>
    public IDisposable Hold()
    {
        lock (_lock)
        {
            _held++;
        }

        return new Held(this);
    }

    /// <summary>Puts an event in the inbox; never blocks, never runs the handler.</summary>
    internal void Put(ChatEvent e)
    {
        lock (_lock)
        {
            if (_ended)
            {
                return;
            }

            if (_inbox.Count >= Capacity)
            {
                _inbox.Clear();
                _missed = true;
            }
            else if (!_missed)
            {
                _inbox.Add(e);
            }

            if (_draining || _held > 0)
            {
                return;
            }

            _draining = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Puts the last event that this subscriber will get; everything else in the inbox is dropped.</summary>
    internal void EndWith(ChatEvent last)
    {
        Detach();
        lock (_lock)
        {
            _inbox.Clear();
            _missed = false;
        }

        Put(last);
    }

    private void Release()
    {
        lock (_lock)
        {
            if (--_held > 0 || _draining || (_inbox.Count == 0 && !_missed))
            {
                return;
            }

            _draining = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute() => _ = DrainAsync();

    private async Task DrainAsync()
    {
        while (true)
        {
            bool missed;
            lock (_lock)
            {
                if (_held > 0 || (_inbox.Count == 0 && !_missed))
                {
                    _draining = false;
                    return;
                }

                (_inbox, _drained) = (_drained, _inbox);
                missed = _missed;
                _missed = false;
            }

            try
            {
                await _handler(new EventBatch(_drained, missed));
            }
            catch (Exception exception)
            {
                // It harms only itself: it is told to nobody but the log, and gets nothing more.
                _chat.Dropped(this, exception);
                Dispose();
            }

            _drained.Clear();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Detach();
        lock (_lock)
        {
            _ended = true;
            _inbox.Clear();
            _missed = false;
        }
    }

    private void Detach()
    {
        lock (_topicsLock)
        {
            _detached = true;
            foreach (var topic in _topics)
            {
                _chat.Remove(topic, this);
            }

            _topics.Clear();
        }
    }

    private sealed class Held(Subscription subscription) : IDisposable
    {
        private Subscription? _subscription = subscription;

        public void Dispose() => Interlocked.Exchange(ref _subscription, null)?.Release();
    }
}
