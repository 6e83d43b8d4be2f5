using System.Diagnostics;
using System.Text;
using BlazorChat.Bench.Wire;

namespace BlazorChat.Bench.Http;

/// <summary>A kept-alive connection of one token that sends the next request when the one before is answered.</summary>
internal abstract class RestConnection : LoopSocket
{
    private readonly ResponseReader _response = new();
    private readonly byte[] _request = new byte[16 * 1024];
    private readonly string _headers;
    private long _sent;

    /// <param name="server">Where it connects to.</param>
    /// <param name="token">Who it is.</param>
    /// <param name="times">Takes how long each answer took while it counts.</param>
    protected RestConnection(Uri server, string token, RequestTimes times)
        : base(server)
    {
        _headers = $" HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: Bearer {token}\r\n";
        Times = times;
    }

    protected RequestTimes Times { get; }

    /// <summary>Whether a request waits for its answer.</summary>
    public bool IsBusy { get; private set; }

    /// <summary>Sends the next request.</summary>
    public abstract void Next();

    public override void Received(ReadOnlySpan<byte> bytes, long now)
    {
        if (!_response.Receive(bytes))
        {
            return;
        }

        IsBusy = false;
        Times.Answered(_response.Status, now - _sent, _response.Body);
        Answered(_response.Status, _response.Body);
        if (now < Times.Until && Ended is null)
        {
            Next();
        }
    }

    public override void End(string why)
    {
        base.End(why);
        Times.Lost(why);
    }

    /// <summary>Reads what a subclass wants to know.</summary>
    protected virtual void Answered(int status, ReadOnlySpan<byte> body)
    {
    }

    protected void Get(string path) => Request("GET ", path, "\r\n", []);

    protected void Post(string path, ReadOnlySpan<byte> json) =>
        Request("POST ", path, $"Content-Type: application/json\r\nContent-Length: {json.Length}\r\n\r\n", json);

    private void Request(string method, string path, string end, ReadOnlySpan<byte> body)
    {
        var length = 0;
        foreach (var part in (ReadOnlySpan<string>)[method, path, _headers, end])
        {
            length += Encoding.UTF8.GetBytes(part, _request.AsSpan(length));
        }

        body.CopyTo(_request.AsSpan(length));
        IsBusy = true;
        _sent = Stopwatch.GetTimestamp();
        Send(_request.AsSpan(0, length + body.Length));
    }
}
