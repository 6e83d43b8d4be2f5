using System.Numerics;

namespace BlazorChat.Bench.Hub;

/// <summary>Which messages of its room one client has received: each once, and in the room's order.</summary>
internal sealed class Sightings
{
    private ulong[] _seen = new ulong[4];
    private long _lastSeq;

    /// <summary>Messages that came again.</summary>
    public int Again { get; private set; }

    /// <summary>Messages that came after a later one of the room.</summary>
    public int OutOfOrder { get; private set; }

    /// <summary>Different messages.</summary>
    public int Count => _seen.Sum(BitOperations.PopCount);

    /// <summary>Takes note of a message; false when it was there before.</summary>
    public bool Add(int number, long seq)
    {
        var (word, bit) = (number / 64, 1UL << (number % 64));
        if (word >= _seen.Length)
        {
            Array.Resize(ref _seen, Math.Max(word + 1, 2 * _seen.Length));
        }

        if ((_seen[word] & bit) != 0)
        {
            Again++;
            return false;
        }

        _seen[word] |= bit;
        if (seq <= _lastSeq)
        {
            OutOfOrder++;
        }

        _lastSeq = Math.Max(_lastSeq, seq);
        return true;
    }
}
