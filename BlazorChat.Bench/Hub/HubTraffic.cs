using System.Diagnostics;
using BlazorChat.Bench.Store;

namespace BlazorChat.Bench.Hub;

/// <summary>All that is sent and received by the clients of one hub. Everything happens on the thread that runs their loop.</summary>
internal sealed class HubTraffic(HubWire wire)
{
    /// <summary>The number of each client's first call.</summary>
    public const long JoinCall = 0;

    private readonly SampleTexts _texts = new(seed: 1);
    private readonly string _run = Guid.NewGuid().ToString("N");
    private readonly List<long> _calls = [long.MaxValue];
    private List<long> _acknowledgements = [];
    private List<long> _deliveries = [];
    private long _recordedFrom = long.MaxValue;

    public HubWire Wire { get; } = wire;

    /// <summary>The one frame that is being built.</summary>
    public FrameWriter Frame { get; } = new();

    /// <summary>Until when each client sends its next message as soon as the one before is acknowledged.</summary>
    public long ClosedUntil { get; set; }

    /// <summary>Calls that were made, and those that were answered.</summary>
    public long Calls => _calls.Count - 1;

    public long Answers { get; private set; }

    /// <summary>Different messages received, over all clients.</summary>
    public long Deliveries { get; private set; }

    /// <summary>Connections that ended, calls that failed, and events that belong to no message sent to that room.</summary>
    public int LostClients { get; private set; }

    public int FailedCalls { get; private set; }

    public int Strays { get; private set; }

    /// <summary>What the first of those said.</summary>
    public string? FirstError { get; private set; }

    /// <summary>From now on the latencies of messages count that are due from now on.</summary>
    public void Record()
    {
        _recordedFrom = Stopwatch.GetTimestamp();
        _acknowledgements = [];
        _deliveries = [];
    }

    /// <summary>From when a message was due until it was acknowledged, and until it was received by each of its room.</summary>
    public (Statistics Acknowledgement, Statistics Delivery) Recorded()
    {
        _recordedFrom = long.MaxValue;
        return (new Statistics(_acknowledgements), new Statistics(_deliveries));
    }

    /// <summary>Sends the client's next message, which was due at a time.</summary>
    public void Send(HubClient client, long due)
    {
        var call = _calls.Count;
        _calls.Add(due);
        var mark = new MessageMark(due, client.Room.Sent++);
        client.SendMessage(call, _texts.Next() + mark, $"{_run}-{call}", due);
    }

    public void Acknowledged(HubClient client, HubRecord record, long now)
    {
        Answers++;
        if (record.Error is { } error)
        {
            FailedCalls++;
            FirstError ??= error;
        }

        var due = _calls[(int)record.Call];
        if (due >= _recordedFrom && record.Error is null)
        {
            _acknowledgements.Add(now - due);
        }

        if (now < ClosedUntil)
        {
            Send(client, now);
        }
    }

    public void Delivered(HubClient client, HubRecord record, long now)
    {
        if (record.Mark.Number < 0 || record.Mark.Number >= client.Room.Sent || record.RoomId != client.Room.Id)
        {
            Strays++;
            FirstError ??= $"A message of room {record.RoomId} came to a client in room {client.Room.Id}.";
            return;
        }

        if (!client.Sightings.Add(record.Mark.Number, record.Seq))
        {
            return;
        }

        Deliveries++;
        if (record.Mark.SentAt >= _recordedFrom)
        {
            _deliveries.Add(now - record.Mark.SentAt);
        }
    }

    public void Lost(HubClient client)
    {
        LostClients++;
        FirstError ??= client.Ended;
    }
}
