namespace BlazorChat.Messages;

/// <summary>What a pass found: ids, newest first, and how far back it looked; null where it came to the beginning.</summary>
internal sealed record SearchFindings(IReadOnlyList<long> Ids, long? ReachedId);

/// <summary>
/// Looks through the actor's rooms for the newest messages that match, a stretch of each at a time, those with the newest messages
/// first; a room of which nothing newer can be expected is left. Where that takes long it stops, and says how far it came.
/// </summary>
internal sealed class SearchPass(
    SearchStatements statements, IReadOnlyList<SearchedRoom> rooms, long beforeId, int limit, Func<string, bool> matches,
    HashSet<long>? senders, TimeProvider time)
{
    /// <summary>Sequence numbers of the first stretch of a room; each later one is four times as long.</summary>
    private const long FirstStretch = 32_768;

    /// <summary>Messages that are read one by one where the index does not help.</summary>
    private const int ScannedMessages = 3_000;

    /// <summary>More rooms than this are looked through together first, in the newest messages of all.</summary>
    private const int FewRooms = 24;

    /// <summary>The newest messages of all that are looked through first.</summary>
    private const int ProbedMessages = 1_000;

    /// <summary>Most places of the index that are looked at for all rooms together, and most messages there that are read.</summary>
    private const int MaxPlaces = 8_000;
    private const int MaxOwnPlaces = 1_000;

    /// <summary>After which no further stretch is begun.</summary>
    private static readonly TimeSpan LongEnough = TimeSpan.FromMilliseconds(100);

    // The newest found so far, one more than asked for; the oldest of them comes out first.
    private readonly PriorityQueue<long, long> _found = new();
    private readonly long _start = time.GetTimestamp();
    private long _beforeId = beforeId;

    public SearchFindings Run()
    {
        long? reached = null;
        if (rooms.Count > FewRooms || (!statements.UsesIndex && rooms.Count > 1))
        {
            reached = Probe(statements.UsesIndex ? ProbedMessages : ScannedMessages);
            if (IsFull || reached is null || !statements.UsesIndex)
            {
                return Findings(reached);
            }

            // The newest are kept; what is older is asked of the index, for all rooms at once where it has few.
            _beforeId = reached.Value;
            if (LookInAll())
            {
                return Findings(null);
            }
        }

        return Findings(LookInEach());
    }

    private bool IsFull => _found.Count > limit;

    private long OldestNeeded => IsFull ? _found.Peek() : 0;

    private SearchFindings Findings(long? reached) => new(
        [.. _found.UnorderedItems.Select(f => f.Element).Where(id => id >= (reached ?? 0)).OrderDescending()],
        reached);

    /// <summary>The newest messages of all rooms, those of the actor's picked out.</summary>
    private long? Probe(int count)
    {
        var mine = rooms.Select(r => r.Id).ToHashSet();
        var read = 0;
        long last = 0;
        foreach (var candidate in statements.Newest(_beforeId, count))
        {
            read++;
            last = candidate.Id;
            if (mine.Contains(candidate.RoomId) && Take(candidate) && IsFull)
            {
                return last;
            }
        }

        return read == count ? last : null;
    }

    /// <summary>
    /// Asks the index once for all rooms: with many rooms that is far less than asking for each. False, and nothing taken, where it
    /// has so many that the newest of them are better sought room by room.
    /// </summary>
    private bool LookInAll()
    {
        var mine = rooms.Select(r => r.Id).ToHashSet();
        List<(long RoomId, long Seq)> places = [];
        var count = 0;
        foreach (var place in statements.Places())
        {
            if (++count > MaxPlaces)
            {
                return false;
            }

            if (mine.Contains(place.RoomId))
            {
                places.Add(place);
            }
        }

        if (places.Count > MaxOwnPlaces)
        {
            return false;
        }

        foreach (var candidate in places.SelectMany(place => statements.At(place.RoomId, place.Seq)).Where(c => c.Id < _beforeId))
        {
            Take(candidate);
        }

        return true;
    }

    private long? LookInEach()
    {
        var open = rooms.Where(r => r.LastId > 0).OrderByDescending(r => r.LastId).Select(r => new Progress(r)).ToList();
        var length = statements.UsesIndex ? FirstStretch : Math.Max(1, ScannedMessages / Math.Max(1, open.Count));
        var isLong = false;
        while (open.Count > 0 && !isLong)
        {
            foreach (var room in open)
            {
                if (room.ReachedId > OldestNeeded)
                {
                    LookIn(room, length);
                }
            }

            open.RemoveAll(room => room.ReachedId <= OldestNeeded);
            length *= 4;
            isLong = !statements.UsesIndex || time.GetElapsedTime(_start) > LongEnough;
        }

        return open.Count > 0 ? open.Max(room => room.ReachedId) : null;
    }

    private void LookIn(Progress room, long length)
    {
        if (!TryLookIn(room, length))
        {
            // Found out by what is found: most rooms of a search have nothing, and need not know.
            room.High = statements.LastSeqBefore(room.Room, _beforeId);
            TryLookIn(room, length);
        }
    }

    /// <summary>Takes what matches of the next stretch; false where that begins after what is looked for.</summary>
    private bool TryLookIn(Progress room, long length)
    {
        var low = Math.Max(1, room.High - length + 1);
        foreach (var candidate in statements.Stretch(room.Room.Id, low, room.High))
        {
            if (candidate.Id >= _beforeId)
            {
                return false;
            }

            if (candidate.Id < OldestNeeded)
            {
                room.ReachedId = 0;
                return true;
            }

            Take(candidate);
        }

        room.High = low - 1;
        room.ReachedId = low == 1 ? 0 : Math.Min(statements.IdOf(room.Room.Id, low), _beforeId);
        return true;
    }

    private bool Take(SearchCandidate candidate)
    {
        if ((senders is not null && !senders.Contains(candidate.SenderId)) || candidate.Text.Length == 0 || !matches(candidate.Text))
        {
            return false;
        }

        _found.Enqueue(candidate.Id, candidate.Id);
        if (_found.Count > limit + 1)
        {
            _found.Dequeue();
        }

        return true;
    }

    /// <summary>How far a room has been looked through.</summary>
    private sealed class Progress(SearchedRoom room)
    {
        public SearchedRoom Room => room;

        /// <summary>The sequence number to go on from, downwards.</summary>
        public long High { get; set; } = room.LastSeq;

        /// <summary>Everything from this message on has been seen; 0 at the beginning.</summary>
        public long ReachedId { get; set; } = room.LastId;
    }
}
