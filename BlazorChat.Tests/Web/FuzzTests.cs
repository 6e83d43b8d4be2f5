using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using BlazorChat.Tests.Journeys;

namespace BlazorChat.Tests.Web;

/// <summary>Nonsense, in bulk and by a fixed seed: the process lives on, answers no 5xx, and logs nothing unusual.</summary>
public sealed class FuzzTests(Stage stage) : Journey(stage)
{
    private const int Requests = 600;
    private const int Sockets = 120;

    private static readonly string[] Paths =
    [
        "/", "/setup", "/account/login", "/account/register", "/account/manage", "/account/reset-password", "/account/sign-out", "/join/", "/avatars/",
        "/rooms/", "/rooms/1/", "/admin", "/health/live", "/_blazor", "/_blazor/negotiate", "/_blazor/initializers", "/_blazor/disconnect/",
        "/_framework/", "/css/", "/hubs/chat", "/not-found", "/diagnostics",
    ];

    private static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "BREW"];

    private static readonly string[] Pieces =
    [
        "../", "%00", "%2e%2e%2f", "%ff%fe", "9999999999999999999999", "-1", "1e9", "'", "\"><script>", "{{7*7}}", "${jndi}", "\\", "%0d%0aX: y", "null",
        "ünïcödé", "😀", "a[]=1", "__proto__", ";", "?", "&", "=", "#", "%", "%zz", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ];

    private static readonly string[] Hub =
    [
        "StartCircuit", "ConnectCircuit", "ResumeCircuit", "PauseCircuit", "UpdateRootComponents", "BeginInvokeDotNetFromJS", "EndInvokeJSFromDotNet",
        "ReceiveByteArray", "ReceiveJSDataChunk", "SendDotNetStreamToJS", "OnRenderCompleted", "OnLocationChanged", "OnLocationChanging", "Nothing",
    ];

    [Fact]
    public async Task FuzzedRequests_AreAnsweredBelow500_AndTheProcessLivesOn()
    {
        var server = Community.Server;
        var id = server.ProcessId;
        var random = new Random(20_25);
        var ada = await Community.AdaAsync();
        using var member = await Visitor.OfAsync(ada, server.Address);
        using var guest = new Visitor(server.Address);
        for (var i = 0; i < Requests; i++)
        {
            var path = Paths[random.Next(Paths.Length)] + Noise(random, 2).Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);
            if (random.Next(2) == 0)
            {
                path += "?" + Noise(random, 3);
            }

            if (!Uri.TryCreate(server.Address, path.Replace("//", "/", StringComparison.Ordinal), out var address) || address.Authority != server.Address.Authority)
            {
                address = server.Address;
            }

            // Signing out is not nonsense, and would end what the rest is to be tried with.
            var visitor = address.AbsolutePath.Contains("sign-out", StringComparison.OrdinalIgnoreCase) || random.Next(2) == 0 ? guest : member;
            using var request = new HttpRequestMessage(new HttpMethod(Methods[random.Next(Methods.Length)]), address);
            if (request.Method.Method is not ("GET" or "HEAD" or "TRACE") && random.Next(3) > 0)
            {
                var body = new byte[random.Next(2_000)];
                random.NextBytes(body);
                request.Content = random.Next(2) == 0 ? new ByteArrayContent(body) : new StringContent(Noise(random, 20));
                request.Content.Headers.Remove("Content-Type");
                request.Content.Headers.TryAddWithoutValidation("Content-Type",
                    new[] { "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data", "application/json", "nonsense", "text/plain" }[random.Next(6)]);
            }

            (string, string)[] headers = random.Next(3) switch
            {
                0 => [("Cookie", "__Host-BlazorChat=" + Convert.ToBase64String(Encoding.UTF8.GetBytes(Noise(random, 5)))), ("Range", "bytes=9-1")],
                1 => [("Accept-Encoding", "nonsense;q=9"), ("If-None-Match", "\"" + i), ("Sec-Fetch-Site", "same-origin")],
                _ => [("X-Requested-With", "fuzz"), ("Accept", "*/*;;;"), ("Expect", "100-continue")],
            };
            HttpResponseMessage answer;
            try
            {
                answer = await visitor.SendAsync(request, headers);
            }
            catch (HttpRequestException)
            {
                // The server closed what is no HTTP.
                continue;
            }

            using (answer)
            {
                Assert.True((int)answer.StatusCode < 500, $"{request.Method} {request.RequestUri}: {(int)answer.StatusCode}");
            }
        }

        await AliveAsync(id);
    }

    [Fact]
    public async Task RawNonsense_OnTheSocket_EndsNothing()
    {
        var server = Community.Server;
        var id = server.ProcessId;
        var random = new Random(7);
        for (var i = 0; i < 100; i++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync("localhost", server.Port);
            var bytes = new byte[random.Next(1, 3_000)];
            random.NextBytes(bytes);
            var start = Encoding.ASCII.GetBytes(new[] { "", "GET / HTTP/1.1\r\n", "POST /account/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999\r\n\r\n", "GET /_blazor HTTP/1.1\r\nUpgrade: websocket\r\n" }[i % 4]);
            try
            {
                await client.GetStream().WriteAsync(start);
                await client.GetStream().WriteAsync(bytes);
            }
            catch (IOException)
            {
                // Closed already.
            }
        }

        await AliveAsync(id);
    }

    [Fact]
    public async Task MalformedFrames_OnACircuitsSocket_EndNothing()
    {
        var server = Community.Server;
        var id = server.ProcessId;
        var random = new Random(42);
        var ada = await Community.AdaAsync("/");
        using var member = await Visitor.OfAsync(ada, server.Address);
        for (var i = 0; i < Sockets; i++)
        {
            using var socket = new ClientWebSocket();
            socket.Options.SetRequestHeader("Origin", $"http://localhost:{server.Port}");
            socket.Options.SetRequestHeader("Cookie", member.Cookies);
            await socket.ConnectAsync(new Uri($"ws://localhost:{server.Port}/_blazor"), CancellationToken.None);
            try
            {
                if (i % 4 > 0)
                {
                    await SendAsync(socket, Encoding.UTF8.GetBytes("{\"protocol\":\"blazorpack\",\"version\":1}\u001e"), WebSocketMessageType.Text);
                }

                for (var n = 0; n < 8; n++)
                {
                    await SendAsync(socket, Frame(random, i), i % 7 == 0 ? WebSocketMessageType.Text : WebSocketMessageType.Binary);
                }

                if (i % 3 == 0)
                {
                    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                }
            }
            catch (WebSocketException)
            {
                // Refused in the middle of it.
            }
        }

        // Too much at once.
        using (var large = new ClientWebSocket())
        {
            await large.ConnectAsync(new Uri($"ws://localhost:{server.Port}/_blazor"), CancellationToken.None);
            await SendAsync(large, Encoding.UTF8.GetBytes("{\"protocol\":\"blazorpack\",\"version\":1}\u001e"), WebSocketMessageType.Text);
            try
            {
                await SendAsync(large, new byte[4_000_000], WebSocketMessageType.Binary);
            }
            catch (WebSocketException)
            {
                // As it should be.
            }
        }

        await AliveAsync(id);
        await ada.SayAsync("still here after the frames");
    }

    private static Task SendAsync(ClientWebSocket socket, byte[] bytes, WebSocketMessageType type) =>
        socket.SendAsync(bytes, type, endOfMessage: true, CancellationToken.None);

    /// <summary>Random bytes, a call with wrong arguments, or a length that lies.</summary>
    private static byte[] Frame(Random random, int kind)
    {
        var noise = new byte[random.Next(1, 400)];
        random.NextBytes(noise);
        switch (kind % 3)
        {
            case 0:
                return noise;
            case 1:
                return [0xFF, 0xFF, 0xFF, 0xFF, 0x07, .. noise];
            default:
                // MessagePack of an invocation: [1, {}, null, target, [arguments], []].
                var target = Encoding.ASCII.GetBytes(Hub[random.Next(Hub.Length)]);
                byte[][] arguments =
                [
                    [0xC0], [0xA0], [0x93, 0xC0, 0xC0, 0xC0], [0xD3, .. new byte[8]], [0xC4, 4, 1, 2, 3, 4],
                    [0xA9, .. "{\"a\":[1]}"u8.ToArray()], [0xC3], [0xCF, 255, 255, 255, 255, 255, 255, 255, 255],
                ];
                var count = random.Next(0, 6);
                byte[] body =
                [
                    0x96, 0x01, 0x80, 0xC0, (byte)(0xA0 | target.Length), .. target, (byte)(0x90 | count),
                    .. Enumerable.Range(0, count).SelectMany(_ => arguments[random.Next(arguments.Length)]), 0x90,
                ];
                return [(byte)body.Length, .. body];
        }
    }

    private static string Noise(Random random, int most) =>
        string.Concat(Enumerable.Range(0, random.Next(most + 1)).Select(_ => Pieces[random.Next(Pieces.Length)]));

    private async Task AliveAsync(int id)
    {
        Assert.True(Community.Server.IsRunning);
        Assert.Equal(id, Community.Server.ProcessId);
        using var visitor = new Visitor(Community.Server.Address);
        using var answer = await visitor.GetAsync("/health/ready");
        Assert.True(answer.IsSuccessStatusCode);
    }
}
