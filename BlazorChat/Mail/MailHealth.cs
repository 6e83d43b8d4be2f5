namespace BlazorChat.Mail;

/// <summary>How sending e-mail went since the process started.</summary>
public sealed class MailHealth
{
    private readonly Lock _lock = new();
    private MailFigures _figures = new(0, 0, null, null, null);

    /// <summary>The figures now.</summary>
    public MailFigures Read()
    {
        lock (_lock)
        {
            return _figures;
        }
    }

    internal void Sent(DateTimeOffset at)
    {
        lock (_lock)
        {
            _figures = _figures with { Sent = _figures.Sent + 1, LastSentAt = at };
        }
    }

    internal void Failed(DateTimeOffset at, string error)
    {
        lock (_lock)
        {
            _figures = _figures with { Failed = _figures.Failed + 1, LastErrorAt = at, LastError = error };
        }
    }
}

/// <summary>How sending e-mail went.</summary>
/// <param name="Sent">E-mails that the mail server took.</param>
/// <param name="Failed">Attempts that it did not.</param>
/// <param name="LastSentAt">When it last took one.</param>
/// <param name="LastErrorAt">When it last did not.</param>
/// <param name="LastError">Why, without addresses.</param>
public sealed record MailFigures(long Sent, long Failed, DateTimeOffset? LastSentAt, DateTimeOffset? LastErrorAt, string? LastError);
