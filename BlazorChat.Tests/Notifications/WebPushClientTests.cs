using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using BlazorChat.Notifications.WebPush;
using BlazorChat.Outbound;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Notifications;

/// <summary>What is asked of push services, and what each of their answers means.</summary>
public sealed class WebPushClientTests
{
    private static readonly PushRequest Hello = new(Encoding.UTF8.GetBytes("hello, phone"), TimeSpan.FromHours(24), PushUrgency.High, "cm9vbS0z");

    [Fact]
    public async Task SendAsync_IsReadByTheBrowserAlone_WithEverythingThatPushServicesAskFor()
    {
        await using var push = await PushService.StartAsync();
        await using var host = WebPushHost.For(push);
        var phone = push.NewBrowser();
        var other = push.NewBrowser();
        Assert.Equal(new PushOutcome(PushResult.Accepted), await host.Client.SendAsync(phone.Target, Hello, default));
        var pushed = await phone.NextAsync();
        Assert.Equal(("hello, phone", 86_400L, "high", "cm9vbS0z"), (pushed.Text, pushed.Ttl, pushed.Urgency, pushed.Topic));
        Assert.Equal((push.Origin, host.Keys.PublicKey), (pushed.Vapid.Audience, pushed.Vapid.PublicKey));
        Assert.Empty(phone.Faults);
        Assert.Equal(0, other.Arrived);

        Assert.Equal(PushResult.Accepted, (await host.Client.SendAsync(
            phone.Target, new PushRequest(new byte[PushRequest.MaxContent], TimeSpan.FromSeconds(-1), PushUrgency.Normal, null), default)).Result);
        pushed = await phone.NextAsync();
        Assert.Equal((PushRequest.MaxContent, 0L, "normal", "", 4_096), (pushed.Content.Length, pushed.Ttl, pushed.Urgency, pushed.Topic, pushed.Length));
        Assert.Empty(phone.Faults);
    }

    [Fact]
    public async Task SendAsync_WithAnotherServersKey_IsRefusedByThePushService()
    {
        await using var push = await PushService.StartAsync();
        await using var host = WebPushHost.For(push);
        await using var other = WebPushHost.For(push);
        var outcome = await host.Client.SendAsync(push.NewBrowser().Target, Hello, default);
        Assert.Equal(PushResult.Refused, outcome.Result);
        Assert.Contains("(403)", outcome.Error, StringComparison.Ordinal);
    }

    public static TheoryData<int, PushResult> Answers() => new()
    {
        { 200, PushResult.Accepted }, { 201, PushResult.Accepted }, { 202, PushResult.Accepted }, { 204, PushResult.Accepted },
        { 301, PushResult.Refused }, { 302, PushResult.Refused }, { 307, PushResult.Refused }, { 308, PushResult.Refused },
        { 400, PushResult.Refused }, { 401, PushResult.Refused }, { 403, PushResult.Refused }, { 405, PushResult.Refused },
        { 404, PushResult.Gone }, { 410, PushResult.Gone }, { 413, PushResult.TooLarge },
        { 406, PushResult.TryLater }, { 408, PushResult.TryLater }, { 429, PushResult.TryLater },
        { 500, PushResult.TryLater }, { 502, PushResult.TryLater }, { 503, PushResult.TryLater }, { 599, PushResult.TryLater },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task SendAsync_Answered_IsAnOutcomeWithWords(int status, PushResult result)
    {
        await using var push = await PushService.StartAsync();
        await using var host = WebPushHost.For(push);
        var (phone, elsewhere) = (push.NewBrowser(), push.NewBrowser());
        phone.AnswerWith(PushScript.Status(status, null, ("Location", elsewhere.Endpoint)));
        var outcome = await host.Client.SendAsync(phone.Target, Hello, default);
        Assert.Equal(result, outcome.Result);
        Assert.Equal(result == PushResult.Accepted, outcome.Error is null);
        Assert.Null(outcome.RetryAfter);
        Assert.Equal((1, 0), (phone.Arrived, elsewhere.Arrived));
        AssertSaysNoAddress(phone, outcome);
    }

    [Fact]
    public async Task SendAsync_AskedForPatience_SaysHowMuch()
    {
        await using var push = await PushService.StartAsync();
        await using var host = WebPushHost.For(push);
        var phone = push.NewBrowser();
        var date = host.Time.GetUtcNow().AddMinutes(5).ToString("R", CultureInfo.InvariantCulture);
        phone.AnswerWith(
            PushScript.TooMany(TimeSpan.FromSeconds(90)), PushScript.Status(503, null, ("Retry-After", date)), PushScript.Status(429, null, ("Retry-After", "soon")),
            PushScript.Status(503, null, ("Retry-After", "99999999")), PushScript.Status(503, null, ("Retry-After", "Thu, 01 Jan 2026 00:00:00 GMT")));
        TimeSpan?[] expected = [TimeSpan.FromSeconds(90), TimeSpan.FromMinutes(5), null, TimeSpan.FromHours(24), null];
        foreach (var wish in expected)
        {
            var outcome = await host.Client.SendAsync(phone.Target, Hello, default);
            Assert.Equal((PushResult.TryLater, wish), (outcome.Result, outcome.RetryAfter));
        }
    }

    [Theory]
    [InlineData("""{"reason":"BadJwtToken"}""", "403, BadJwtToken")]
    [InlineData("""{ "code": 403, "errno": 109, "error": "Forbidden", "more_info": "http://x.example" }""", "403, Forbidden")]
    [InlineData("""{"reason":"{endpoint}"}""", "(403)")]
    [InlineData("<html>no</html>", "(403)")]
    [InlineData("""{"reason":"<script>"}""", "(403)")]
    [InlineData("", "(403)")]
    public async Task SendAsync_RefusedWithAReason_PassesItsWordsOn(string body, string expected)
    {
        await using var push = await PushService.StartAsync();
        await using var host = WebPushHost.For(push);
        var phone = push.NewBrowser();
        phone.AnswerWith(PushScript.Status(403, body.Replace("{endpoint}", phone.Endpoint, StringComparison.Ordinal)));
        var outcome = await host.Client.SendAsync(phone.Target, Hello, default);
        Assert.Contains(expected, outcome.Error, StringComparison.Ordinal);
        AssertSaysNoAddress(phone, outcome);
    }

    [Fact]
    public async Task SendAsync_AnswerWithoutEnd_IsNotReadToIt()
    {
        await using var push = await PushService.StartAsync();
        await using var host = WebPushHost.For(push);
        var phone = push.NewBrowser();
        phone.AnswerWith(new PushScript(async (context, ended) =>
        {
            context.Response.StatusCode = 400;
            var chunk = new byte[64 * 1024];
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(chunk, ended);
            }
        }));
        Assert.Equal(PushResult.Refused, (await host.Client.SendAsync(phone.Target, Hello, default)).Result);
    }

    [Fact]
    public async Task SendAsync_Stalled_EndsAfterTheTimeout()
    {
        await using var push = await PushService.StartAsync();
        await using var host = WebPushHost.For(push);
        var phone = push.NewBrowser();
        phone.AnswerWith(PushScript.Stall);
        var sending = host.Client.SendAsync(phone.Target, Hello, default);
        await phone.ArrivedAsync();
        Assert.False(sending.IsCompleted);
        host.Time.Advance(WebPushClient.Timeout);
        var outcome = await sending.WaitAsync(Wait.Limit);
        Assert.Equal(PushResult.TryLater, outcome.Result);
        Assert.Contains("10 seconds", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendAsync_WhoseAnswerStallsHalfWay_EndsAfterTheTimeout()
    {
        await using var push = await PushService.StartAsync();
        await using var host = WebPushHost.For(push);
        var phone = push.NewBrowser();
        var written = new TaskCompletionSource();
        phone.AnswerWith(new PushScript(async (context, ended) =>
        {
            context.Response.StatusCode = 403;
            await context.Response.WriteAsync("{", ended);
            await context.Response.Body.FlushAsync(ended);
            written.SetResult();
            await PushScript.Stall.Answer(context, ended);
        }));
        var sending = host.Client.SendAsync(phone.Target, Hello, default);
        await written.Task;
        host.Time.Advance(WebPushClient.Timeout);
        Assert.Equal(PushResult.TryLater, (await sending.WaitAsync(Wait.Limit)).Result);
    }

    [Fact]
    public async Task SendAsync_Cancelled_Throws()
    {
        await using var push = await PushService.StartAsync();
        await using var host = WebPushHost.For(push);
        var phone = push.NewBrowser();
        phone.AnswerWith(PushScript.Stall);
        using var stop = new CancellationTokenSource();
        var sending = host.Client.SendAsync(phone.Target, Hello, stop.Token);
        await phone.ArrivedAsync();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task SendAsync_ToAClosedPortOrABrokenConnection_IsToBeTriedLater()
    {
        await using var push = await PushService.StartAsync();
        var closed = push.NewBrowserAtAClosedPort();
        var phone = push.NewBrowser();
        phone.AnswerWith(new PushScript((context, _) =>
        {
            context.Abort();
            return Task.CompletedTask;
        }));
        await using var host = WebPushHost.With(("Push:AllowedHosts", "127.0.0.1"));
        push.Time = host.Time;
        foreach (var browser in (PushBrowser[])[closed, phone])
        {
            var outcome = await host.Client.SendAsync(browser.Target, Hello, default);
            Assert.Equal(PushResult.TryLater, outcome.Result);
            AssertSaysNoAddress(browser, outcome);
        }
    }

    [Fact]
    public async Task SendAsync_WhatCannotBeSent_IsNotSent()
    {
        await using var push = await PushService.StartAsync();
        await using var host = WebPushHost.For(push);
        var phone = push.NewBrowser();
        var content = new byte[PushRequest.MaxContent + 1];
        Assert.Equal(PushResult.TooLarge, (await host.Client.SendAsync(phone.Target, Hello with { Content = content }, default)).Result);
        Assert.Equal(PushResult.Refused, (await host.Client.SendAsync(phone.Target with { Auth = [1] }, Hello, default)).Result);
        Assert.Equal(PushResult.Refused, (await host.Client.SendAsync(phone.Target with { P256dh = new byte[65] }, Hello, default)).Result);
        Assert.Equal(PushResult.Refused, (await host.Client.SendAsync(phone.Target with { Endpoint = "nonsense" }, Hello, default)).Result);
        Assert.Equal(0, phone.Arrived);
    }

    [Theory]
    [InlineData("https://fcm.googleapis.com/fcm/send/x")]
    [InlineData("https://web.push.apple.com/x")]
    public async Task SendAsync_KnownHostThatResolvesIntoAPrivateNetwork_IsRefusedAtConnect(string endpoint)
    {
        // Somebody's resolver, or a name that changed after it was checked: nothing of ours is asked.
        await using var push = await PushService.StartAsync();
        await using var host = WebPushHost.For(push);
        foreach (var address in (string[])["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fd00::1"])
        {
            host.Get<OutboundConnections>().Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(address)]);
            var outcome = await host.Client.SendAsync(push.NewBrowser().Target with { Endpoint = endpoint }, Hello, default);
            Assert.Equal(PushResult.Refused, outcome.Result);
            Assert.Contains("private network", outcome.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task SendAsync_ListedNameThatResolvesHere_Arrives_AndAnotherOnTheSamePortDoesNot()
    {
        await using var push = await PushService.StartAsync();
        var port = new Uri(push.Origin).Port;
        await using var host = WebPushHost.With(("Push:AllowedHosts", $"push.example:{port}"));
        push.Time = host.Time;
        host.Get<OutboundConnections>().Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]);
        var phone = push.NewBrowser();
        var listed = phone.Endpoint.Replace("127.0.0.1", "push.example", StringComparison.Ordinal);
        // The token is for the name that was asked, which this push service does not go by.
        Assert.Contains("(403)", (await host.Client.SendAsync(phone.Target with { Endpoint = listed }, Hello, default)).Error, StringComparison.Ordinal);
        Assert.Equal(1, phone.Arrived);
        var outcome = await host.Client.SendAsync(phone.Target with { Endpoint = listed.Replace("push.", "other.", StringComparison.Ordinal) }, Hello, default);
        Assert.Equal((PushResult.Refused, 1), (outcome.Result, phone.Arrived));
    }

    [Fact]
    public async Task SendAsync_OverHttps_SharesOneConnectionOfHttp2()
    {
        using var certificate = Certificate();
        await using var push = await PushService.StartAsync(certificate);
        await using var host = WebPushHost.For(push, services => services.AddHttpClient(WebPushClient.Client).ConfigurePrimaryHttpMessageHandler((handler, _) =>
            ((SocketsHttpHandler)handler).SslOptions.RemoteCertificateValidationCallback =
                (_, presented, _, errors) => errors != SslPolicyErrors.None && presented!.GetCertHashString() == certificate.GetCertHashString()));
        var phones = Enumerable.Range(0, 20).Select(_ => push.NewBrowser()).ToArray();
        var outcomes = await Task.WhenAll(phones.Select(p => host.Client.SendAsync(p.Target, Hello, default)));
        Assert.All(outcomes, o => Assert.Equal(new PushOutcome(PushResult.Accepted), o));
        Assert.All(phones, p => Assert.Equal("HTTP/2", Assert.Single(p.Shown).Protocol));
    }

    [Fact]
    public async Task SendAsync_OverHttpsWithACertificateThatNobodyVouchesFor_IsToBeTriedLater()
    {
        using var certificate = Certificate();
        await using var push = await PushService.StartAsync(certificate);
        await using var host = WebPushHost.For(push);
        var outcome = await host.Client.SendAsync(push.NewBrowser().Target, Hello, default);
        Assert.Equal((PushResult.TryLater, "The push service's certificate is not valid."), (outcome.Result, outcome.Error));
    }

    private static void AssertSaysNoAddress(PushBrowser browser, PushOutcome outcome)
    {
        Assert.DoesNotContain(browser.Endpoint.Split('/')[^1], outcome.Error ?? "", StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("127.0.0.1", outcome.Error ?? "", StringComparison.Ordinal);
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
