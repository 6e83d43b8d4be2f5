namespace BlazorChat.Notifications;

/// <summary>How telling browsers went since the process started.</summary>
public sealed class PushHealth
{
    private readonly Lock _lock = new();
    private PushFigures _figures = new(0, 0, 0, null, null, null);

    /// <summary>The figures now.</summary>
    public PushFigures Read()
    {
        lock (_lock)
        {
            return _figures;
        }
    }

    internal void Count(PushNote note)
    {
        if (note.IsSilent)
        {
            return;
        }

        lock (_lock)
        {
            _figures = note switch
            {
                { IsGone: true } => _figures with { Gone = _figures.Gone + 1 },
                { Error: { } error } => _figures with { Failed = _figures.Failed + 1, LastErrorAt = note.At, LastError = error },
                _ => _figures with { Sent = _figures.Sent + 1, LastSentAt = note.At },
            };
        }
    }
}

/// <summary>How telling browsers went.</summary>
/// <param name="Sent">Notifications that a push service took.</param>
/// <param name="Failed">Attempts that it did not.</param>
/// <param name="Gone">Browsers that were not there any more, and were forgotten.</param>
/// <param name="LastSentAt">When one was last taken.</param>
/// <param name="LastErrorAt">When one was last not taken.</param>
/// <param name="LastError">Why.</param>
public sealed record PushFigures(long Sent, long Failed, long Gone, DateTimeOffset? LastSentAt, DateTimeOffset? LastErrorAt, string? LastError);
