using BlazorChat.Accounts;
using BlazorChat.Data;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Bots;

/// <summary>Puts together what a bot is told of a message.</summary>
public sealed class WebhookBodies(MessageViews views, PeopleDirectory people)
{
    internal async Task<WebhookBody> OfAsync(ChatDbContext db, WebhookDelivery delivery, OutgoingWebhook webhook, Message message, Room room)
    {
        var view = (await views.OfAsync(db, [message]))[0];
        var bot = await people.GetAsync(webhook.BotId);
        var name = room.Name;
        if (room.Kind == RoomKind.Direct)
        {
            // Named after the others in it, as the bot would see it.
            var others = await db.Memberships.Where(m => m.RoomId == room.Id && m.UserId != bot.Id).Select(m => m.UserId).ToListAsync();
            name = string.Join(", ", (await people.GetAsync(others)).Values.Select(p => p.Name).Order(StringComparer.OrdinalIgnoreCase));
        }

        return new WebhookBody(
            delivery.Id, room.Kind == RoomKind.Direct ? "direct" : "mention", WebhookMessage.Of(view),
            new WebhookRoom(room.Id, name, room.Kind.ToString().ToLowerInvariant()), new WebhookBot(bot.Id, bot.Name));
    }
}
