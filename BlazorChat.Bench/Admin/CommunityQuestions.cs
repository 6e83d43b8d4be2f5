using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Bots;
using BlazorChat.Moderation;
using BlazorChat.Moderation.Overview;
using BlazorChat.Rooms;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Bench.Admin;

/// <summary>What the pages of rooms, invites, bots, announcements and settings ask, and the overview.</summary>
internal static class CommunityQuestions
{
    public static async Task AskAsync(Questions questions, IServiceProvider services, Actor actor, AdminOptions options)
    {
        var rooms = services.GetRequiredService<RoomDirectory>();
        foreach (var order in Enum.GetValues<RoomOrder>())
        {
            await questions.AskAsync($"rooms by {order}", () => rooms.ListAsync(actor, new RoomQuery(Order: order, Descending: true)));
            await questions.AskAsync($"rooms by {order}, last page", () => rooms.ListAsync(actor, new RoomQuery(Order: order, Page: 3)));
        }

        await questions.AskAsync("rooms, searched", () => rooms.ListAsync(actor, new RoomQuery("1")));
        await questions.AskAsync("default rooms", () => rooms.DefaultsAsync(actor));
        foreach (var (name, page) in new[] { ("first", 0), ("middle", 20), ("last", 39) })
        {
            await questions.AskAsync($"invites, {name} page", () => services.GetRequiredService<InviteService>().ListAsync(actor, page));
        }

        var bot = LargeModeration.FirstBot(options);
        await questions.AskAsync("bots", () => services.GetRequiredService<BotService>().ListAsync(actor));
        await questions.AskAsync("a bot's tokens", () => services.GetRequiredService<TokenService>().ListForBotAsync(actor, bot));
        await questions.AskAsync("a bot's deliveries", () => services.GetRequiredService<WebhookDeliveries>().ListAsync(actor, bot));
        await questions.AskAsync("a bot's deliveries, older ones", () => services.GetRequiredService<WebhookDeliveries>().ListAsync(actor, bot, 2_500));
        await questions.AskAsync("announcements", () => services.GetRequiredService<Announcements>().ListAsync(actor));
        await questions.AskAsync("overview", () => services.GetRequiredService<OverviewService>().GetAsync(actor));
        await questions.AskAsync("retention asked for", () => services.GetRequiredService<OverviewService>().OlderThanAsync(actor, 30));
    }
}
