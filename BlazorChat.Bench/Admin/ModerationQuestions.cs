using BlazorChat.Accounts;
using BlazorChat.Filtering;
using BlazorChat.Moderation;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Bench.Admin;

/// <summary>What the pages of reports, held messages, bans and the word filter ask.</summary>
internal static class ModerationQuestions
{
    public static async Task AskAsync(Questions questions, IServiceProvider services, Actor owner, Actor moderator)
    {
        foreach (var (name, actor) in new[] { ("an owner", owner), ("a moderator", moderator) })
        {
            await ReportsAsync(questions, services.GetRequiredService<ReportQueries>(), actor, name);
            await BansAsync(questions, services.GetRequiredService<BanQueries>(), actor, name);
        }

        await NetworksAsync(questions, services.GetRequiredService<NetworkBans>(), owner);
        var held = services.GetRequiredService<HeldMessages>();
        foreach (var (name, page) in new[] { ("first", 0), ("middle", LargeModeration.Waiting / 100), ("last", LargeModeration.Waiting / 50 - 1) })
        {
            await questions.AskAsync($"held messages, {name} page", () => held.ListAsync(moderator, page));
        }

        await FilterAsync(questions, services.GetRequiredService<WordFilterService>(), owner);
    }

    private static async Task ReportsAsync(Questions questions, ReportQueries reports, Actor actor, string reader)
    {
        foreach (var state in Enum.GetValues<ReportState>())
        {
            foreach (var oldestFirst in new[] { true, false })
            {
                foreach (var (name, past) in new (string, long?)[] { ("first", null), ("middle", LargeModeration.Reports / 2), ("last", oldestFirst ? LargeModeration.Reports - 200 : 200) })
                {
                    await questions.AskAsync(
                        $"reports for {reader}, {state}, {(oldestFirst ? "oldest" : "newest")} first, {name} page",
                        () => reports.ListAsync(actor, new ReportFilter(state, OldestFirst: oldestFirst, Past: past)));
                }
            }
        }

        await questions.AskAsync($"reports that {reader} took", () => reports.ListAsync(actor, new ReportFilter(ReportState.Claimed, IsMine: true)));
        await questions.AskAsync($"reports that wait for {reader}", () => reports.CountOpenAsync(actor));
        foreach (var (name, id) in new (string, long)[]
        {
            ("a report", 5_001), ("a report about who is reported most", LargeModeration.AboutWorst), ("a report of what is reported most", LargeModeration.OfWorst),
        })
        {
            await questions.AskAsync($"{name} in its context, for {reader}", () => reports.ContextAsync(actor, id));
        }
    }

    private static async Task BansAsync(Questions questions, BanQueries bans, Actor actor, string reader)
    {
        foreach (var filter in Enum.GetValues<BanFilter>())
        {
            foreach (var order in Enum.GetValues<BanOrder>())
            {
                await BansAsync($"{filter} by {order}", new BanQuery(filter, Order: order));
                await BansAsync($"{filter} by {order} down, middle page", new BanQuery(filter, Order: order, IsDescending: true, Page: LargeModeration.Bans / 100));
            }
        }

        await BansAsync("all, last page", new BanQuery(BanFilter.All, Page: LargeModeration.Bans / 50));
        foreach (var (name, text) in new[] { ("in every reason", "rude"), ("in one name in twenty", "anna"), ("one network", "172.17.5.0"), ("nothing", "zzzz") })
        {
            await BansAsync($"search {name}", new BanQuery(BanFilter.All, text));
            await BansAsync($"search {name}, by name, last page", new BanQuery(BanFilter.All, text, BanOrder.Name, Page: 99));
        }

        Task BansAsync(string name, BanQuery query) => questions.AskAsync($"bans for {reader}: {name}", () => bans.ListAsync(actor, query));
    }

    private static async Task NetworksAsync(Questions questions, NetworkBans networks, Actor actor)
    {
        foreach (var (name, network) in new[]
        {
            ("an address of one", "10.0.200.7"), ("an address of hundreds", "198.51.100.5"), ("thousands", "198.51.100.0/24"), ("ten thousands", "10.0.0.0/16"),
            ("ten thousands, between two dots", "10.0.0.0/15"), ("nearly all", "10.0.0.0/8"), ("nobody", "192.168.0.0/16"), ("nobody, IPv6", "2001:db8::/32"),
        })
        {
            await questions.AskAsync($"who was seen at {name} ({network})", () => networks.PreviewAsync(actor, network));
        }

        await questions.AskAsync("where somebody was seen last", () => networks.LastAddressAsync(actor, 50_001));
    }

    private static async Task FilterAsync(Questions questions, WordFilterService filter, Actor actor)
    {
        foreach (var order in Enum.GetValues<FilterRuleOrder>())
        {
            await RulesAsync($"by {order}", new FilterRuleQuery(Order: order));
            await RulesAsync($"by {order} down, last page", new FilterRuleQuery(Order: order, Descending: true, Page: LargeModeration.Rules / 50 - 1));
        }

        await RulesAsync("searched", new FilterRuleQuery("word1"));
        await RulesAsync("that hold", new FilterRuleQuery(Action: FilterAction.Hold));
        var sample = string.Concat(Enumerable.Repeat("a sample with some words in it, ", WordFilterService.MaxSampleLength / 32));
        await questions.AskAsync("a rule tried on the longest sample", () => filter.TryAsync(actor, new FilterRuleDraft("(a|b|ab)*c.*(word|in)+$", IsRegex: true, FilterAction.Hold), sample));

        Task RulesAsync(string name, FilterRuleQuery query) => questions.AskAsync($"filter rules {name}", () => filter.ListAsync(actor, query));
    }
}
