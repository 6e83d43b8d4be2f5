using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace BlazorChat.Bench.Circuits;

/// <summary>
/// Who saw which message when. Each message carries a marker; a viewer has seen it when the marker is in a render batch's
/// bytes, which needs no DOM. Within one batch a marker may occur several times (text, title, preview) and counts once.
/// </summary>
internal sealed class Deliveries(int viewers)
{
    private const int Digits = 7;
    private static readonly byte[] Prefix = "qzxmark"u8.ToArray();

    private readonly List<(int Room, long SentAt)> _messages = [];
    private readonly Viewer[] _viewers = [.. Enumerable.Range(0, viewers).Select(_ => new Viewer())];

    /// <summary>Notes that a message is being sent to a room and returns the marker to put in its text.</summary>
    public (int Id, string Marker) Sending(int room)
    {
        lock (_messages)
        {
            _messages.Add((room, Stopwatch.GetTimestamp()));
            var id = _messages.Count - 1;
            return (id, Encoding.ASCII.GetString(Prefix) + id.ToString(CultureInfo.InvariantCulture).PadLeft(Digits, '0'));
        }
    }

    /// <summary>Takes note of the markers in a render batch. One viewer's batches come one at a time.</summary>
    public void Rendered(int viewer, ReadOnlySpan<byte> batch)
    {
        var now = Stopwatch.GetTimestamp();
        var me = _viewers[viewer];
        lock (me)
        {
            me.InThisBatch.Clear();
            for (int at; (at = batch.IndexOf(Prefix)) >= 0; batch = batch[(at + Prefix.Length)..])
            {
                var digits = batch.Slice(at + Prefix.Length, Math.Min(Digits, batch.Length - at - Prefix.Length));
                if (int.TryParse(digits, CultureInfo.InvariantCulture, out var id) && me.InThisBatch.Add(id)
                    && !me.SeenAt.TryAdd(id, now))
                {
                    me.Again++;
                }
            }
        }
    }

    /// <summary>What became of the messages from <paramref name="first"/> on. Viewer v looks at room v modulo rooms.</summary>
    public Outcome Since(int first, int rooms)
    {
        var latencies = new List<long>();
        var missing = 0;
        var again = 0;
        lock (_messages)
        {
            for (var v = 0; v < _viewers.Length; v++)
            {
                lock (_viewers[v])
                {
                    again += _viewers[v].Again;
                    for (var id = first; id < _messages.Count; id++)
                    {
                        if (_messages[id].Room != v % rooms)
                        {
                            continue;
                        }

                        if (_viewers[v].SeenAt.TryGetValue(id, out var seen))
                        {
                            latencies.Add(seen - _messages[id].SentAt);
                        }
                        else
                        {
                            missing++;
                        }
                    }
                }
            }
        }

        return new Outcome(new Statistics(latencies), missing, again);
    }

    /// <summary>Messages so far.</summary>
    public int Count
    {
        get
        {
            lock (_messages)
            {
                return _messages.Count;
            }
        }
    }

    /// <summary>Latencies of what arrived, what did not arrive, and what was rendered again in a later batch.</summary>
    public sealed record Outcome(Statistics Latency, int Missing, int Again);

    private sealed class Viewer
    {
        public Dictionary<int, long> SeenAt { get; } = [];

        public HashSet<int> InThisBatch { get; } = [];

        public int Again { get; set; }
    }
}
