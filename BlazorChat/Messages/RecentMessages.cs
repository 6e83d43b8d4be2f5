using System.Collections.Concurrent;
using BlazorChat.Accounts;

namespace BlazorChat.Messages;

/// <summary>
/// The newest messages of the rooms that people look at, in memory: opening a room, and reconnecting by the thousand, reads
/// no history from the database, and all circuits share one copy of each message.
/// </summary>
public sealed class RecentMessages(PeopleDirectory people)
{
    /// <summary>Messages kept a room.</summary>
    public const int PerRoom = 100;

    /// <summary>Rooms kept; beyond it all are forgotten and read again as they are opened.</summary>
    public const int MaxRooms = 2_000;

    private readonly ConcurrentDictionary<long, Ring> _rooms = new();

    /// <summary>The newest messages, oldest first: at least as many as asked or all there are; null when they must be loaded.</summary>
    public IReadOnlyList<MessageView>? Newest(long roomId, int count)
    {
        if (count > PerRoom || !_rooms.TryGetValue(roomId, out var ring))
        {
            return null;
        }

        lock (ring)
        {
            if (!ring.IsLoaded)
            {
                return null;
            }

            var newest = ring.Messages.GetRange(Math.Max(0, ring.Messages.Count - count), Math.Min(count, ring.Messages.Count));
            for (var i = 0; i < newest.Count; i++)
            {
                // Who has a new name or avatar since.
                if (people.Known(newest[i].Sender.Id) is { } sender && !ReferenceEquals(sender, newest[i].Sender))
                {
                    newest[i] = newest[i] with { Sender = sender };
                }
            }

            return newest;
        }
    }

    /// <summary>
    /// Loads a room's newest messages. What is posted while <paramref name="load"/> runs is noticed: then nothing is kept, and
    /// the next reader loads again.
    /// </summary>
    public async Task<IReadOnlyList<MessageView>> LoadAsync(long roomId, Func<Task<IReadOnlyList<MessageView>>> load)
    {
        if (_rooms.Count >= MaxRooms)
        {
            _rooms.Clear();
        }

        var ring = _rooms.GetOrAdd(roomId, _ => new Ring());
        long version;
        lock (ring)
        {
            version = ring.Version;
        }

        var messages = await load();
        lock (ring)
        {
            if (!ring.IsLoaded && ring.Version == version)
            {
                ring.Messages = [.. messages];
                ring.BeginsAt = messages.Count is > 0 and < PerRoom ? messages[0].Seq : 0;
                ring.IsLoaded = true;
            }
        }

        return messages;
    }

    /// <summary>Takes up a message that was just stored.</summary>
    public void Append(MessageView message) => Change(message.RoomId, messages =>
    {
        if (messages.Count > 0 && messages[^1].Seq >= message.Seq)
        {
            // Loaded after the commit and before this call: it is here already.
            return;
        }

        messages.Add(message);
        if (messages.Count > PerRoom * 2)
        {
            messages.RemoveRange(0, messages.Count - PerRoom);
        }
    });

    /// <summary>Takes up a change of a message, also in the replies that quote it.</summary>
    public void Replace(MessageView changed) => Change(changed.RoomId, messages =>
    {
        for (var i = 0; i < messages.Count; i++)
        {
            messages[i] = messages[i].Id == changed.Id ? changed : MessageViews.Requote(messages[i], changed);
        }
    });

    /// <summary>Whether a message is known to be the room's first: those before it are not kept any more.</summary>
    public bool Begins(long roomId, long seq)
    {
        if (!_rooms.TryGetValue(roomId, out var ring))
        {
            return false;
        }

        lock (ring)
        {
            return ring.IsLoaded && ring.BeginsAt == seq;
        }
    }

    /// <summary>Forgets a room, of which messages went: the next reader loads it again.</summary>
    public void Forget(long roomId)
    {
        if (_rooms.TryGetValue(roomId, out var ring))
        {
            lock (ring)
            {
                ring.Version++;
                (ring.IsLoaded, ring.Messages, ring.BeginsAt) = (false, [], 0);
            }
        }
    }

    private void Change(long roomId, Action<List<MessageView>> change)
    {
        if (!_rooms.TryGetValue(roomId, out var ring))
        {
            return;
        }

        lock (ring)
        {
            ring.Version++;
            if (ring.IsLoaded)
            {
                change(ring.Messages);
            }
        }
    }

    private sealed class Ring
    {
        public List<MessageView> Messages { get; set; } = [];

        public bool IsLoaded { get; set; }

        /// <summary>The room's first message, where the ring has been seen to reach it; else 0.</summary>
        public long BeginsAt { get; set; }

        public long Version { get; set; }
    }
}
