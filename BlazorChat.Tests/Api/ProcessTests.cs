using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using BlazorChat.Tests.Notifications;

namespace BlazorChat.Tests.Api;

/// <summary>What only a server in a process of its own can prove.</summary>
public sealed class ProcessTests
{
    private const int FuzzedFrames = 6_000;
    private const int FuzzedRequests = 4_500;
    private const int FramesPerSocket = 12;

    private static readonly string[] Methods =
        ["JoinRoom", "LeaveRoom", "SendMessage", "SendReply", "EditMessage", "DeleteMessage", "Typing", "GetMessages", "MarkRead", "OnConnectedAsync", "Dispose", "Nothing", ""];

    private static readonly string[] Values =
    [
        "1", "0", "-1", "2", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "99999999999999999999999999", "1.5", "1e400", "null", "true",
        "\"\"", "\"x\"", "\"1\"", "\"\\ud800\"", "\"\\u0000\"", "[]", "{}", "[[[[1]]]]", "{\"roomId\":1}", "\"<script>\"",
    ];

    [Fact]
    public async Task TenThousandMalformedFramesAndBodies_EndNothing_AndGiveNo5xx()
    {
        await using var server = await SeededServer.StartAsync(20, [.. SeededServer.NoLimits, "--Logging:LogLevel:Microsoft.AspNetCore=None"]);
        var id = server.Process.ProcessId;
        await Task.WhenAll([.. Enumerable.Range(0, 8).Select(i => FramesAsync(server, i, FuzzedFrames / 8)), .. Enumerable.Range(0, 8).Select(i => BodiesAsync(server, i, FuzzedRequests / 8))]);

        Assert.True(server.Process.IsRunning);
        Assert.Equal(id, server.Process.ProcessId);
        await server.People[0].SayAsync(server.General, "still here");
        using var hub = await server.People[1].RawAsync();
        Assert.True((await hub.InvokeAsync("JoinRoom", server.General)).GetProperty("lastSeq").GetInt64() > 0);
        Assert.Empty(server.Process.Problems());
    }

    private static async Task FramesAsync(SeededServer server, int seed, int count)
    {
        var random = new Random(seed);
        for (var sent = 0; sent < count;)
        {
            using var socket = new ClientWebSocket();
            await socket.ConnectAsync(RawHub.AddressOf(server.Process.Address, server.People[random.Next(server.People.Count)].Token), CancellationToken.None);
            var binary = random.Next(2) == 0;
            try
            {
                if (random.Next(10) > 0)
                {
                    await socket.SendAsync(Encoding.UTF8.GetBytes(binary ? "{\"protocol\":\"messagepack\",\"version\":1}\u001e" : "{\"protocol\":\"json\",\"version\":1}\u001e"),
                        WebSocketMessageType.Text, true, CancellationToken.None);
                }

                // Most can be survived by a connection; the last ones end it.
                for (var n = 0; n < FramesPerSocket; n++, sent++)
                {
                    var frame = n < FramesPerSocket - 2 ? binary ? PackCall(random) : JsonCall(random) : Nonsense(random, n);
                    await socket.SendAsync(frame, binary ? WebSocketMessageType.Binary : WebSocketMessageType.Text, true, CancellationToken.None);
                }

                if (random.Next(3) == 0)
                {
                    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                }
            }
            catch (WebSocketException)
            {
                // Refused in the middle of it; the next socket goes on.
                sent++;
            }
        }
    }

    private static byte[] JsonCall(Random random)
    {
        var arguments = string.Join(',', Enumerable.Range(0, random.Next(6)).Select(_ => Values[random.Next(Values.Length)]));
        return Encoding.UTF8.GetBytes(random.Next(6) switch
        {
            0 => $$"""{"type":{{random.Next(-1, 12)}},"invocationId":"1","item":1,"result":{},"error":"x"}""",
            1 => $$"""{"type":4,"invocationId":"{{random.Next(3)}}","target":"{{Methods[random.Next(Methods.Length)]}}","arguments":[{{arguments}}]}""",
            2 => $$"""{"arguments":[{{arguments}}],"target":"{{Methods[random.Next(Methods.Length)]}}","type":1,"streamIds":["a","b"]}""",
            _ => $$"""{"type":1,"invocationId":"{{random.Next(100)}}","target":"{{Methods[random.Next(Methods.Length)]}}","arguments":[{{arguments}}]}""",
        } + "\u001e");
    }

    private static byte[] PackCall(Random random)
    {
        var target = Encoding.ASCII.GetBytes(Methods[random.Next(Methods.Length)]);
        byte[][] arguments =
        [
            [0xC0], [0xA0], [0x93, 0xC0, 0xC0, 0xC0], [0xD3, .. new byte[8]], [0xC4, 4, 1, 2, 3, 4], [0xC3], [0x01], [0xA1, 0xFF], [0xDF, 0xFF, 0xFF, 0xFF, 0xFF],
            [0xCF, 255, 255, 255, 255, 255, 255, 255, 255], [0xDD, 0x7F, 0xFF, 0xFF, 0xFF], [0xDB, 0x7F, 0xFF, 0xFF, 0xFF], [0xCB, .. new byte[8]],
        ];
        var count = random.Next(6);
        byte[] body =
        [
            0x96, 0x01, 0x80, 0xA1, (byte)'7', (byte)(0xA0 | target.Length), .. target, (byte)(0x90 | count),
            .. Enumerable.Range(0, count).SelectMany(_ => arguments[random.Next(arguments.Length)]), 0x90,
        ];
        return [(byte)body.Length, .. body];
    }

    private static byte[] Nonsense(Random random, int n)
    {
        var noise = new byte[random.Next(1, 600)];
        random.NextBytes(noise);
        return random.Next(7) switch
        {
            0 => noise,
            1 => [0xFF, 0xFF, 0xFF, 0xFF, 0x07, .. noise],
            2 => JsonCall(random)[..^(1 + random.Next(10))],
            3 => Encoding.UTF8.GetBytes("{\"type\":1,\"target\":\"SendMessage\",\"arguments\":[" + new string('[', 2_000) + "\u001e"),
            4 => [.. "{\"type\":1,\"target\":\""u8, 0xC3, 0x28, 0xF5, .. "\",\"arguments\":[]}\u001e"u8],
            5 when n % 7 == 0 => new byte[200_000],
            5 => "\u001e\u001e\u001e"u8.ToArray(),
            _ => Encoding.UTF8.GetBytes("[]\u001e{}\u001enull\u001e"),
        };
    }

    private static async Task BodiesAsync(SeededServer server, int seed, int count)
    {
        var random = new Random(1_000 + seed);
        string[] ids = ["1", "0", "-1", "2", "9223372036854775807", "9223372036854775808", "x", "%00", "1%2F2", "%ff", "1.5", "{id}", ".."];
        for (var i = 0; i < count; i++)
        {
            string Id() => ids[random.Next(ids.Length)];
            string Value() => Values[random.Next(Values.Length)];
            (string Method, string Path)[] calls =
            [
                ("POST", "/api/auth/login"), ("POST", "/api/auth/refresh"), ("GET", "/api/me"), ("GET", "/api/rooms"), ("POST", "/api/rooms"),
                ("POST", $"/api/rooms/{Id()}/join"), ("POST", $"/api/rooms/{Id()}/leave"), ("PUT", $"/api/rooms/{Id()}/members/{Id()}"),
                ("DELETE", $"/api/rooms/{Id()}/members/{Id()}"), ("GET", $"/api/rooms/{Id()}/messages?before={Id()}&after={Id()}&limit={Id()}"),
                ("GET", $"/api/rooms/1/messages?after={Id()}"), ("POST", $"/api/rooms/{Id()}/messages"), ("POST", "/api/rooms/1/messages"), ("PATCH", $"/api/messages/{Id()}"),
                ("DELETE", $"/api/messages/{Id()}"), ("POST", $"/api/rooms/{Id()}/read"), ("POST", "/api/rooms/1/read"), ("GET", $"/api/rooms/{Id()}/members"),
                ("GET", $"/api/search?q={Uri.EscapeDataString(Value())}&roomId={Id()}&beforeId={Id()}&limit={Id()}"), ("GET", $"/api/search?q=%22%2A(%20{Id()}"),
                ("GET", $"/api/docs/{Id()}"), ("GET", $"/openapi/{Id()}.json"), ("POST", $"/hubs/chat/negotiate?negotiateVersion={Id()}"), ("POST", $"/hubs/chat?id={Id()}"),
                ("POST", $"/api/hooks/{Id()}"), ("GET", "/api/push/key"), ("POST", "/api/push/subscriptions"), ("DELETE", "/api/push/subscriptions"),
            ];
            var (method, path) = calls[random.Next(calls.Length)];

            // A wrong password is meant to take half a second; a malformed body is not.
            object? body = method == "GET" ? null : random.Next(6) switch
            {
                0 => Content(Noise(random), "application/json"),
                1 => Content(Encoding.UTF8.GetBytes(new string('[', 300)), "application/json"),
                2 => Content("{\"text\":\"\xC3\x28\",\"refreshToken\":5}"u8.ToArray(), "application/json; charset=utf-16"),
                3 => Content([.. "{\"text\":\""u8, 0xFF, 0xC3, 0x28, .. "\"}"u8], "application/json"),
                4 when i % 20 == 0 => Content(new byte[200_000], "application/json"),
                _ when path == "/api/auth/login" => Content("{\"email\":1}"u8.ToArray(), "application/json"),
                _ => Content(Encoding.UTF8.GetBytes($$"""{"text":{{Value()}},"clientMessageId":{{Value()}},"replyToId":{{Value()}},"seq":{{Value()}},"kind":{{Value()}},"name":{{Value()}},"memberIds":{{Value()}},"refreshToken":{{Value()}},"endpoint":{{Value()}},"keys":{{Value()}}}"""), random.Next(8) == 0 ? "text/plain" : "application/json"),
            };
            var client = server.People[random.Next(server.People.Count)];
            ApiAnswer answer;
            try
            {
                answer = await client.SendAsync(new HttpMethod(method), path, body);
            }
            catch (HttpRequestException)
            {
                // The server closed what is no HTTP.
                continue;
            }

            Assert.True((int)answer.Status < 500, $"{method} {path}: {(int)answer.Status} {answer.Text}");
            if ((int)answer.Status >= 400 && path.StartsWith("/api/", StringComparison.Ordinal) && answer.Text.Length > 0)
            {
                Assert.True(answer.MediaType == "application/problem+json", $"{method} {path}: {answer.MediaType}");
            }
        }

        static ByteArrayContent Content(byte[] bytes, string type)
        {
            var content = new ByteArrayContent(bytes);
            content.Headers.TryAddWithoutValidation("Content-Type", type);
            return content;
        }

        static byte[] Noise(Random random)
        {
            var noise = new byte[random.Next(2_000)];
            random.NextBytes(noise);
            return noise;
        }
    }

    [Fact]
    public async Task Secrets_AtTrace_AreNowhereInTheLog()
    {
        await using var push = await PushService.StartAsync();
        await using var server = await SeededServer.StartAsync(2, $"--Push:AllowedHosts={push.Host}", "--Push:GraceSeconds=0", "--Logging:LogLevel:Default=Trace", "--Logging:LogLevel:Microsoft.AspNetCore=Trace",
            "--Logging:LogLevel:Microsoft.EntityFrameworkCore=Trace", "--Logging:LogLevel:Microsoft.AspNetCore.SignalR.Internal.DefaultHubDispatcher=Trace");
        var bob = server.People[0];
        var guest = new ApiClient(server.Process.Address, null, bob.Actor, "");
        List<string> secrets = [bob.Token!, server.People[1].Token!, SeededServer.Password];

        // In bodies.
        (await guest.PostAsync("/api/auth/login", new { email = $"{bob.Name}@example.com", password = "canary-wrong-password" })).Problem(HttpStatusCode.Unauthorized);
        secrets.Add("canary-wrong-password");
        var first = (await guest.PostAsync("/api/auth/login", new { email = $"{bob.Name}@example.com", password = SeededServer.Password })).Ok();
        var second = (await guest.PostAsync("/api/auth/refresh", new { refreshToken = Text(first, "refreshToken") })).Ok();
        secrets.AddRange([Text(first, "accessToken"), Text(first, "refreshToken"), Text(second, "accessToken"), Text(second, "refreshToken")]);
        (await guest.PostAsync("/api/auth/refresh", new { refreshToken = $"bcr_{"canary-refresh".PadRight(43, 'x')}" })).Problem(HttpStatusCode.Unauthorized);
        (await guest.PostAsync("/api/auth/login", new StringContent("{\"password\":\"canary-broken", Encoding.UTF8, "application/json"))).Problem(HttpStatusCode.BadRequest);
        secrets.AddRange(["canary-refresh", "canary-broken"]);

        // In headers and query strings, of good tokens and bad.
        guest.Token = Text(second, "accessToken");
        (await guest.GetAsync("/api/rooms")).Ok();
        await guest.SayAsync(server.General, "hello");
        guest.Token = $"bcp_{"canary-header".PadRight(43, 'x')}";
        (await guest.GetAsync("/api/me")).Problem(HttpStatusCode.Unauthorized);
        secrets.Add("canary-header");
        await using (var byHeader = await server.People[1].ConnectAsync(messagePack: true))
        {
            await byHeader.StopAsync();
        }

        using (var byQuery = await bob.RawAsync())
        {
            await byQuery.InvokeAsync("JoinRoom", server.General);
            await byQuery.InvokeAsync("SendMessage", server.General, "hello", "c-1");
            Assert.NotEqual("", await byQuery.RefusedAsync("JoinRoom", "x"));
        }

        foreach (var path in (string[])["/hubs/chat", "/HUBS/Chat/negotiate", "/hubs/other", "/hubs/chat/negotiate?id=5&x=1"])
        {
            var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            await guest.PostAsync($"{path}{separator}access_token={bob.Token}");
            await guest.GetAsync($"{path}{separator}ACCESS_TOKEN={bob.Token}&y=2");
            await guest.GetAsync($"{path}{separator}a=1&access%5Ftoken={bob.Token}");
        }

        await guest.PostAsync("/api/hooks/canary-hook-secret", new { text = "x" });
        secrets.Add("canary-hook-secret");

        // What is asked of push services, taken and refused.
        var phone = push.NewBrowser();
        phone.AnswerWith(PushScript.Status(500), PushScript.Created, PushScript.Status(403), PushScript.Status(410));
        (await bob.PostAsync("/api/push/subscriptions", phone.Registration)).Ok(HttpStatusCode.Created);
        await server.People[1].SayAsync(server.General, "canary for a phone");
        var pushed = await phone.NextAsync();
        await server.People[1].SayAsync(server.General, "canary for a phone");
        await phone.ArrivedAsync(3);
        await server.People[1].SayAsync(server.General, "canary for a phone");
        await phone.ArrivedAsync(4);
        (await bob.SendAsync(HttpMethod.Delete, "/api/push/subscriptions", new { endpoint = phone.Endpoint })).NoContent();
        secrets.AddRange([phone.Endpoint.Split('/')[^1], phone.Auth, phone.P256dh, pushed.Vapid.Token, "canary for a phone"]);

        await server.Process.StopAsync();
        var log = string.Join('\n', server.Process.Log);
        Assert.Contains("trce: ", log, StringComparison.Ordinal);
        Assert.Contains("/hubs/chat", log, StringComparison.Ordinal);
        foreach (var secret in secrets)
        {
            var at = log.IndexOf(secret, StringComparison.Ordinal);
            Assert.True(at < 0, at < 0 ? "" : log[Math.Max(0, at - 200)..Math.Min(log.Length, at + 60)]);
        }

        static string Text(JsonElement body, string name) => body.GetProperty(name).GetString()!;
    }

    [Fact]
    public async Task Resend_AfterTheServerWasKilled_AnswersTheSameMessage_AndTokensStillOpen()
    {
        await using var server = await SeededServer.StartAsync(1);
        var bob = server.People[0];
        var before = (await bob.PostAsync($"/api/rooms/{server.General}/messages", new { text = "once", clientMessageId = "across" })).Ok(HttpStatusCode.Created);
        await server.Process.KillAsync();
        await server.Process.StartAsync();
        var again = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => bob.PostAsync($"/api/rooms/{server.General}/messages", new { text = "once", clientMessageId = "across" })));
        Assert.All(again, a => Assert.Equal(before.GetRawText(), a.Ok().GetRawText()));
        Assert.Equal(1, await server.Process.QueryAsync<long>("SELECT COUNT(*) FROM Messages WHERE ClientMessageId = 'across'"));
    }
}
