using System.Net;
using BlazorChat.Accounts;
using BlazorChat.Bots;
using BlazorChat.Outbound;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Bots;

public sealed class OutgoingWebhooksTests : IAsyncLifetime
{
    private ChatHost _host = null!;
    private Receiver _receiver = null!;
    private BotView _bot = null!;
    private string _secret = "";

    public async ValueTask InitializeAsync()
    {
        _receiver = await Receiver.StartAsync();
        _host = await ChatHost.StartAsync(Local);
        _bot = await _host.Get<BotService>().CreateAsync(_host.Ann, "Helper");
        await _host.Memberships.AddAsync(_host.Ann, _host.General, [_bot.Id]);
        await _host.Messages.PostAsync(_host.Ann, _host.General, "@Helper too early");
        _host.Time.Advance(TimeSpan.FromSeconds(1));
        _secret = (await Webhooks.SetAsync(_host.Ann, _bot.Id, _receiver.Url))!;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task Mention_IsSentSigned_WithMessageRoomAndBot()
    {
        var message = await SayAsync("hello @Helper, *please*");
        await DeliveredAsync(1);
        var received = Assert.Single(_receiver.Requests);
        Assert.True(received.IsSignedWith(_secret));
        Assert.False(received.IsSignedWith(_secret + "x"));
        Assert.Equal($"{_host.Time.GetUtcNow().ToUnixTimeSeconds()}", received.Timestamp);
        Assert.StartsWith("application/json", received.ContentType, StringComparison.Ordinal);

        var json = received.Json;
        Assert.Equal(received.Delivery, $"{json.GetProperty("deliveryId").GetInt64()}");
        Assert.Equal("mention", json.GetProperty("event").GetString());
        var sent = json.GetProperty("message");
        Assert.Equal(
            ["id", "roomId", "seq", "senderId", "senderName", "senderIsBot", "text", "html", "clientMessageId", "replyToId", "sentAt", "editedAt", "deletedAt"],
            sent.EnumerateObject().Select(p => p.Name));
        Assert.Equal((message.Id, message.Seq, "Ann", message.Text, message.Html),
            (sent.GetProperty("id").GetInt64(), sent.GetProperty("seq").GetInt64(), sent.GetProperty("senderName").GetString(),
                sent.GetProperty("text").GetString(), sent.GetProperty("html").GetString()));
        Assert.Equal(message.SentAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ"), sent.GetProperty("sentAt").GetString());
        Assert.Equal((_host.General, "General", "public"),
            (json.GetProperty("room").GetProperty("id").GetInt64(), json.GetProperty("room").GetProperty("name").GetString(), json.GetProperty("room").GetProperty("kind").GetString()));
        Assert.Equal((_bot.Id, "Helper"), (json.GetProperty("bot").GetProperty("id").GetInt64(), json.GetProperty("bot").GetProperty("name").GetString()));
    }

    [Fact]
    public async Task DirectMessage_IsSent_OthersAreNot()
    {
        var room = await _host.Rooms.OpenDirectAsync(_host.Ann, [_bot.Id]);
        var elsewhere = await _host.Rooms.CreateAsync(_host.Ann, "Elsewhere", RoomKind.Public);
        await SayAsync("nothing for anybody");
        await _host.Messages.PostAsync(_host.Ann, elsewhere, "@Helper is not here");
        await _host.Messages.PostAsync(_host.Ann, room, "for you");
        await DeliveredAsync(1);
        var json = Assert.Single(_receiver.Requests).Json;
        Assert.Equal(("direct", "for you", "Ann"),
            (json.GetProperty("event").GetString(), json.GetProperty("message").GetProperty("text").GetString(), json.GetProperty("room").GetProperty("name").GetString()));
    }

    [Fact]
    public async Task MessageOfABot_IsPassedOver()
    {
        var other = await _host.Get<IncomingWebhooks>().CreateAsync(_host.Ann, _host.General, "Other");
        await _host.Get<IncomingWebhooks>().PostAsync(other.Secret, new HookPayload("@Helper, answer me"));
        await SayAsync("@Helper, do not");
        await DeliveredAsync(1);
        Assert.Contains("do not", Assert.Single(_receiver.Requests).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain; charset=utf-8", "at your service", "at your service", "Helper")]
    [InlineData("application/json", """{"text": "see <https://example.com|this>", "username": "Oracle"}""", "see [this](https://example.com)", "Oracle")]
    public async Task Answer_BecomesTheBotsReply(string type, string body, string text, string name)
    {
        _receiver.AnswerWith(type, body);
        var asked = await SayAsync("@Helper?");
        await DeliveredAsync(1);
        var answer = (await _host.MessageQueries.NewestAsync(_host.Ann, _host.General)).Messages[^1];
        Assert.Equal((text, _bot.Id, name, asked.Id), (answer.Text, answer.Sender.Id, answer.SenderName, answer.ReplyTo!.Id));
    }

    [Theory]
    [InlineData("application/json", """{"ok": true}""")]
    [InlineData("application/json", "no json")]
    [InlineData("text/html", "<p>hello</p>")]
    [InlineData("text/plain", "  ")]
    public async Task Answer_WithoutAText_SaysNothing(string type, string body)
    {
        _receiver.AnswerWith(type, body);
        var asked = await SayAsync("@Helper?");
        await DeliveredAsync(1);
        Assert.Equal(asked.Id, (await _host.MessageQueries.NewestAsync(_host.Ann, _host.General)).Messages[^1].Id);
    }

    [Fact]
    public async Task Answer_ThatWouldBeRefused_IsNotedAndNotAskedForAgain()
    {
        _receiver.AnswerWith("text/plain", new string('x', 10_001));
        await SayAsync("@Helper?");
        var delivery = (await DeliveredAsync(1))[0];
        Assert.Contains("the answer was not posted: A message has at most 10,000 characters", delivery.LastError, StringComparison.Ordinal);
        Assert.Single(_receiver.Requests);
    }

    [Fact]
    public async Task Failure_IsTriedAgain_AlsoByTheNextProcess_AndStoresOneAnswer()
    {
        _receiver.Answer = (n, context) =>
        {
            context.Response.StatusCode = n < 3 ? 500 : 200;
            context.Response.ContentType = "text/plain";
            return context.Response.WriteAsync("done");
        };
        await SayAsync("@Helper, work");
        var failed = (await UntilAsync(d => d is [{ Attempts: 1 }]))[0];
        Assert.Equal((DeliveryState.Waiting, 500, "The receiver answered 500."), (failed.State, failed.LastStatus, failed.LastError));
        Assert.InRange(failed.NextAttemptAt - _host.Time.GetUtcNow(), TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(11));
        _host.Time.Advance(TimeSpan.FromSeconds(12));
        await UntilAsync(d => d is [{ Attempts: 2 }]);

        var passed = _host.Time.GetUtcNow();
        _host = await _host.RestartAsync(Local);
        // Nothing comes before its time.
        _host.Time.SetUtcNow(passed + TimeSpan.FromSeconds(30));
        _host.Get<WebhookSender>().Wake();
        _host.Time.Advance(TimeSpan.FromMinutes(2));
        var delivered = (await DeliveredAsync(1))[0];
        Assert.Equal((3, 200, null), (delivered.Attempts, delivered.LastStatus, delivered.LastError));
        Assert.Equal(3, _receiver.Requests.Count);
        Assert.Single(_receiver.Requests.Select(r => r.Delivery).Distinct());
        Assert.Equal(3, _receiver.Requests.Select(r => r.Timestamp).Distinct().Count());
        Assert.All(_receiver.Requests, r => Assert.True(r.IsSignedWith(_secret)));
        Assert.Single(await AnswersAsync());
    }

    [Fact]
    public async Task Replay_SendsTheSameDelivery_AndStoresNoSecondAnswer()
    {
        _receiver.AnswerWith("text/plain", "once");
        await SayAsync("@Helper?");
        var delivery = (await DeliveredAsync(1))[0];
        await Deliveries.ReplayAsync(_host.Ann, delivery.Id);
        await Wait.Until(() => _receiver.Requests.Count == 2);
        await DeliveredAsync(1);
        Assert.Single(_receiver.Requests.Select(r => r.Delivery).Distinct());
        Assert.Single(await AnswersAsync());
        await ChatHost.RefusedAsync(Refusal.NotFound, () => Deliveries.ReplayAsync(_host.Ann, 987));
    }

    [Fact]
    public async Task Failure_SevenTimes_IsGivenUp_AndCanBeReplayed()
    {
        _receiver.AnswerWith(503);
        await SayAsync("@Helper?");
        for (var attempt = 1; attempt <= WebhookRetry.Delays.Length; attempt++)
        {
            await UntilAsync(d => d is [{ State: DeliveryState.Waiting } one] && one.Attempts == attempt);
            _host.Time.Advance(WebhookRetry.Delays[attempt - 1] * 1.2);
        }

        var failed = (await UntilAsync(d => d is [{ State: DeliveryState.Failed }]))[0];
        Assert.Equal((7, 503), (failed.Attempts, failed.LastStatus));
        _receiver.AnswerWith(204);
        await Deliveries.ReplayAsync(_host.Ann, failed.Id);
        Assert.Equal(1, (await DeliveredAsync(1))[0].Attempts);
    }

    [Fact]
    public async Task Gone_FailsAtOnce()
    {
        _receiver.AnswerWith(410);
        await SayAsync("@Helper?");
        var failed = (await UntilAsync(d => d is [{ State: DeliveryState.Failed }]))[0];
        Assert.Equal((1, 410), (failed.Attempts, failed.LastStatus));
    }

    [Fact]
    public async Task TooManyRequests_WaitsAsLongAsItIsAskedTo()
    {
        _receiver.Answer = (n, context) =>
        {
            context.Response.StatusCode = n == 1 ? 429 : 200;
            context.Response.Headers.RetryAfter = "600";
            return Task.CompletedTask;
        };
        await SayAsync("@Helper?");
        var waiting = (await UntilAsync(d => d is [{ Attempts: 1 }]))[0];
        Assert.Equal((429, _host.Time.GetUtcNow().AddMinutes(10)), (waiting.LastStatus, waiting.NextAttemptAt));
        _host.Time.Advance(TimeSpan.FromMinutes(10));
        await DeliveredAsync(1);
    }

    [Fact]
    public async Task Redirect_IntoAPrivateNetwork_IsRefused()
    {
        await using var canary = await Receiver.StartAsync();
        _receiver.Answer = (_, context) =>
        {
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = canary.Url.Replace("127.0.0.1", "[::ffff:127.0.0.2]", StringComparison.Ordinal);
            return Task.CompletedTask;
        };
        await SayAsync("@Helper?");
        var failed = (await UntilAsync(d => d is [{ Attempts: 1 }]))[0];
        Assert.Contains("may not reach", failed.LastError, StringComparison.Ordinal);
        Assert.Empty(canary.Requests);
    }

    [Fact]
    public async Task DeadReceiver_HoldsUpNobodyElse()
    {
        var other = await _host.Get<BotService>().CreateAsync(_host.Ann, "Dead");
        await _host.Memberships.AddAsync(_host.Ann, _host.General, [other.Id]);
        await using var dead = await Receiver.StartAsync();
        using var hang = new CancellationTokenSource();
        dead.Answer = (_, _) => Task.Delay(Timeout.InfiniteTimeSpan, hang.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        await Webhooks.SetAsync(_host.Ann, other.Id, dead.Url);
        await SayAsync("@Dead and @Helper");
        await Wait.Until(() => dead.Requests.Count == 1);
        await SayAsync("@Dead and @Helper again");
        await DeliveredAsync(2);
        Assert.Single(dead.Requests);
        await hang.CancelAsync();
    }

    [Fact]
    public async Task DeletedMessageOrRemovedBot_IsNotToldOf()
    {
        _receiver.AnswerWith(500, 200);
        var message = await SayAsync("@Helper, a secret");
        await UntilAsync(d => d is [{ Attempts: 1 }]);
        await _host.Messages.DeleteAsync(_host.Ann, message.Id);
        _host.Time.Advance(TimeSpan.FromMinutes(1));
        await UntilAsync(d => d is [{ State: DeliveryState.Failed, LastError: "The message was deleted before." }]);
        Assert.Single(_receiver.Requests);
    }

    [Fact]
    public async Task RemoveAsync_EndsDeliveries_AndANewOneStartsFromThen()
    {
        await Webhooks.RemoveAsync(_host.Ann, _bot.Id);
        await SayAsync("@Helper, unheard");
        _host.Time.Advance(TimeSpan.FromSeconds(1));
        var secret = await Webhooks.SetAsync(_host.Ann, _bot.Id, _receiver.Url);
        await SayAsync("@Helper, heard");
        await DeliveredAsync(1);
        var received = Assert.Single(_receiver.Requests);
        Assert.Contains("@Helper, heard", received.Body, StringComparison.Ordinal);
        Assert.True(received.IsSignedWith(secret!));
    }

    [Fact]
    public async Task Secret_Rotated_SignsFromThenOn_AndIsStoredProtected()
    {
        var rotated = await Webhooks.RotateSecretAsync(_host.Ann, _bot.Id);
        Assert.NotEqual(_secret, rotated);
        Assert.Null(await Webhooks.SetAsync(_host.Ann, _bot.Id, _receiver.Url));
        await SayAsync("@Helper?");
        await DeliveredAsync(1);
        Assert.True(Assert.Single(_receiver.Requests).IsSignedWith(rotated));
        Assert.DoesNotContain(rotated, _host.Scalar<string>("SELECT Secret FROM OutgoingWebhooks"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("example.com")]
    [InlineData("ftp://example.com/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("https://user:password@example.com/")]
    [InlineData("http://10.0.0.1/")]
    [InlineData("http://169.254.169.254/latest")]
    [InlineData("http://[fd00::1]/")]
    public async Task SetAsync_NoAddressThatMayBeAsked_IsRefused(string url) =>
        await ChatHost.RefusedAsync(Refusal.Invalid, () => Webhooks.SetAsync(_host.Ann, _bot.Id, url));

    [Fact]
    public async Task Deliveries_AfterThirtyDays_AreForgotten()
    {
        await SayAsync("@Helper?");
        await DeliveredAsync(1);
        _host.Execute($"UPDATE WebhookDeliveries SET CreatedAt = CreatedAt - {(long)WebhookSender.Kept.TotalMilliseconds + 1}");
        _host.Time.Advance(TimeSpan.FromMinutes(61));
        await UntilAsync(d => d.Count == 0);
    }

    [Fact]
    public async Task DeactivatedBot_IsToldOfNothing_AndSaysNothing()
    {
        _receiver.AnswerWith(500);
        await SayAsync("@Helper?");
        await UntilAsync(d => d is [{ Attempts: 1 }]);
        await _host.Get<BotService>().DeactivateAsync(_host.Ann, _bot.Id);
        Assert.Equal(0L, _host.Scalar<long>("SELECT COUNT(*) FROM OutgoingWebhooks"));
        Assert.Equal(0L, _host.Scalar<long>("SELECT COUNT(*) FROM Sessions WHERE EndedAt IS NULL AND Kind = 2"));
        Assert.False(Assert.Single(await _host.Get<BotService>().ListAsync(_host.Ann)).IsActive);
        await ChatHost.RefusedAsync(Refusal.NotFound, () => Webhooks.SetAsync(_host.Ann, _bot.Id, _receiver.Url));
    }

    private OutgoingWebhooks Webhooks => _host.Get<OutgoingWebhooks>();

    private WebhookDeliveries Deliveries => _host.Get<WebhookDeliveries>();

    private static void Local(IServiceCollection services) =>
        services.Configure<OutboundOptions>(o => o.AllowedNetworks.Add("127.0.0.1/32"));

    private Task<BlazorChat.Messages.MessageView> SayAsync(string text) => _host.Messages.PostAsync(_host.Ann, _host.General, text);

    private Task<IReadOnlyList<DeliveryView>> DeliveredAsync(int count) =>
        UntilAsync(d => d.Count(one => one.State == DeliveryState.Delivered) == count);

    private async Task<IReadOnlyList<DeliveryView>> UntilAsync(Func<IReadOnlyList<DeliveryView>, bool> condition)
    {
        IReadOnlyList<DeliveryView> found = [];
        await Wait.UntilAsync(async () =>
        {
            await Task.Delay(2);
            return condition(found = await Deliveries.ListAsync(_host.Ann, _bot.Id));
        });
        return found;
    }

    private async Task<IReadOnlyList<BlazorChat.Messages.MessageView>> AnswersAsync() =>
        [.. (await _host.MessageQueries.NewestAsync(_host.Ann, _host.General)).Messages.Where(m => m.Sender.Id == _bot.Id)];
}
