using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using BlazorChat.Notifications.WebPush;
using Microsoft.AspNetCore.Http;

namespace BlazorChat.Tests.Notifications;

/// <summary>One attempt to notify a browser, as it arrived at the push service.</summary>
/// <param name="Content">What the browser decrypted.</param>
/// <param name="Ttl">Seconds that the push service was to keep it.</param>
/// <param name="Urgency">The header, or nothing.</param>
/// <param name="Topic">The header, or nothing.</param>
/// <param name="Vapid">Who sent.</param>
/// <param name="Protocol">Such as <c>HTTP/1.1</c>.</param>
/// <param name="Length">Bytes on the wire.</param>
/// <param name="Status">What the push service answered; 0 where it did not.</param>
internal sealed record Pushed(byte[] Content, long Ttl, string Urgency, string Topic, VapidClaims Vapid, string Protocol, int Length, int Status)
{
    public string Text => Encoding.UTF8.GetString(Content);

    public JsonElement Json => JsonDocument.Parse(Content).RootElement;
}

/// <summary>
/// A browser as far as push goes: it makes the keys, and decrypts what comes. Written from the RFCs and apart from what it tests.
/// </summary>
internal sealed class PushBrowser : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly PushService _service;
    private readonly ECDiffieHellman _key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _point;
    private readonly byte[] _auth = RandomNumberGenerator.GetBytes(16);
    private readonly ConcurrentQueue<Pushed> _attempts = new();
    private readonly ConcurrentQueue<Envelope> _putBy = new();
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly Channel<Pushed> _shown = Channel.CreateUnbounded<Pushed>();
    private readonly Channel<Pushed> _tried = Channel.CreateUnbounded<Pushed>();
    private PushScript[] _script = [PushScript.Created];
    private int _answered;
    private int _arrived;

    internal PushBrowser(PushService service, string endpoint)
    {
        (_service, Endpoint) = (service, endpoint);
        var q = _key.ExportParameters(includePrivateParameters: false).Q;
        _point = [4, .. q.X!, .. q.Y!];
    }

    /// <summary>What <c>PushSubscription.endpoint</c> is in a browser.</summary>
    public string Endpoint { get; }

    /// <summary>Its key <c>p256dh</c>, base64url.</summary>
    public string P256dh => Base64Url.EncodeToString(_point);

    /// <summary>Its key <c>auth</c>, base64url.</summary>
    public string Auth => Base64Url.EncodeToString(_auth);

    /// <summary>The same for <see cref="IWebPushClient"/>.</summary>
    public PushTarget Target => new(Endpoint, _point, _auth);

    /// <summary>The body of a registration as browsers write it: <c>{endpoint, keys: {p256dh, auth}}</c>.</summary>
    public object Registration => new { endpoint = Endpoint, keys = new { p256dh = P256dh, auth = Auth } };

    /// <summary>Requests that came so far, those still unanswered included.</summary>
    public int Arrived => Volatile.Read(ref _arrived);

    /// <summary>All that were answered or given up, whatever the answer, in the order of their ends.</summary>
    public Pushed[] Attempts => [.. _attempts];

    /// <summary>Those that the push service took.</summary>
    public Pushed[] Shown => [.. _attempts.Where(a => IsTaken(a.Status))];

    /// <summary>What was wrong with requests that a real push service or browser would not have understood either. Such are answered 400 or 403.</summary>
    public string[] Faults => [.. _faults];

    /// <summary>Answers each request with one of these in turn, and with the last from then on.</summary>
    public void AnswerWith(params PushScript[] script) => (_answered, _script) = (0, script);

    /// <summary>The next notification that the push service took and the browser shows.</summary>
    public Task<Pushed> NextAsync(TimeSpan? timeout = null) => ReadAsync(_shown, timeout);

    /// <summary>The next attempt, whatever was answered.</summary>
    public Task<Pushed> NextAttemptAsync(TimeSpan? timeout = null) => ReadAsync(_tried, timeout);

    /// <summary>Waits until so many requests have come, answered or not.</summary>
    public async Task ArrivedAsync(int count = 1, TimeSpan? timeout = null)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (Arrived < count)
        {
            if (TimeProvider.System.GetElapsedTime(since) > (timeout ?? Patience))
            {
                throw new TimeoutException($"{Arrived} of {count} requests came. {string.Join(" ", Faults)}");
            }

            await Task.Delay(2);
        }
    }

    public void Dispose() => _key.Dispose();

    /// <summary>What was put by to be read later is read now, and returned with all that was read before.</summary>
    public Pushed[] ReadPutBy()
    {
        while (_putBy.TryDequeue(out var envelope))
        {
            _attempts.Enqueue(Read(envelope) with { Status = StatusCodes.Status201Created });
        }

        return Attempts;
    }

    /// <summary>A request for it at the push service.</summary>
    internal async Task TakeAsync(HttpContext context)
    {
        var envelope = await Envelope.ReadAsync(context.Request);
        Interlocked.Increment(ref _arrived);
        if (_service.ReadsLater)
        {
            _putBy.Enqueue(envelope);
            context.Response.StatusCode = StatusCodes.Status201Created;
            return;
        }

        Pushed pushed;
        try
        {
            pushed = Read(envelope);
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            _faults.Enqueue(failed.Message);
            context.Response.StatusCode = failed is UnknownSenderException ? StatusCodes.Status403Forbidden : StatusCodes.Status400BadRequest;
            return;
        }

        var script = _script;
        await script[Math.Min(Interlocked.Increment(ref _answered), script.Length) - 1].Answer(context, _service.Ended);
        pushed = pushed with { Status = context.RequestAborted.IsCancellationRequested ? 0 : context.Response.StatusCode };
        _attempts.Enqueue(pushed);
        _tried.Writer.TryWrite(pushed);
        if (IsTaken(pushed.Status))
        {
            _shown.Writer.TryWrite(pushed);
        }
    }

    /// <summary>RFC 8291, sections 3 and 4.</summary>
    internal static byte[] Decrypt(byte[] message, ECDiffieHellman key, byte[] point, byte[] auth)
    {
        var sender = ContentCoding.KeyIdOf(message);
        if (sender.Length != 65 || sender[0] != 4)
        {
            throw new FormatException("The key id is no uncompressed point.");
        }

        using var other = ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = sender[1..33], Y = sender[33..65] },
        });
        var pseudoRandom = HMACSHA256.HashData(auth, key.DeriveRawSecretAgreement(other.PublicKey));
        var input = HMACSHA256.HashData(pseudoRandom, (byte[])[.. "WebPush: info"u8, 0, .. point, .. sender, 1]);
        return ContentCoding.Decode(message, input, isSingle: true);
    }

    private static bool IsTaken(int status) => status is >= 200 and < 300;

    private Pushed Read(Envelope envelope)
    {
        if (envelope.Encoding != "aes128gcm" || !long.TryParse(envelope.Ttl, out var ttl) || ttl < 0)
        {
            throw new FormatException("Content-Encoding or TTL is missing.");
        }

        if (envelope.Body.Length > 4_096)
        {
            throw new FormatException("Larger than push services must take.");
        }

        var (urgency, topic) = (envelope.Urgency, envelope.Topic);
        if (urgency is not ("" or "very-low" or "low" or "normal" or "high") || topic.Length > 32 || !topic.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            throw new FormatException("Urgency or Topic is none.");
        }

        var vapid = VapidClaims.Verify(envelope.Authorization, _service.Origin, _service.Time.GetUtcNow());
        if (_service.PublicKey is { } expected && vapid.PublicKey != expected)
        {
            throw new UnknownSenderException("The browser allowed another server.");
        }

        return new Pushed(Decrypt(envelope.Body, _key, _point, _auth), ttl, urgency, topic, vapid, envelope.Protocol, envelope.Body.Length, Status: 0);
    }

    private async Task<Pushed> ReadAsync(Channel<Pushed> channel, TimeSpan? timeout)
    {
        using var limit = new CancellationTokenSource(timeout ?? Patience);
        try
        {
            return await channel.Reader.ReadAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException(
                $"No push came. {Arrived} requests, answered {string.Join(", ", _attempts.Select(a => a.Status))}. {string.Join(" ", Faults)}");
        }
    }
}

/// <summary>A request before it is read.</summary>
internal sealed record Envelope(string Encoding, string Ttl, string Urgency, string Topic, string Authorization, string Protocol, byte[] Body)
{
    public static async Task<Envelope> ReadAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        var headers = request.Headers;
        return new Envelope(
            headers.ContentEncoding.ToString(), headers["TTL"].ToString(), headers["Urgency"].ToString(), headers["Topic"].ToString(),
            headers.Authorization.ToString(), request.Protocol, body.ToArray());
    }
}

/// <summary>The content coding <c>aes128gcm</c> of RFC 8188, to be read.</summary>
internal static class ContentCoding
{
    public static byte[] KeyIdOf(byte[] message) =>
        message.Length > 21 && message.Length >= 21 + message[20] ? message[21..(21 + message[20])] : throw new FormatException("Too short.");

    /// <param name="message">Header and records.</param>
    /// <param name="inputKey">The input keying material.</param>
    /// <param name="isSingle">Whether more than one record is an error, as browsers have it.</param>
    public static byte[] Decode(byte[] message, byte[] inputKey, bool isSingle = false)
    {
        var pseudoRandom = HMACSHA256.HashData(message[..16], inputKey);
        var key = HMACSHA256.HashData(pseudoRandom, (byte[])[.. "Content-Encoding: aes128gcm"u8, 0, 1])[..16];
        var baseNonce = HMACSHA256.HashData(pseudoRandom, (byte[])[.. "Content-Encoding: nonce"u8, 0, 1])[..12];
        var size = (int)BinaryPrimitives.ReadUInt32BigEndian(message.AsSpan(16, 4));
        var records = message[(21 + KeyIdOf(message).Length)..].Chunk(size).ToArray();
        if (records.Length == 0 || (isSingle && records.Length > 1))
        {
            throw new FormatException($"{records.Length} records.");
        }

        using var aes = new AesGcm(key, 16);
        List<byte> content = [];
        for (var i = 0; i < records.Length; i++)
        {
            var nonce = baseNonce.ToArray();
            BinaryPrimitives.WriteUInt32BigEndian(nonce.AsSpan(8), BinaryPrimitives.ReadUInt32BigEndian(nonce.AsSpan(8)) ^ (uint)i);
            var plain = new byte[records[i].Length - 16];
            aes.Decrypt(nonce, records[i].AsSpan(0, plain.Length), records[i].AsSpan(plain.Length), plain);
            var delimiter = Array.FindLastIndex(plain, b => b != 0);
            if (delimiter < 0 || plain[delimiter] != (i == records.Length - 1 ? 2 : 1))
            {
                throw new FormatException("A record does not end as it should.");
            }

            content.AddRange(plain[..delimiter]);
        }

        return [.. content];
    }
}
