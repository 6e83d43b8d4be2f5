using System.Text;
using BlazorChat.Bench.Wire;

namespace BlazorChat.Bench.Hub;

/// <summary>
/// One connection to the hub over a raw WebSocket, in one room: it connects, joins, and from then on tells its
/// <see cref="HubTraffic"/> what it receives. It answers no ping of the hub's, because none asks for an answer.
/// </summary>
internal sealed class HubClient : LoopSocket
{
    private const int ControlLimit = 125;

    private readonly HubTraffic _traffic;
    private readonly HubWire _wire;
    private readonly FrameReader _frames = new();
    private readonly ByteStore _rest = new();
    private readonly ByteStore _control = new();
    private Stage _stage = Stage.Upgrading;

    public HubClient(Uri server, string token, HubRoom room, HubTraffic traffic)
        : base(server)
    {
        Room = room;
        _traffic = traffic;
        _wire = traffic.Wire;
        Send(Encoding.ASCII.GetBytes(
            $"GET /hubs/chat?access_token={Uri.EscapeDataString(token)} HTTP/1.1\r\nHost: {server.Authority}\r\nConnection: Upgrade\r\n"
            + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"));
    }

    private enum Stage
    {
        Upgrading,
        Greeting,
        Joining,
        Joined,
    }

    public HubRoom Room { get; }

    public Sightings Sightings { get; } = new();

    /// <summary>When it last sent anything: the hub closes a connection that is silent for too long.</summary>
    public long LastSent { get; private set; }

    public bool HasJoined => _stage == Stage.Joined;

    /// <summary>Calls <c>SendMessage</c>.</summary>
    public void SendMessage(long call, string text, string clientMessageId, long now)
    {
        LastSent = now;
        Send(_wire.SendMessage(_traffic.Frame, call, Room.Id, text, clientMessageId));
    }

    public void Ping(long now)
    {
        LastSent = now;
        Send(_wire.Ping(_traffic.Frame));
    }

    public override void Received(ReadOnlySpan<byte> bytes, long now)
    {
        if (_stage == Stage.Upgrading && !TryFinishUpgrade(ref bytes))
        {
            return;
        }

        while (Ended is null && _frames.TryRead(ref bytes, out var payload, out var last))
        {
            if (_frames.IsData)
            {
                ReadData(payload, now);
            }
            else
            {
                ReadControl(payload, last);
            }
        }
    }

    public override void End(string why)
    {
        var first = Ended is null;
        base.End(why);
        if (first)
        {
            _traffic.Lost(this);
        }
    }

    private bool TryFinishUpgrade(ref ReadOnlySpan<byte> bytes)
    {
        _rest.Append(bytes);
        var end = _rest.Bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        var status = Encoding.ASCII.GetString(_rest.Bytes[..end]).Split("\r\n")[0];
        if (!status.StartsWith("HTTP/1.1 101", StringComparison.Ordinal))
        {
            End($"the hub refused the connection: {status}");
            return false;
        }

        // What follows the head is the end of what just came in.
        bytes = bytes[^(_rest.Length - end - 4)..];
        _rest.Keep(0);
        _stage = Stage.Greeting;
        Send(_wire.Handshake(_traffic.Frame));
        return true;
    }

    /// <summary>Records may be cut by frames, and frames by reads: only what is cut is copied.</summary>
    private void ReadData(ReadOnlySpan<byte> payload, long now)
    {
        if (_rest.Length == 0)
        {
            TakeRecords(ref payload, now);
            _rest.Append(payload);
            return;
        }

        _rest.Append(payload);
        var bytes = _rest.Bytes;
        TakeRecords(ref bytes, now);
        _rest.Keep(bytes.Length);
    }

    private void TakeRecords(ref ReadOnlySpan<byte> bytes, long now)
    {
        if (_stage == Stage.Greeting)
        {
            if (!HubWire.TryTakeHandshake(ref bytes, out var answer))
            {
                return;
            }

            if (answer.IndexOf("\"error\""u8) >= 0)
            {
                End($"the hub refused the handshake: {Encoding.UTF8.GetString(answer)}");
                return;
            }

            _stage = Stage.Joining;
            LastSent = now;
            Send(_wire.Join(_traffic.Frame, HubTraffic.JoinCall, Room.Id));
        }

        while (_wire.TryTake(ref bytes, out var bytesOfRecord))
        {
            var record = _wire.Read(bytesOfRecord);
            switch (record.Kind)
            {
                case HubRecordKind.NewMessage:
                    _traffic.Delivered(this, record, now);
                    break;
                case HubRecordKind.Completion when record.Call == HubTraffic.JoinCall:
                    Joined(record);
                    break;
                case HubRecordKind.Completion:
                    _traffic.Acknowledged(this, record, now);
                    break;
                case HubRecordKind.Close:
                    End($"the hub closed the connection: {record.Error}");
                    return;
            }
        }
    }

    private void Joined(HubRecord record)
    {
        if (record.Error is { } error)
        {
            End($"joining failed: {error}");
            return;
        }

        _stage = Stage.Joined;
        Room.Clients.Add(this);
    }

    private void ReadControl(ReadOnlySpan<byte> payload, bool last)
    {
        _control.Append(payload);
        if (!last)
        {
            return;
        }

        switch (_frames.Opcode)
        {
            case FrameReader.Ping:
                Send(_traffic.Frame.Start().Add(_control.Bytes[..Math.Min(_control.Length, ControlLimit)]).Finish(FrameWriter.Pong));
                break;
            case FrameReader.Close:
                End($"the WebSocket was closed: {(_control.Length < 2 ? "" : $"{_control.Bytes[0] << 8 | _control.Bytes[1]} {Encoding.UTF8.GetString(_control.Bytes[2..])}")}");
                break;
        }

        _control.Keep(0);
    }
}
