namespace BlazorChat.Notifications;

/// <summary>
/// How far the log has been dealt with: up to the last message before the first one that is still on its way to somebody. What is
/// behind it survives a crash as sent, or as a retry in the database.
/// </summary>
internal sealed class PushProgress
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, int> _underWay = [];
    private long _read;

    /// <summary>How many notifications are on their way.</summary>
    public int UnderWay { get; private set; }

    /// <summary>The last message that is dealt with, like all before it.</summary>
    public long Mark
    {
        get
        {
            lock (_lock)
            {
                return _underWay.Count == 0 ? _read : Math.Min(_read, _underWay.First().Key - 1);
            }
        }
    }

    /// <summary>Notes that the log was read up to a message, after its notifications have begun.</summary>
    public void ReadTo(long messageId)
    {
        lock (_lock)
        {
            _read = messageId;
        }
    }

    /// <summary>A notification of a message is on its way.</summary>
    public void Begin(PushJob job)
    {
        lock (_lock)
        {
            UnderWay++;
            if (!job.IsRetry)
            {
                _underWay[job.MessageId] = _underWay.GetValueOrDefault(job.MessageId) + 1;
            }
        }
    }

    /// <summary>It arrived, was dropped, or is stored as a retry.</summary>
    public void End(PushJob job)
    {
        lock (_lock)
        {
            UnderWay--;
            if (!job.IsRetry && --_underWay[job.MessageId] == 0)
            {
                _underWay.Remove(job.MessageId);
            }
        }
    }
}
