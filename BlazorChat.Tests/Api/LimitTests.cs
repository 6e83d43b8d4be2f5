using System.Diagnostics;
using System.Globalization;
using System.Net;
using BlazorChat.Accounts;
using BlazorChat.Messages;
using BlazorChat.Tests.Notifications;

namespace BlazorChat.Tests.Api;

/// <summary>How much is let through, by the limits as they are shipped, on servers of these tests' own.</summary>
public sealed class LimitTests
{
    [Fact]
    public async Task ThousandSends_ByRestHubAndPage_SpendOneBucket_AndAnotherPersonsIsFull()
    {
        await using var site = await ApiSite.StartAsync();
        using var bob = await site.JoinAsync("Bob");
        using var eve = await site.JoinAsync("Eve");
        using var hub = await bob.RawAsync();
        var page = site.Get<MessageService>();
        var (passed, refused, watch) = (0, new List<ApiAnswer>(), Stopwatch.StartNew());
        for (var i = 0; i < 1_000; i++)
        {
            bool sent;
            switch (i % 3)
            {
                case 0:
                    var answer = await bob.PostAsync($"/api/rooms/{site.General}/messages", new { text = $"by REST {i}" });
                    sent = answer.Status == HttpStatusCode.Created;
                    if (!sent)
                    {
                        refused.Add(answer);
                    }

                    break;
                case 1:
                    sent = !(await hub.CompletedAsync("SendMessage", site.General, $"by hub {i}", null)).TryGetProperty("error", out _);
                    break;
                default:
                    try
                    {
                        await page.PostAsync(bob.Actor, site.General, $"by page {i}");
                        sent = true;
                    }
                    catch (RefusedException e) when (e.Refusal == Refusal.TooMany)
                    {
                        sent = false;
                    }

                    break;
            }

            passed += sent ? 1 : 0;
        }

        // The burst, and ten a second of what it took.
        Assert.InRange(passed, 100, 100 + (10 * ((int)watch.Elapsed.TotalSeconds + 2)));
        Assert.NotEmpty(refused);
        Assert.All(refused, answer =>
        {
            Assert.NotEqual("", answer.Problem(HttpStatusCode.TooManyRequests));
            Assert.InRange(int.Parse(Assert.Single(answer.Headers.GetValues("Retry-After")), CultureInfo.InvariantCulture), 1, 60);
        });
        await eve.SayAsync(site.General, "not me");
    }

    [Fact]
    public async Task SmallLimits_OfEveryKindOfCall_AreRefusedWith429_AndRetryAfter()
    {
        await using var site = await ApiSite.StartAsync("--Push:AllowedHosts=127.0.0.1", "--Limits:Messages:Burst=3", "--Limits:Rooms:Burst=3", "--Limits:Reads:Burst=3", "--Limits:Searches:Burst=3",
            "--Limits:Devices:Burst=3", "--Limits:Devices:PerSecond=0.01", "--Limits:Messages:PerSecond=0.01", "--Limits:Rooms:PerSecond=0.01", "--Limits:Reads:PerSecond=0.01", "--Limits:Searches:PerSecond=0.01");
        using var bob = await site.JoinAsync("Bob");
        await using var push = await PushService.StartAsync();
        var phone = push.NewBrowser();
        foreach (var call in (Func<int, Task<ApiAnswer>>[])
            [
                i => bob.PostAsync($"/api/rooms/{site.General}/messages", new { text = "x" }),
                i => bob.PostAsync("/api/rooms", new { name = $"room {i}", kind = "public" }),
                i => bob.GetAsync($"/api/rooms/{site.General}/messages"),
                i => bob.GetAsync("/api/search?q=word"),
                i => bob.PostAsync("/api/push/subscriptions", phone.Registration),
            ])
        {
            for (var i = 0; i < 3; i++)
            {
                Assert.True((await call(i)).Status is HttpStatusCode.OK or HttpStatusCode.Created);
            }

            var refused = await call(3);
            refused.Problem(HttpStatusCode.TooManyRequests);
            Assert.InRange(int.Parse(Assert.Single(refused.Headers.GetValues("Retry-After")), CultureInfo.InvariantCulture), 1, 100);
        }
    }

    [Fact]
    public async Task Logins_ForOneAccountOrFromOneAddress_AreLimited_KnownAndUnknownAlike()
    {
        await using var site = await ApiSite.StartAsync();
        using var bob = await site.JoinAsync("Bob");
        using var guest = site.Nobody();
        List<string> limited = [];
        foreach (var email in (string[])["nobody@example.com", ApiSite.EmailOf(bob.Name)])
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => guest.PostAsync("/api/auth/login", new { email, password = "wrong" })));
            Assert.Equal(30, answers.Count(a => a.Status == HttpStatusCode.Unauthorized));
            foreach (var answer in answers.Where(a => a.Status != HttpStatusCode.Unauthorized))
            {
                answer.Problem(HttpStatusCode.TooManyRequests);
                Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero);
                limited.Add(answer.Text);
            }
        }

        // The address: whatever account is tried next.
        var others = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => guest.PostAsync("/api/auth/login", new { email = $"x{i}@example.com", password = "wrong" })));
        Assert.Contains(others, a => a.Status == HttpStatusCode.TooManyRequests);
        limited.AddRange(others.Where(a => a.Status == HttpStatusCode.TooManyRequests).Select(a => a.Text));
        Assert.Single(limited.Distinct());
    }
}
