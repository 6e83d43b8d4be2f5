using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using BlazorChat.Accounts;
using BlazorChat.Data;
using BlazorChat.Messages;
using BlazorChat.Outbound;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Bots;

/// <summary>Makes one attempt of a delivery: asks the receiver, posts its answer, and notes how it went.</summary>
public sealed class WebhookDispatch(
    IDbContextFactory<ChatDbContext> contexts, OutgoingWebhooks webhooks, MessageService messages, WebhookBodies bodies, IHttpClientFactory clients,
    TimeProvider time)
{
    internal async Task AttemptAsync(long deliveryId, CancellationToken stopping)
    {
        await using var db = await contexts.CreateDbContextAsync(stopping);
        var now = time.GetUtcNow();
        var found = await (
            from delivery in db.WebhookDeliveries
            where delivery.Id == deliveryId
            join webhook in db.OutgoingWebhooks on delivery.WebhookId equals webhook.Id
            join message in db.Messages on delivery.MessageId equals message.Id
            join room in db.Rooms on message.RoomId equals room.Id
            select new
            {
                delivery, webhook, message, room,
                IsMember = db.Memberships.Any(m => m.RoomId == room.Id && m.UserId == webhook.BotId),
                IsBanned = db.Users.Any(u => u.Id == webhook.BotId && u.BannedUntil > now),
            })
            .AsNoTracking().SingleOrDefaultAsync(stopping);
        if (found is null)
        {
            return;
        }

        // What it may not read any more it is not told of: a deletion holds for everybody, and who never heard of a message has
        // nothing to delete.
        var outcome = found.message.DeletedAt is not null ? new AttemptOutcome(null, "The message was deleted before.", IsFinal: true)
            : found.IsBanned ? new AttemptOutcome(null, "The bot is banned.", IsFinal: true)
            : !found.IsMember ? new AttemptOutcome(null, "The bot is not in the room any more.", IsFinal: true)
            : await AskAsync(db, found.delivery, found.webhook, found.message, found.room, stopping);
        if (outcome is { Answer: { } answer, Error: null })
        {
            outcome = await AnswerAsync(found.webhook, found.delivery, found.message, outcome, answer);
        }

        // After the answer is stored: a crash in between asks again, and the answer is then known by its client id.
        await NoteAsync(db, found.delivery, outcome);
    }

    private async Task<AttemptOutcome> AskAsync(
        ChatDbContext db, WebhookDelivery delivery, OutgoingWebhook webhook, Message message, Room room, CancellationToken stopping)
    {
        try
        {
            var body = await bodies.OfAsync(db, delivery, webhook, message, room);
            using var request = WebhookRequest.Create(webhook.Url, webhooks.SecretOf(webhook), body, time.GetUtcNow());
            using var client = clients.CreateClient(OutboundSetup.Client);
            using var response = await client.SendAsync(request, stopping);
            return response.IsSuccessStatusCode
                ? new AttemptOutcome((int)response.StatusCode, null, Answer: await AnswerOfAsync(response, stopping))
                : WebhookRetry.Of(response.StatusCode, response.Headers.RetryAfter, time.GetUtcNow());
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return new AttemptOutcome(null, $"No answer within {OutboundOptions.Timeout.TotalSeconds:0} seconds.");
        }
        catch (HttpRequestException failed)
        {
            return new AttemptOutcome((int?)failed.StatusCode, Reason(failed));
        }
        catch (CryptographicException)
        {
            return new AttemptOutcome(null, "The secret cannot be read with this server's keys. Make a new one.", IsFinal: true);
        }
    }

    /// <summary>What the bot is to say: a plain text, or JSON with a text. Anything else says nothing.</summary>
    private static async Task<HookPayload?> AnswerOfAsync(HttpResponseMessage response, CancellationToken stopping)
    {
        var type = response.Content.Headers.ContentType?.MediaType;
        if (type is not ("text/plain" or "application/json"))
        {
            return null;
        }

        var text = await response.Content.ReadAsStringAsync(stopping);
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        try
        {
            return type == "text/plain" ? new HookPayload(text) : HookPayload.Parse(text);
        }
        catch (RefusedException)
        {
            // {"ok": true} is an answer too.
            return null;
        }
    }

    private async Task<AttemptOutcome> AnswerAsync(
        OutgoingWebhook webhook, WebhookDelivery delivery, Message message, AttemptOutcome outcome, HookPayload answer)
    {
        try
        {
            await messages.SendAsync(
                new Actor(webhook.BotId, webhook.SessionId),
                new Draft(message.RoomId, answer.Text, $"webhook-{delivery.Id}", message.Id, answer.Alias));
            return outcome;
        }
        catch (RefusedException refused) when (refused.Refusal == Refusal.Unavailable)
        {
            return outcome with { Error = "The answer could not be stored; asking again." };
        }
        catch (RefusedException refused)
        {
            return outcome with { Error = $"Delivered, but the answer was not posted: {refused.Message}", IsFinal = true };
        }
    }

    private async Task NoteAsync(ChatDbContext db, WebhookDelivery delivery, AttemptOutcome outcome)
    {
        var now = time.GetUtcNow();
        var attempts = delivery.Attempts + 1;
        var wasTaken = outcome.Status is >= 200 and < 300 && (outcome.Error is null || outcome.IsFinal);
        var delay = wasTaken ? null : WebhookRetry.After(attempts, outcome, Random.Shared.NextDouble());
        var state = wasTaken ? DeliveryState.Delivered : delay is null ? DeliveryState.Failed : DeliveryState.Waiting;
        var error = outcome.Error is { Length: > WebhookDelivery.MaxLogLength } ? outcome.Error[..WebhookDelivery.MaxLogLength] : outcome.Error;

        // Nothing where the webhook was removed meanwhile.
        await db.WebhookDeliveries.Where(d => d.Id == delivery.Id).ExecuteUpdateAsync(
            set => set
                .SetProperty(d => d.State, state)
                .SetProperty(d => d.Attempts, attempts)
                .SetProperty(d => d.NextAttemptAt, now + (delay ?? TimeSpan.Zero))
                .SetProperty(d => d.LastAttemptAt, now)
                .SetProperty(d => d.LastStatus, outcome.Status)
                .SetProperty(d => d.LastError, error),
            CancellationToken.None);
    }

    /// <summary>What went wrong, without what is nobody's business outside this server.</summary>
    private static string Reason(HttpRequestException failed) => failed switch
    {
        OutboundRefusedException refused => refused.Message,
        { InnerException: OutboundRefusedException refused } => refused.Message,
        { HttpRequestError: HttpRequestError.NameResolutionError } => "The name of the receiver was not found.",
        { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => "The answer is too large.",
        { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain } } => "The name of the receiver was not found.",
        { InnerException: SocketException socket } => $"No connection: {socket.SocketErrorCode}.",
        { InnerException: AuthenticationException } => "The receiver's certificate is not valid.",
        _ => "The connection failed.",
    };
}
