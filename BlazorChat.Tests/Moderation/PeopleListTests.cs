using BlazorChat.Accounts;
using BlazorChat.Moderation;
using BlazorChat.Rooms;

namespace BlazorChat.Tests.Moderation;

public sealed class PeopleListTests : IAsyncLifetime
{
    private ChatHost _host = null!;
    private Actor _bob = null!;
    private Actor _peace = null!;

    private PeopleList People => _host.Get<PeopleList>();

    public async ValueTask InitializeAsync()
    {
        _host = await ChatHost.StartAsync();
        _bob = await _host.AddAsync("Bob");
        _host.Time.Advance(TimeSpan.FromMinutes(1));
        _peace = await _host.AddAsync("Peace");
        await _host.Get<PeopleService>().SetRoleAsync(_host.Ann, _peace.UserId, Role.Moderator);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task ListAsync_Search_FindsPartsOfNamesAndAddresses()
    {
        await _host.AddAsync("B_b");

        Assert.Equal(["Ann", "Bob", "B_b", "Peace"], await NamesAsync(new PeopleQuery("  ")));
        Assert.Equal(["Bob"], await NamesAsync(new PeopleQuery("oB@ex")));
        Assert.Equal(["B_b"], await NamesAsync(new PeopleQuery("_")));
        Assert.Empty(await NamesAsync(new PeopleQuery("%")));
        Assert.Empty(await NamesAsync(new PeopleQuery(Page: int.MaxValue)));
        Assert.Equal(4, (await NamesAsync(new PeopleQuery("\ud800", Page: -5))).Count);
    }

    [Fact]
    public async Task ListAsync_ByAModerator_TellsNeitherAddressesNorWhoHasThem()
    {
        var rows = (await People.ListAsync(_peace, new PeopleQuery())).Rows;
        Assert.All(rows, r => Assert.Null(r.Email));
        Assert.All(rows, r => Assert.False(r.HasTwoFactor));

        // A search that found by address would tell them letter by letter.
        Assert.Empty((await People.ListAsync(_peace, new PeopleQuery("bob@example"))).Rows);
        Assert.Single((await People.ListAsync(_host.Ann, new PeopleQuery("bob@example"))).Rows);
        Assert.Null((await People.FindAsync(_peace, _bob.UserId)).Row.Email);
        Assert.False((await People.FindAsync(_peace, _bob.UserId)).SeesDetails);
    }

    [Fact]
    public async Task ListAsync_SortedAndPaged_HasEverybodyOnceInOrder()
    {
        _host.Execute("""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120)
            INSERT INTO "Users" ("UserName", "NormalizedUserName", "Email", "NormalizedEmail", "Role", "IsBot", "CreatedAt", "LastSeenAt", "EmailConfirmed",
                "PhoneNumberConfirmed", "TwoFactorEnabled", "LockoutEnabled", "AccessFailedCount")
            SELECT 'P' || i, 'P' || i, 'p' || i || '@example.com', 'P' || i || '@EXAMPLE.COM', (i % 3) * 50, 0, 1000000 + (i * 7919 % 120), NULLIF(i % 4, 0) * 1000, 0, 0, 0, 1, 0 FROM n
            """);
        foreach (var order in Enum.GetValues<PeopleOrder>())
        {
            foreach (var descending in new[] { false, true })
            {
                List<PersonRow> all = [];
                for (var page = 0; page < 3; page++)
                {
                    var slice = await People.ListAsync(_host.Ann, new PeopleQuery(Order: order, Descending: descending, Page: page));
                    Assert.Equal((123, false, 2), (slice.Total, slice.IsMore, slice.LastPage));
                    all.AddRange(slice.Rows);
                }

                Assert.Equal(123, all.Select(r => r.Person.Id).Distinct().Count());
                Func<PersonRow, IComparable?> key = order switch
                {
                    PeopleOrder.Role => r => r.Person.Role,
                    PeopleOrder.Created => r => r.CreatedAt,
                    PeopleOrder.LastSeen => r => r.LastSeenAt,
                    _ => r => r.Person.Name.ToUpperInvariant(),
                };
                var comparer = Comparer<IComparable?>.Create((a, b) => a is string x && b is string y ? string.CompareOrdinal(x, y) : Comparer<object?>.Default.Compare(a, b));
                var keys = all.Select(key).ToList();
                Assert.Equal(descending ? keys.OrderDescending(comparer) : keys.Order(comparer), keys);
            }
        }

        Assert.Equal((41, 0), ((await People.ListAsync(_host.Ann, new PeopleQuery(Role: Role.Moderator))).Total, (await People.ListAsync(_host.Ann, new PeopleQuery("p1", Role.Owner))).Total));
    }

    [Fact]
    public async Task ListAsync_ByStatus_PutsEverybodyUnderOne()
    {
        var (cid, dan, eve) = (await _host.AddAsync("Cid"), await _host.AddAsync("Dan"), await _host.AddAsync("Eve"));
        var now = _host.Time.GetUtcNow();
        await using (var db = await _host.OpenAsync())
        {
            db.Mutes.Add(new Mute { UserId = _bob.UserId, RoomId = Mute.Everywhere, Until = now.AddHours(1), ById = _peace.UserId, At = now });
            db.Mutes.Add(new Mute { UserId = _peace.UserId, RoomId = _host.General, Until = now.AddHours(1), ById = _peace.UserId, At = now });
            await db.SaveChangesAsync();
        }

        _host.Execute($"""UPDATE "Users" SET "BannedUntil" = {now.AddDays(1).ToUnixTimeMilliseconds()} WHERE "Id" = {cid.UserId}""");
        _host.Execute($"""UPDATE "Users" SET "DeletedAt" = {now.ToUnixTimeMilliseconds()} WHERE "Id" = {dan.UserId}""");
        _host.Execute($"""UPDATE "Users" SET "LockoutEnd" = {ActivePeople.Forever.ToUnixTimeMilliseconds()} WHERE "Id" = {eve.UserId}""");

        Assert.Equal(["Ann", "Peace"], await NamesAsync(new PeopleQuery(Status: PersonStatus.Active)));
        Assert.Equal(["Bob"], await NamesAsync(new PeopleQuery(Status: PersonStatus.Muted)));
        Assert.Equal(["Cid"], await NamesAsync(new PeopleQuery(Status: PersonStatus.Banned)));
        Assert.Equal(["Dan"], await NamesAsync(new PeopleQuery(Status: PersonStatus.Deleted)));
        Assert.Equal(["Eve"], await NamesAsync(new PeopleQuery(Status: PersonStatus.Ended)));
        Assert.Equal(now.AddHours(1), (await People.FindAsync(_host.Ann, _bob.UserId)).Row.StatusUntil);

        _host.Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(["Ann", "Bob", "Peace"], await NamesAsync(new PeopleQuery(Status: PersonStatus.Active)));
        Assert.Empty(await NamesAsync(new PeopleQuery(Status: PersonStatus.Muted)));
    }

    [Fact]
    public async Task FindAsync_SaysWhatTheReaderMayDo()
    {
        var admin = await _host.AddAsync("Admin");
        await _host.Get<PeopleService>().SetRoleAsync(_host.Ann, admin.UserId, Role.Administrator);

        Assert.Equal(
            [Role.Administrator, Role.Moderator, Role.Guest],
            (await People.FindAsync(admin, _bob.UserId)).MayBecome);
        var owner = await People.FindAsync(admin, _host.Ann.UserId);
        Assert.Equal((true, false, false, false), (owner.SeesDetails, owner.MayManage, owner.MayBan, owner.MayMute));
        Assert.Empty(owner.MayBecome);
        Assert.Empty((await People.FindAsync(_peace, _bob.UserId)).MayBecome);
        Assert.True((await People.FindAsync(_peace, _bob.UserId)).MayMute);
        foreach (var role in (await People.FindAsync(_host.Ann, _bob.UserId)).MayBecome)
        {
            // What is offered is what is done.
            await _host.Get<PeopleService>().SetRoleAsync(_host.Ann, _bob.UserId, role);
            await _host.Get<PeopleService>().SetRoleAsync(_host.Ann, _host.Ann.UserId, Role.Owner);
            if (role == Role.Owner)
            {
                await _host.Get<PeopleService>().SetRoleAsync(_bob, _bob.UserId, Role.Member);
            }
        }
    }

    private async Task<List<string>> NamesAsync(PeopleQuery query) => [.. (await People.ListAsync(_host.Ann, query)).Rows.Select(r => r.Person.Name)];
}
