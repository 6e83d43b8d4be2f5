using BlazorChat.Accounts;
using BlazorChat.Messages;
using BlazorChat.Moderation;

namespace BlazorChat.Tests.Moderation;

/// <summary>The list of bans, page by page; and the messages that go and come back with one.</summary>
public sealed class BanListTests
{
    [Fact]
    public async Task ListAsync_SearchesSortsAndPages_WithAppealsFirst()
    {
        await using var host = await ChatHost.StartAsync();
        Dictionary<string, long> bans = [];
        foreach (var (name, hours) in ((string, int?)[])[("Ada", 5), ("Bea", null), ("Cem", 1)])
        {
            var person = await host.AddAsync(name);
            host.Time.Advance(TimeSpan.FromMinutes(1));
            bans[name] = await host.Get<BanService>().BanAsync(
                host.Ann, person.UserId, new BanRequest(hours is { } h ? TimeSpan.FromHours(h) : null, name == "Bea" ? "Insults." : "Spam."));
            if (name == "Ada")
            {
                await host.Get<BanAppeals>().AppealAsync(Uri.UnescapeDataString(host.Get<BanLinks>().To(person.UserId).Split("ticket=")[1]), "Sorry.", null);
            }
        }

        Assert.Equal(["Ada", "Cem", "Bea"], await NamesAsync(new BanQuery()));
        Assert.Equal(["Ada", "Bea", "Cem"], await NamesAsync(new BanQuery(Order: BanOrder.Name)));
        Assert.Equal(["Cem", "Bea", "Ada"], await NamesAsync(new BanQuery(Order: BanOrder.At, IsDescending: true)));
        Assert.Equal(["Cem", "Ada", "Bea"], await NamesAsync(new BanQuery(Order: BanOrder.Until)));
        Assert.Equal(["Bea"], await NamesAsync(new BanQuery(Search: "insult")));
        Assert.Equal(["Cem"], await NamesAsync(new BanQuery(Search: " ce ")));
        Assert.Equal(["Ada"], await NamesAsync(new BanQuery(BanFilter.Appealed)));
        Assert.Empty(await NamesAsync(new BanQuery(Page: 3)));
        Assert.Empty(await NamesAsync(new BanQuery(Page: int.MaxValue)));
        await host.Get<BanService>().LiftAsync(host.Ann, bans["Bea"]);
        host.Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(["Ada"], await NamesAsync(new BanQuery()));
        Assert.Equal(["Cem", "Bea"], await NamesAsync(new BanQuery(BanFilter.Over)));

        async Task<string[]> NamesAsync(BanQuery query) => [.. (await host.Get<BanQueries>().ListAsync(host.Ann, query)).Rows.Select(b => b.Name)];
    }

    [Fact]
    public async Task MessagesOfAPeriod_GoWithTheBan_AndComeBackWithIt()
    {
        await using var host = await ChatHost.StartAsync();
        var (max, bob) = (await BanServiceTests.ModeratorAsync(host), await host.AddAsync("Bob"));
        await host.Messages.PostAsync(bob, host.General, "long ago");
        host.Pass(TimeSpan.FromDays(2));
        for (var i = 0; i < 3; i++)
        {
            await host.Messages.PostAsync(bob, host.General, $"spam {i}");
        }

        await host.Messages.PostAsync(host.Ann, host.General, "hello");
        var ban = await host.Get<BanService>().BanAsync(max, bob.UserId, new BanRequest(null, "Spam.", TimeSpan.FromDays(1)));
        Assert.Equal(["long ago", "hello"], await ShownAsync());
        Assert.Equal(3, (await host.Get<BanQueries>().GetAsync(max, ban)).Restorable);
        await host.Get<BanService>().LiftAsync(max, ban, restoreMessages: true);
        Assert.Equal(["long ago", "spam 0", "spam 1", "spam 2", "hello"], await ShownAsync());
        Assert.Equal(0, (await host.Get<BanQueries>().GetAsync(max, ban)).Restorable);

        var again = await host.Get<BanService>().BanAsync(max, bob.UserId, new BanRequest(TimeSpan.FromHours(1), "Spam.", TimeSpan.MaxValue));
        Assert.Equal(["hello"], await ShownAsync());
        host.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(4, await host.Get<BanService>().RestoreMessagesAsync(max, again));

        async Task<string[]> ShownAsync() =>
            [.. (await host.MessageQueries.NewestAsync(max, host.General)).Messages.Where(m => m.DeletedAt is null).Select(m => m.Text)];
    }
}
