using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using BlazorChat.Outbound;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Outbound;

/// <summary>Requests to addresses that people chose reach public servers only, whatever the address looks like.</summary>
public sealed class OutboundTests
{
    /// <summary>Addresses that lead to this machine, or would if somebody's gateway took them along.</summary>
    public static TheoryData<string> ThisMachine() =>
    [
        "127.0.0.1", "127.0.0.2", "127.1", "127.0.1", "127.255.255.254", "2130706433", "0x7f000001", "0x7F.0.0.1", "0x7f.1", "0x7f.0x0.0x0.0x1",
        "017700000001", "0177.0.0.1", "0177.1", "00000177.0.0.01", "127.0.0.1.", "1%32%37.0.0.1", "127.0.0.%31", "１２７.0.0.1", "127。0。0。1",
        "localhost", "LOCALHOST", "localhost.", "foo.localhost", "0", "0.0.0.0", "0x0", "00.0.0.0",
        "[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::127.0.0.1]", "[::7f00:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:1]",
        "[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2002:7f00:1::1]",
        "[2001:0:7f00:1::]", "[2001::1]",
    ];

    /// <summary>Addresses inside somebody's network, or nobody's.</summary>
    public static TheoryData<string> NotPublic() =>
    [
        "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.1.1", "3232235777", "0xc0a80101", "100.64.0.1",
        "100.100.100.200", "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.170.2", "168.63.129.16", "192.0.0.192",
        "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.88.99.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
        "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::]", "[fd00:ec2::254]", "[fc00::1]", "[fdff::1]", "[fe80::1]",
        "[fe80::1%25lo]", "[febf::1]", "[fec0::1]", "[ff02::1]", "[2001:db8::1]", "[3fff::1]", "[100::1]", "[5f00::1]", "[::ffff:10.0.0.1]",
        "[::ffff:8.8.8.8]", "[2001:0:a9fe:a9fe::]",
    ];

    [Theory]
    [MemberData(nameof(ThisMachine))]
    public async Task Request_ToThisMachine_NeverArrives(string host)
    {
        using var canary = new Canary();
        await using var services = Services();
        await RefusedAsync(services, $"http://{host}:{canary.Port}/");
        Assert.Empty(canary.Requests);
    }

    [Theory]
    [MemberData(nameof(NotPublic))]
    public async Task Request_ToANetworkThatIsNotPublic_IsNotMade(string host)
    {
        await using var services = Services();
        await RefusedAsync(services, $"http://{host}:9/");
    }

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("8.8.8.8")]
    [InlineData("100.63.255.255")]
    [InlineData("172.32.0.1")]
    [InlineData("2606:4700::1111")]
    [InlineData("2a00:1450:4001::1")]
    public void Allows_PublicAddress_Is(string address) => Assert.True(Services().GetRequiredService<OutboundNetworks>().Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://example.com/")]
    [InlineData("gopher://example.com/")]
    [InlineData("http://user:secret@example.com/")]
    [InlineData("http://example.com@127.0.0.1/")]
    public async Task Request_WithAnotherSchemeOrCredentials_IsNotMade(string address)
    {
        await using var services = Services();
        await RefusedAsync(services, address);
    }

    [Fact]
    public async Task Request_ToAListedNetwork_Arrives()
    {
        using var canary = new Canary();
        await using var services = Services("127.0.0.0/8", "::1/128");
        foreach (var host in (string[])["127.0.0.1", "2130706433", "localhost", "[::1]"])
        {
            using var answer = await Client(services).GetAsync($"http://{host}:{canary.Port}/");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal(4, canary.Requests.Count);
    }

    [Fact]
    public async Task Request_WhoseNameResolvesDifferentlyTheSecondTime_GoesToWhatWasChecked()
    {
        using var canary = new Canary();
        await using var services = Services("127.0.0.2/32");
        var asked = 0;
        // The first answer passes the check; every later one is the canary's.
        services.GetRequiredService<OutboundConnections>().Resolve = (_, _) =>
            Task.FromResult<IPAddress[]>([asked++ == 0 ? IPAddress.Parse("127.0.0.2") : IPAddress.Loopback]);
        await Assert.ThrowsAsync<HttpRequestException>(() => Client(services).GetAsync($"http://rebinding.example:{canary.Port}/"));
        Assert.Equal(1, asked);
        await RefusedAsync(services, $"http://rebinding.example:{canary.Port}/");
        Assert.Empty(canary.Requests);
    }

    [Fact]
    public async Task Request_WhoseNameHasAPrivateAddressBesides_UsesThePublicOneOnly()
    {
        using var canary = new Canary();
        await using var services = Services("127.0.0.3/32");
        services.GetRequiredService<OutboundConnections>().Resolve = (_, _) =>
            Task.FromResult<IPAddress[]>([IPAddress.Loopback, IPAddress.IPv6Loopback, IPAddress.Parse("127.0.0.3")]);
        await Assert.ThrowsAsync<HttpRequestException>(() => Client(services).GetAsync($"http://two.example:{canary.Port}/"));
        Assert.Empty(canary.Requests);
    }

    [Theory]
    [InlineData("http://{canary}/")]
    [InlineData("//{canary}/")]
    [InlineData("http://localhost:{port}/")]
    [InlineData("http://[::ffff:127.0.0.1]:{port}/")]
    [InlineData("http://2130706433:{port}/")]
    [InlineData("http://user@{canary}/")]
    [InlineData("file:///etc/passwd")]
    public async Task Redirect_IntoAPrivateNetwork_IsNotFollowed(string location)
    {
        using var canary = new Canary();
        using var elsewhere = new Canary(IPAddress.Parse("127.0.0.2"));
        elsewhere.Location = location.Replace("{canary}", $"127.0.0.1:{canary.Port}").Replace("{port}", $"{canary.Port}");
        await using var services = Services("127.0.0.2/32");
        await RefusedAsync(services, $"http://127.0.0.2:{elsewhere.Port}/");
        await RefusedAsync(services, $"http://127.0.0.2:{elsewhere.Port}/", HttpMethod.Post);
        Assert.Equal(2, elsewhere.Requests.Count);
        Assert.Empty(canary.Requests);
    }

    [Fact]
    public async Task Redirect_InACircle_EndsSoon()
    {
        using var circle = new Canary { Location = "/again" };
        await using var services = Services("127.0.0.0/8");
        await RefusedAsync(services, $"http://127.0.0.1:{circle.Port}/");
        Assert.Equal(OutboundOptions.MaxRedirects + 1, circle.Requests.Count);
    }

    [Fact]
    public async Task Redirect_ThatKeepsTheBody_IsFollowedWithIt()
    {
        using var target = new Canary();
        using var first = new Canary { Location = $"http://127.0.0.1:{target.Port}/there" };
        await using var services = Services("127.0.0.0/8");
        using var answer = await Client(services).PostAsync($"http://127.0.0.1:{first.Port}/", new StringContent("the body"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.EndsWith("the body", Assert.Single(target.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_LargerThanTheCap_IsRefused()
    {
        using var large = new Canary { Body = new string('x', OutboundOptions.MaxAnswerBytes + 1) };
        await using var services = Services("127.0.0.0/8");
        await Assert.ThrowsAsync<HttpRequestException>(() => Client(services).GetAsync($"http://127.0.0.1:{large.Port}/"));
    }

    [Fact]
    public async Task Cookies_AreNotKept()
    {
        using var canary = new Canary { Header = "Set-Cookie: a=b" };
        await using var services = Services("127.0.0.0/8");
        for (var i = 0; i < 2; i++)
        {
            using var answer = await Client(services).GetAsync($"http://127.0.0.1:{canary.Port}/");
        }

        Assert.DoesNotContain(canary.Requests, r => r.Contains("Cookie", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void AllowedNetworks_ThatAreNone_StopTheStart() =>
        Assert.Throws<InvalidOperationException>(() => Services("everything").GetRequiredService<OutboundNetworks>());

    private static async Task RefusedAsync(ServiceProvider services, string address, HttpMethod? method = null)
    {
        var exception = await Record.ExceptionAsync(async () =>
        {
            using var request = new HttpRequestMessage(method ?? HttpMethod.Get, address);
            using var answer = await Client(services).SendAsync(request);
        });
        // Some forms are no address at all, and some names do not resolve here: either way nothing was asked.
        Assert.True(exception is HttpRequestException or UriFormatException or NotSupportedException, $"{address}: {exception?.ToString() ?? "was asked"}");
    }

    private static HttpClient Client(ServiceProvider services) =>
        services.GetRequiredService<IHttpClientFactory>().CreateClient(OutboundSetup.Client);

    private static ServiceProvider Services(params string[] allowed) => new ServiceCollection()
        .AddOutbound(new ConfigurationBuilder()
            .AddInMemoryCollection(allowed.Select((n, i) => KeyValuePair.Create($"Outbound:AllowedNetworks:{i}", (string?)n)))
            .Build())
        .BuildServiceProvider();

    /// <summary>A server that must not be reached: it counts who comes, and answers like one that hopes to be useful.</summary>
    private sealed class Canary : IDisposable
    {
        private readonly List<TcpListener> _listeners = [];

        public Canary(IPAddress? address = null)
        {
            var listener = new TcpListener(address ?? IPAddress.Loopback, 0);
            Listen(listener);
            Port = ((IPEndPoint)listener.LocalEndpoint).Port;
            if (address is null && Socket.OSSupportsIPv6)
            {
                Listen(new TcpListener(IPAddress.IPv6Loopback, Port));
            }
        }

        public int Port { get; }

        public string? Location { get; set; }

        public string Header { get; init; } = "X-Canary: yes";

        public string Body { get; init; } = "ok";

        public ConcurrentQueue<string> Requests { get; } = new();

        public void Dispose() => _listeners.ForEach(l => l.Dispose());

        private void Listen(TcpListener listener)
        {
            listener.Start();
            _listeners.Add(listener);
            _ = AcceptAsync(listener);
        }

        private async Task AcceptAsync(TcpListener listener)
        {
            try
            {
                while (true)
                {
                    using var client = await listener.AcceptTcpClientAsync();
                    await AnswerAsync(client.GetStream());
                }
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException or IOException)
            {
            }
        }

        private async Task AnswerAsync(NetworkStream stream)
        {
            var request = new StringBuilder();
            var buffer = new byte[4_096];
            while (!IsWhole(request.ToString()) && await stream.ReadAsync(buffer) is > 0 and var read)
            {
                request.Append(Encoding.UTF8.GetString(buffer, 0, read));
            }

            Requests.Enqueue(request.ToString());
            var status = Location is null ? "200 OK" : $"307 Temporary Redirect\r\nLocation: {Location}";
            await stream.WriteAsync(Encoding.UTF8.GetBytes(
                $"HTTP/1.1 {status}\r\n{Header}\r\nContent-Length: {Body.Length}\r\nConnection: close\r\n\r\n{Body}"));
        }

        private static bool IsWhole(string request)
        {
            var end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            var length = System.Text.RegularExpressions.Regex.Match(request, @"(?i)content-length: (\d+)");
            return end >= 0 && (!length.Success || request.Length - end - 4 >= int.Parse(length.Groups[1].Value));
        }
    }
}
