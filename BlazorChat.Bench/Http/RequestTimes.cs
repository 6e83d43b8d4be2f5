using System.Text;

namespace BlazorChat.Bench.Http;

/// <summary>What became of the requests of several connections.</summary>
internal sealed class RequestTimes(int expectedStatus)
{
    private readonly List<long> _ticks = [];
    private readonly SortedDictionary<int, int> _unexpected = [];
    private int _lost;

    /// <summary>Until when requests are sent.</summary>
    public long Until { get; set; }

    /// <summary>Whether answers count.</summary>
    public bool Counts { get; set; }

    /// <summary>What the first answer said that had another status, or why the first connection ended.</summary>
    public string? FirstError { get; private set; }

    /// <summary>Bytes of the bodies.</summary>
    public long BodyBytes { get; private set; }

    /// <summary>Answers that were not as expected, and lost connections.</summary>
    public string Unexpected => string.Join(", ", [.. _unexpected.Select(u => $"{u.Value} × {u.Key}"), .. _lost > 0 ? [$"{_lost} lost"] : Array.Empty<string>()]);

    public Statistics Statistics => new(_ticks);

    public void Answered(int status, long ticks, ReadOnlySpan<byte> body)
    {
        if (status != expectedStatus)
        {
            _unexpected[status] = _unexpected.GetValueOrDefault(status) + 1;
            FirstError ??= Encoding.UTF8.GetString(body[..Math.Min(body.Length, 300)]);
        }
        else if (Counts)
        {
            _ticks.Add(ticks);
            BodyBytes += body.Length;
        }
    }

    public void Lost(string why)
    {
        _lost++;
        FirstError ??= why;
    }
}
