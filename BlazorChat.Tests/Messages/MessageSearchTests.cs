using BlazorChat.Accounts;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Tests.Messages;

public sealed class MessageSearchTests
{
    [Theory]
    [InlineData("meeting", "The Meeting is moved")]
    [InlineData("EETIN", "The Meeting is moved")]
    [InlineData("moved meeting", "The Meeting is moved")]
    [InlineData("\"meeting is\"", "The Meeting is moved")]
    [InlineData("встреч", "Завтра ВСТРЕЧА в девять")]
    [InlineData("会議", "明日の会議は九時から")]
    [InlineData("の会議は", "明日の会議は九時から")]
    [InlineData("🎉", "done 🎉🎊🥳 at last")]
    [InlineData("🎉🎊🥳", "done 🎉🎊🥳 at last")]
    [InlineData("grüße", "Viele GRÜSSE und Grüße")]
    [InlineData("ok", "ok!")]
    [InlineData("no ok", "ok, no more")]
    [InlineData("a \"b c\"", "x a b c")]
    [InlineData("100%", "100% sure")]
    [InlineData("snake_case", "a snake_case name")]
    public async Task SearchAsync_PartsOfWordsInAnyScript_AreFound(string query, string text)
    {
        await using var host = await ChatHost.StartAsync();
        await host.Messages.PostAsync(host.Ann, host.General, text);
        await host.Messages.PostAsync(host.Ann, host.General, "something quite different");

        var found = await host.Get<MessageSearch>().SearchAsync(host.Ann, query);

        Assert.Equal([text], found.Messages.Select(m => m.Text));
        Assert.False(found.HasMore);
    }

    [Theory]
    [InlineData("meeting printer")]
    [InlineData("\"moved meeting\"")]
    [InlineData("eetingx")]
    [InlineData("100_")]
    public async Task SearchAsync_NotAllOfIt_FindsNothing(string query)
    {
        await using var host = await ChatHost.StartAsync();
        await host.Messages.PostAsync(host.Ann, host.General, "The meeting is moved, 100% sure");
        await host.Messages.PostAsync(host.Ann, host.General, "The printer has moved");

        Assert.Empty(await TextsAsync(host, host.Ann, query));
    }

    [Fact]
    public async Task SearchAsync_OtherRoomsAndFormerOnes_AreNotSearched()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var hidden = await host.PrivateAsync(host.Ann, bob);
        await host.Messages.PostAsync(bob, hidden, "the secret word");
        Assert.Equal(["the secret word"], await TextsAsync(host, bob, "secret"));
        Assert.Equal(["the secret word"], await TextsAsync(host, bob, "et"));

        await host.Memberships.RemoveAsync(host.Ann, hidden, bob.UserId);

        Assert.Empty(await TextsAsync(host, bob, "secret"));
        Assert.Empty(await TextsAsync(host, bob, "se"));
        Assert.Empty(await TextsAsync(host, bob, "secret in:Hidden"));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Get<MessageSearch>().SearchAsync(bob, "secret", hidden));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Get<MessageSearch>().SearchAsync(bob, "", 4711));
    }

    [Fact]
    public async Task SearchAsync_EditedAndDeleted_FollowsTheText()
    {
        await using var host = await ChatHost.StartAsync();
        var edited = await host.Messages.PostAsync(host.Ann, host.General, "the first wording");
        var deleted = await host.Messages.PostAsync(host.Ann, host.General, "the first mistake");

        await host.Messages.EditAsync(host.Ann, edited.Id, "a second wording");
        await host.Messages.DeleteAsync(host.Ann, deleted.Id);
        await host.Messages.DeleteAsync(host.Ann, deleted.Id);

        Assert.Empty(await TextsAsync(host, host.Ann, "first"));
        Assert.Empty(await TextsAsync(host, host.Ann, "mistake"));
        Assert.Equal(["a second wording"], await TextsAsync(host, host.Ann, "second wording"));
        Assert.Equal(["a second wording"], await TextsAsync(host, host.Ann, "se"));
        AssertIndexIsWhole(host);
    }

    [Fact]
    public async Task SearchAsync_Modifiers_NarrowIt()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob Smith");
        var room = await host.Rooms.CreateAsync(host.Ann, "Second Room", RoomKind.Public, memberIds: [bob.UserId]);
        var direct = await host.Rooms.OpenDirectAsync(bob, [host.Ann.UserId]);
        await host.Messages.PostAsync(host.Ann, host.General, "apple one https://example.com/a");
        await host.Messages.PostAsync(bob, host.General, "apple two");
        host.Pass(TimeSpan.FromDays(10));
        await host.Messages.PostAsync(bob, room, "apple three www.example.com");
        await host.Messages.PostAsync(bob, direct, "apple four");

        Assert.Equal(["four", "three", "two"], await LastAsync("apple from:\"bob smith\""));
        Assert.Equal(["four", "three", "two"], await LastAsync("apple from:@bob"));
        Assert.Equal(["one"], await LastAsync("apple FROM:me"));
        Assert.Empty(await LastAsync("apple from:nobody"));
        Assert.Equal(["three"], await LastAsync("apple in:second"));
        Assert.Equal(["three"], await LastAsync("in:\"#second room\""));
        Assert.Equal(["four"], await LastAsync("apple in:bob"));
        Assert.Equal(["two", "one"], await LastAsync("apple before:2026-01-10"));
        Assert.Equal(["two"], await LastAsync("from:bob before:2026-01-10"));
        Assert.Empty(await LastAsync("apple before:2026-01-02"));
        Assert.Equal(["three", "one"], await LastAsync("has:link"));
        Assert.Equal(["one"], await LastAsync("has:link in:general apple"));
        Assert.Empty(await LastAsync("from: in:"));

        async Task<string[]> LastAsync(string query) => [.. (await TextsAsync(host, host.Ann, query)).Select(t => t.Split(' ')[1])];
    }

    [Theory]
    [InlineData("number")]
    [InlineData("nu")]
    [InlineData("from:me")]
    public async Task SearchAsync_PageByPage_HasEachOnceNewestFirst(string query)
    {
        await using var host = await ChatHost.StartAsync();
        long[] rooms = [host.General, await host.PrivateAsync(host.Ann), await host.PrivateAsync(host.Ann)];
        for (var i = 0; i < 70; i++)
        {
            await host.Messages.PostAsync(host.Ann, rooms[i % 5 % 3], $"number {i}");
        }

        List<MessageView> found = [];
        SearchResults page;
        do
        {
            page = await host.Get<MessageSearch>().SearchAsync(host.Ann, query, beforeId: found.Count > 0 ? found[^1].Id : null, limit: 7);
            found.AddRange(page.Messages);
            Assert.Equal(found.Count < 70, page.HasMore);
        }
        while (page.HasMore);

        Assert.Equal(Enumerable.Range(0, 70).Reverse().Select(i => $"number {i}"), found.Select(m => m.Text));
        Assert.Equal(rooms.Order(), found.Select(m => m.RoomId).Distinct().Order());
    }

    [Fact]
    public async Task SearchAsync_ManyRooms_FindsOldAndNew()
    {
        await using var host = await ChatHost.StartAsync();
        List<string> said = [];
        for (var i = 0; i < 40; i++)
        {
            var room = await host.PrivateAsync(host.Ann);
            await host.Messages.PostAsync(host.Ann, room, $"apple {i}");
            said.Insert(0, $"apple {i}");
        }

        // More than the newest messages of all that are looked through first.
        await Task.WhenAll(Enumerable.Range(0, 1_100).Select(i => host.Messages.PostAsync(host.Ann, host.General, $"other {i}")));

        Assert.Equal(said, await TextsAsync(host, host.Ann, "apple"));
        Assert.Equal(["apple 3"], await TextsAsync(host, host.Ann, "\"apple 3\" in:hidden before:2027-01-01", limit: 100, only: t => t == "apple 3"));
    }

    [Fact]
    public async Task SearchAsync_ShortWordInALongRoom_StopsAndGoesOn()
    {
        await using var host = await ChatHost.StartAsync();
        await host.Messages.PostAsync(host.Ann, host.General, "zz");
        await Task.WhenAll(Enumerable.Range(0, 3_500).Select(i => host.Messages.PostAsync(host.Ann, host.General, $"other {i}")));

        var first = await host.Get<MessageSearch>().SearchAsync(host.Ann, "zz");
        Assert.True(first is { Messages: [], HasMore: true, NextBeforeId: not null });
        var second = await host.Get<MessageSearch>().SearchAsync(host.Ann, "zz", beforeId: first.NextBeforeId);

        Assert.Equal("zz", Assert.Single(second.Messages).Text);
        Assert.False(second.HasMore);
    }

    [Theory]
    [InlineData("\"")]
    [InlineData("\"\"\"")]
    [InlineData("apple\"")]
    [InlineData("\"apple")]
    [InlineData("*")]
    [InlineData("apple*")]
    [InlineData("^apple")]
    [InlineData("apple NEAR pie")]
    [InlineData("NEAR(apple pie, 2)")]
    [InlineData("apple AND OR NOT")]
    [InlineData("Text:apple")]
    [InlineData("{apple} : (pie)")]
    [InlineData("-apple +pie")]
    [InlineData("' OR 1=1 --")]
    [InlineData("%%% ___")]
    [InlineData("\0")]
    [InlineData("app\0le")]
    [InlineData("\ud83d")]
    [InlineData("abc\udc00def")]
    [InlineData("👩‍👩‍👧‍👦")]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("a\u0300\u0301\u0302")]
    [InlineData("İıſK")]
    public async Task SearchAsync_OddCharacters_AreNoErrorOfSyntax(string query)
    {
        await using var host = await ChatHost.StartAsync();
        await host.Messages.PostAsync(host.Ann, host.General, "an ordinary message");

        Assert.Empty(await TextsAsync(host, host.Ann, query));
    }

    [Theory]
    [InlineData("before:yesterday")]
    [InlineData("before:2026-02-30")]
    [InlineData("has:everything")]
    [InlineData("a b c d e f g h i j k l m n o p q r s t u")]
    public async Task SearchAsync_ValuesThatMakeNoSense_AreRefused(string query)
    {
        await using var host = await ChatHost.StartAsync();
        await ChatHost.RefusedAsync(Refusal.Invalid, () => host.Get<MessageSearch>().SearchAsync(host.Ann, query));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => host.Get<MessageSearch>().SearchAsync(host.Ann, new string('x', 10_000)));
    }

    [Fact]
    public async Task SearchAsync_LongestQuery_IsFound()
    {
        await using var host = await ChatHost.StartAsync();
        var word = string.Concat(Enumerable.Range(0, SearchQuery.MaxLength).Select(i => (char)('a' + (i * i % 23))));
        await host.Messages.PostAsync(host.Ann, host.General, $"see {word}");

        Assert.Single(await TextsAsync(host, host.Ann, word));
        Assert.Empty(await TextsAsync(host, host.Ann, word[..^1] + "z"));
    }

    [Fact]
    public async Task Index_WhilePeoplePostEditAndDelete_HoldsEveryMessageOnce()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        long[] rooms = [host.General, await host.PrivateAsync(host.Ann, bob), await host.PrivateAsync(bob, host.Ann)];
        await Task.WhenAll(Enumerable.Range(0, 400).Select(async i =>
        {
            var who = i % 2 == 0 ? host.Ann : bob;
            var id = $"client {i}";
            var posted = await host.Messages.PostAsync(who, rooms[i % 3], $"the message {i} of many", id);
            await host.Messages.PostAsync(who, rooms[i % 3], "sent again", id);
            if (i % 5 == 0)
            {
                await host.Messages.EditAsync(who, posted.Id, $"the message {i} changed");
            }
            else if (i % 7 == 0)
            {
                await host.Messages.DeleteAsync(who, posted.Id);
            }
        }));

        AssertIndexIsWhole(host);
        var alive = host.Scalar<long>("SELECT COUNT(*) FROM Messages WHERE DeletedAt IS NULL");
        Assert.Equal(alive, host.Scalar<long>("SELECT COUNT(*) FROM MessageSearch WHERE MessageSearch MATCH 'mes'"));
        await using var restarted = await host.RestartAsync();
        AssertIndexIsWhole(restarted);
    }

    [Fact]
    public void Excerpt_OfALongText_IsAroundTheWordAndMarksIt()
    {
        var text = $"{string.Concat(Enumerable.Repeat("before ", 100))}the **Needle** and <b>{string.Concat(Enumerable.Repeat(" after", 100))}";
        var parts = SearchExcerpt.Of(text, ["needle", "<b>"]);

        Assert.Equal(["Needle", "<b>"], parts.Where(p => p.IsMatch).Select(p => p.Text));
        Assert.StartsWith("…", parts[0].Text, StringComparison.Ordinal);
        Assert.Equal("…", parts[^1].Text);
        Assert.InRange(string.Concat(parts.Select(p => p.Text)).Length, 100, 250);
        Assert.Equal([new ExcerptPart("short", false)], SearchExcerpt.Of("short", ["nothing"]));
        Assert.NotEmpty(SearchExcerpt.Of(string.Concat(Enumerable.Repeat("👩‍👩‍👧‍👦", 200)), ["👩‍👩‍👧‍👦"]));
    }

    private static void AssertIndexIsWhole(ChatHost host) =>
        host.Execute("INSERT INTO MessageSearch (MessageSearch, rank) VALUES ('integrity-check', 1)");

    private static async Task<List<string>> TextsAsync(ChatHost host, Actor actor, string query, int limit = 100, Func<string, bool>? only = null) =>
        [.. (await host.Get<MessageSearch>().SearchAsync(actor, query, limit: limit)).Messages.Select(m => m.Text).Where(only ?? (_ => true))];
}
