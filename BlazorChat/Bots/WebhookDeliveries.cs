using BlazorChat.Accounts;
using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Bots;

/// <summary>A delivery as administrators see it: how it went, and nothing of what was said.</summary>
public sealed record DeliveryView(
    long Id, long MessageId, DeliveryState State, int Attempts, DateTimeOffset CreatedAt, DateTimeOffset NextAttemptAt,
    DateTimeOffset? LastAttemptAt, int? LastStatus, string? LastError);

/// <summary>The log of what bots were told.</summary>
public sealed class WebhookDeliveries(
    IDbContextFactory<ChatDbContext> contexts, PolicyGate gate, WebhookSender sender, TimeProvider time)
{
    /// <summary>Deliveries in one answer.</summary>
    public const int PageSize = 50;

    /// <summary>A bot's newest deliveries, newest first; or those before one of them.</summary>
    public async Task<IReadOnlyList<DeliveryView>> ListAsync(Actor actor, long botId, long? beforeId = null)
    {
        await gate.RequireAsync(actor, Right.ManageBots);
        await using var db = await contexts.CreateDbContextAsync();
        return await (
            from webhook in db.OutgoingWebhooks
            where webhook.BotId == botId
            join delivery in db.WebhookDeliveries on webhook.Id equals delivery.WebhookId
            where beforeId == null || delivery.Id < beforeId
            orderby delivery.Id descending
            select new DeliveryView(
                delivery.Id, delivery.MessageId, delivery.State, delivery.Attempts, delivery.CreatedAt, delivery.NextAttemptAt,
                delivery.LastAttemptAt, delivery.LastStatus, delivery.LastError))
            .Take(PageSize).ToListAsync();
    }

    /// <summary>Sends a delivery once more, at once and with all its attempts before it. It keeps its id, so that a receiver knows it.</summary>
    public async Task ReplayAsync(Actor actor, long deliveryId)
    {
        await gate.RequireAsync(actor, Right.ManageBots);
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync();
        var changed = await db.WebhookDeliveries.Where(d => d.Id == deliveryId).ExecuteUpdateAsync(set => set
            .SetProperty(d => d.State, DeliveryState.Waiting)
            .SetProperty(d => d.Attempts, 0)
            .SetProperty(d => d.NextAttemptAt, now));
        if (changed == 0)
        {
            throw RefusedException.NotFound("This delivery");
        }

        sender.Wake();
    }
}
