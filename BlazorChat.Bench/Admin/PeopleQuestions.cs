using BlazorChat.Accounts;
using BlazorChat.Moderation;
using BlazorChat.Rooms;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Bench.Admin;

/// <summary>What the pages of people ask.</summary>
internal static class PeopleQuestions
{
    public static async Task AskAsync(Questions questions, IServiceProvider services, Actor actor, AdminOptions options)
    {
        var people = services.GetRequiredService<PeopleList>();
        foreach (var order in Enum.GetValues<PeopleOrder>())
        {
            foreach (var descending in new[] { false, true })
            {
                foreach (var (name, page) in new[] { ("first", 0), ("middle", options.People / 100), ("last", options.People / 50 - 1) })
                {
                    await PeopleAsync($"by {order}{(descending ? " down" : "")}, {name} page", new PeopleQuery(Order: order, Descending: descending, Page: page));
                }
            }
        }

        foreach (var (name, text) in new[] { ("in every address", "example"), ("in one in nine", "a.0"), ("in one in twenty", "anna"), ("in one in a hundred", ".01"), ("one person", "005001"), ("nobody", "zzzz") })
        {
            await PeopleAsync($"search {name}", new PeopleQuery(text));
            await PeopleAsync($"search {name}, by last seen", new PeopleQuery(text, Order: PeopleOrder.LastSeen, Descending: true));
            await PeopleAsync($"search {name}, last page", new PeopleQuery(text, Page: 99));
        }

        foreach (var status in Enum.GetValues<PersonStatus>())
        {
            await PeopleAsync($"{status}", new PeopleQuery(Status: status));
            await PeopleAsync($"{status}, by joined", new PeopleQuery(Status: status, Order: PeopleOrder.Created));
        }

        await PeopleAsync("moderators by name", new PeopleQuery(Role: Role.Moderator));
        await PeopleAsync("members by name, last page", new PeopleQuery(Role: Role.Member, Page: 99));
        await PeopleAsync("members who are banned and called anna", new PeopleQuery("anna", Role.Member, PersonStatus.Banned));
        await questions.AskAsync("person", () => people.FindAsync(actor, 50_001));
        await questions.AskAsync("person: sessions", () => services.GetRequiredService<PersonSessions>().ListAsync(actor, 50_001));
        await questions.AskAsync("person: rooms", () => services.GetRequiredService<RoomDirectory>().OfAsync(actor, 50_001));
        await questions.AskAsync("roles", () => people.CountAsync(actor));

        Task PeopleAsync(string name, PeopleQuery query) => questions.AskAsync($"people {name}", () => people.ListAsync(actor, query));
    }
}
