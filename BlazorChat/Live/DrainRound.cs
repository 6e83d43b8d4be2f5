namespace BlazorChat.Live;

/// <summary>
/// The quick subscribers that one event has woken, drained by as many threads as there are processors: each takes the next one
/// that nobody has taken yet, so one that takes longer holds up nobody as long as another thread goes on.
/// </summary>
internal sealed class DrainRound(int capacity) : IThreadPoolWorkItem
{
    /// <summary>Fewer than this are not worth waking a further thread.</summary>
    private const int PerThread = 32;

    private readonly Subscription[] _woken = new Subscription[capacity];
    private int _count;
    private int _taken;

    public void Add(Subscription subscription) => _woken[_count++] = subscription;

    /// <summary>Starts it, once all are added.</summary>
    public void Queue()
    {
        for (var i = Math.Min(Environment.ProcessorCount, (_count + PerThread - 1) / PerThread); i > 0; i--)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        while (Interlocked.Increment(ref _taken) is var taken && taken <= _count)
        {
            _ = _woken[taken - 1].DrainAsync();
        }
    }
}
