using BlazorChat.Accounts;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Messages;

public sealed class MessageServiceTests
{
    [Fact]
    public async Task PostAsync_Markdown_IsStoredWithItsHtmlAndRaisedAfterTheCommit()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var storedWhenHeard = -1L;
        using var witness = host.Chat.Subscribe(bob, batch =>
        {
            if (batch.Events.OfType<MessagePosted>().FirstOrDefault() is { } e)
            {
                storedWhenHeard = host.Scalar<long>($"SELECT count(*) FROM Messages WHERE Id = {e.Message.Id}");
            }

            return Task.CompletedTask;
        });
        witness.Follow(Topic.Room(host.General));

        var posted = await host.Messages.PostAsync(host.Ann, host.General, "Hi **there** <b>", "c-1");

        Assert.Equal((1, host.Ann.UserId, "Ann", "c-1", host.Time.GetUtcNow()), (posted.Seq, posted.Sender.Id, posted.Sender.Name, posted.ClientMessageId, posted.SentAt));
        Assert.Contains("<strong>there</strong> &lt;b&gt;", posted.Html, StringComparison.Ordinal);
        await Wait.Until(() => storedWhenHeard >= 0);
        Assert.Equal(1, storedWhenHeard);
        await using var db = await host.OpenAsync();
        var stored = await db.Messages.SingleAsync();
        Assert.Equal((posted.Text, posted.Html, MessageRenderer.Version), (stored.Text, stored.Html, stored.RendererVersion));
    }

    [Fact]
    public async Task PostAsync_TwentySendersInSeveralRooms_NumbersWithoutGapsAndIsHeardInOrder()
    {
        const int Senders = 20;
        const int Each = 100;
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var rooms = new[] { host.General, await host.PrivateAsync(host.Ann, bob), await host.PrivateAsync(host.Ann, bob) };
        List<MessageView> heard = [];
        using var subscription = host.Chat.Subscribe(bob, batch =>
        {
            heard.AddRange(batch.Events.OfType<MessagePosted>().Select(e => e.Message));
            return batch.Missed ? throw new InvalidOperationException("Too slow.") : Task.CompletedTask;
        });
        Array.ForEach(rooms, room => subscription.Follow(Topic.Room(room)));

        var sent = await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
        {
            List<MessageView> mine = [];
            for (var i = 0; i < Each; i++)
            {
                mine.Add(await host.Messages.PostAsync(sender % 2 == 0 ? host.Ann : bob, rooms[(sender + i) % 3], $"{sender}:{i}", $"{sender}:{i}"));
            }

            return mine;
        })));
        await Wait.Until(() => heard.Count == Senders * Each);

        foreach (var room in rooms)
        {
            var acknowledged = sent.SelectMany(m => m).Where(m => m.RoomId == room).OrderBy(m => m.Seq).ToList();
            Assert.Equal(Enumerable.Range(1, acknowledged.Count).Select(i => (long)i), acknowledged.Select(m => m.Seq));
            Assert.Equal(acknowledged.Select(m => (m.Seq, m.Text)), heard.Where(m => m.RoomId == room).Select(m => (m.Seq, m.Text)));
            Assert.Equal(acknowledged.Count, host.Scalar<long>($"SELECT LastSeq FROM Rooms WHERE Id = {room}"));
            Assert.Equal(acknowledged.Count, host.Scalar<long>($"SELECT max(Seq) FROM Messages WHERE RoomId = {room}"));
        }

        // Each sender's own messages keep the order in which they were sent.
        Assert.All(sent, mine => Assert.Equal(mine.Select(m => m.Id).Order(), mine.Select(m => m.Id)));
    }

    [Fact]
    public async Task PostAsync_ResentFiveAtOnceAndAfterARestart_IsTheFirstMessage()
    {
        var host = await ChatHost.StartAsync();
        using (var ear = host.Listen(host.Ann, Topic.Room(host.General)))
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => Task.Run(() => host.Messages.PostAsync(host.Ann, host.General, $"try {i}", "same"))));
            Assert.Single(answers.Select(a => (a.Id, a.Seq, a.Text)).Distinct());
            Assert.Single(await ear.DrainedAsync<MessagePosted>());
        }

        await using var after = await host.RestartAsync();
        using var late = after.Listen(after.Ann, Topic.Room(after.General));
        var again = await after.Messages.PostAsync(after.Ann, after.General, "try 6", "same");
        var bob = await after.AddAsync("Bob");
        var others = await after.Messages.PostAsync(bob, after.General, "mine", "same");

        Assert.Equal((1, 2), (again.Seq, others.Seq));
        Assert.Equal(2, after.Scalar<long>("SELECT count(*) FROM Messages"));
        Assert.Single(await late.DrainedAsync<MessagePosted>());
    }

    [Fact]
    public async Task PostAsync_NotAMemberOrNoSuchRoom_IsTheSameRefusal()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var hidden = await host.PrivateAsync(host.Ann);
        var said = await host.Messages.PostAsync(host.Ann, hidden, "hidden");

        await SameAsync(room => host.Messages.PostAsync(bob, room, "let me in"), hidden, 4711);
        await SameAsync(room => host.MessageQueries.NewestAsync(bob, room), hidden, 4711);
        await SameAsync(room => host.MessageQueries.AroundAsync(bob, room, 1), hidden, 4711);
        await SameAsync(room => host.MessageQueries.SeqOfAsync(bob, room, said.Id), hidden, 4711);
        await SameAsync(id => host.MessageQueries.SeqOfAsync(bob, host.General, id), said.Id, 4711);
        await SameAsync(id => host.Messages.EditAsync(bob, id, "mine"), said.Id, 4711);
        await SameAsync(id => host.Messages.DeleteAsync(bob, id), said.Id, 4711);
        await SameAsync(id => host.Messages.SourceAsync(bob, id), said.Id, 4711);
        await SameAsync(id => host.Messages.PostAsync(bob, host.General, "re", replyToId: id), said.Id, 4711);
        Assert.Equal(1, host.Scalar<long>("SELECT count(*) FROM Messages"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n\t ")]
    [InlineData("\u200b\u200f\ufe0f")]
    [InlineData("\u0000\u0007")]
    public async Task PostAsync_NothingToSee_IsInvalid(string text)
    {
        await using var host = await ChatHost.StartAsync();
        await ChatHost.RefusedAsync(Refusal.Invalid, () => host.Messages.PostAsync(host.Ann, host.General, text));
    }

    [Fact]
    public async Task PostAsync_Limits_AreExactAndCountWhatIsStored()
    {
        await using var host = await ChatHost.StartAsync();
        var longest = new string('ä', Message.MaxLength);
        var posted = await host.Messages.PostAsync(host.Ann, host.General, longest + "  \n", new string('c', Message.MaxClientIdLength));
        Assert.Equal(longest, posted.Text);
        await ChatHost.RefusedAsync(Refusal.Invalid, () => host.Messages.PostAsync(host.Ann, host.General, longest + "a"));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => host.Messages.EditAsync(host.Ann, posted.Id, longest + "a"));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => host.Messages.PostAsync(host.Ann, host.General, "a", ""));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => host.Messages.PostAsync(host.Ann, host.General, "a", new string('c', Message.MaxClientIdLength + 1)));
    }

    [Fact]
    public async Task PostAsync_BrokenSurrogatesAndControls_AreStoredClean()
    {
        await using var host = await ChatHost.StartAsync();
        var posted = await host.Messages.PostAsync(host.Ann, host.General, "a\ud800b\u0000c\r\nd");
        Assert.Equal("a\ufffdbc\nd", posted.Text);
        Assert.Equal("a\ufffdbc\nd", host.Scalar<string>("SELECT Text FROM Messages"));
    }

    [Fact]
    public async Task PostAsync_ArchivedRoom_IsForbiddenButReadableAndAResendIsAnswered()
    {
        await using var host = await ChatHost.StartAsync();
        var first = await host.Messages.PostAsync(host.Ann, host.General, "before", "c-1");
        await host.Rooms.SetArchivedAsync(host.Ann, host.General, true);

        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Messages.PostAsync(host.Ann, host.General, "after"));
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Messages.EditAsync(host.Ann, first.Id, "after"));
        Assert.Equal(first.Id, (await host.Messages.PostAsync(host.Ann, host.General, "before", "c-1")).Id);
        Assert.Single((await host.MessageQueries.NewestAsync(host.Ann, host.General)).Messages);
        await host.Rooms.SetArchivedAsync(host.Ann, host.General, false);
        Assert.Equal(2, (await host.Messages.PostAsync(host.Ann, host.General, "again")).Seq);
    }

    [Fact]
    public async Task EditAsync_OwnMessage_IsShownEverywhere()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var posted = await host.Messages.PostAsync(bob, host.General, "frist");
        await host.MessageQueries.NewestAsync(bob, host.General);
        using var ear = host.Listen(host.Ann, Topic.Room(host.General));
        host.Time.Advance(TimeSpan.FromMinutes(1));

        await host.Messages.EditAsync(bob, posted.Id, "*first*");

        var shown = Assert.Single((await host.MessageQueries.NewestAsync(host.Ann, host.General)).Messages);
        Assert.Equal(("*first*", host.Time.GetUtcNow(), 1), (shown.Text, shown.EditedAt, shown.Seq));
        Assert.Contains("<em>first</em>", Assert.Single(await ear.HearsAsync<MessageEdited>()).Message.Html, StringComparison.Ordinal);
        Assert.Equal("*first*", await host.Messages.SourceAsync(bob, posted.Id));
        Assert.Equal("*first*", host.Scalar<string>("SELECT Text FROM Messages"));
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Messages.EditAsync(host.Ann, posted.Id, "mine"));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Messages.SourceAsync(host.Ann, posted.Id));
    }

    [Fact]
    public async Task DeleteAsync_OwnOrByAManager_RemovesTheTextAndForbidsTheRest()
    {
        await using var host = await ChatHost.StartAsync();
        var (bob, cem) = (await host.AddAsync("Bob"), await host.AddAsync("Cem"));
        var own = await host.Messages.PostAsync(bob, host.General, "own @Cem", "c-1");
        var bad = await host.Messages.PostAsync(bob, host.General, "bad");
        using var ear = host.Listen(cem, Topic.Room(host.General));

        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Messages.DeleteAsync(cem, own.Id));
        await host.Messages.DeleteAsync(bob, own.Id);
        await host.Messages.DeleteAsync(host.Ann, bad.Id);
        await host.Messages.DeleteAsync(bob, bad.Id);

        Assert.All((await host.MessageQueries.NewestAsync(cem, host.General)).Messages, m => Assert.True(m is { Text: "", Html: "", DeletedAt: not null }));
        Assert.All(await ear.HearsAsync<MessageDeleted>(2), e => Assert.Equal("", e.Message.Html));
        await ChatHost.RefusedAsync(Refusal.Conflict, () => host.Messages.EditAsync(bob, own.Id, "back"));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Messages.SourceAsync(bob, own.Id));
        Assert.Equal("", (await host.Messages.PostAsync(bob, host.General, "own @Cem", "c-1")).Text);
        Assert.Equal(0, host.Scalar<long>("SELECT count(*) FROM Messages WHERE Text <> '' OR Html <> ''"));
        Assert.Equal(0, host.Scalar<long>("SELECT count(*) FROM Mentions"));
        Assert.Equal(host.Ann.UserId, host.Scalar<long>($"SELECT DeletedById FROM Messages WHERE Id = {bad.Id}"));
    }

    [Fact]
    public async Task DeleteAsync_InADirectConversation_OnlyByItsAuthor()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var direct = await host.Rooms.OpenDirectAsync(host.Ann, [bob.UserId]);
        var posted = await host.Messages.PostAsync(bob, direct, "between us");
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Messages.DeleteAsync(host.Ann, posted.Id));
        await host.Messages.DeleteAsync(bob, posted.Id);
    }

    [Fact]
    public async Task DeleteAsync_MessageThatRepliesQuote_RedactsTheQuotes()
    {
        await using var host = await ChatHost.StartAsync();
        var original = await host.Messages.PostAsync(host.Ann, host.General, "the **secret** word");
        var reply = await host.Messages.PostAsync(host.Ann, host.General, "indeed", replyToId: original.Id);
        Assert.Equal(new QuoteView(original.Id, "Ann", "the secret word", host.Ann.UserId), reply.ReplyTo);
        await host.MessageQueries.NewestAsync(host.Ann, host.General);

        await host.Messages.EditAsync(host.Ann, original.Id, "the changed word");
        Assert.Equal("the changed word", (await QuoteAsync()).Excerpt);
        await host.Messages.DeleteAsync(host.Ann, original.Id);

        Assert.Equal(new QuoteView(original.Id, "Ann", null, host.Ann.UserId), await QuoteAsync());
        Assert.Null((await host.MessageQueries.AfterAsync(host.Ann, host.General, 1)).Messages[0].ReplyTo!.Excerpt);
        await using var after = await host.RestartAsync();
        Assert.Null((await after.MessageQueries.NewestAsync(after.Ann, after.General)).Messages[1].ReplyTo!.Excerpt);

        async Task<QuoteView> QuoteAsync() => (await host.MessageQueries.NewestAsync(host.Ann, host.General)).Messages[1].ReplyTo!;
    }

    [Fact]
    public async Task PostAsync_Mentions_AreStoredForPeopleOfTheRoomOnly()
    {
        await using var host = await ChatHost.StartAsync();
        var (bob, maria) = (await host.AddAsync("Bob"), await host.AddAsync("Ana Maria"));
        var cem = await host.AddAsync("Cem");
        var id = await host.PrivateAsync(host.Ann, bob, maria);
        using var ear = host.Listen(bob, Topic.Room(id));

        var posted = await host.Messages.PostAsync(host.Ann, id, "@bob and @Ana Maria, ask @Cem. @Bob! `@Bob` mail@bob");
        long[] expected = [bob.UserId, maria.UserId];

        Assert.Equal(expected, Assert.Single(await ear.HearsAsync<MessagePosted>()).Mentions);
        await using var db = await host.OpenAsync();
        Assert.Equal(expected, await db.Mentions.Where(m => m.MessageId == posted.Id).Select(m => m.UserId).OrderBy(u => u).ToListAsync());
        await host.Messages.EditAsync(host.Ann, posted.Id, "@Ana Maria alone");
        Assert.Equal([maria.UserId], await db.Mentions.Where(m => m.MessageId == posted.Id).Select(m => m.UserId).ToListAsync());
        Assert.DoesNotContain($"data-user-id=\"{cem.UserId}\"", posted.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PostAsync_SessionEnded_IsSignedOutAtOnce()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var phone = await host.SignInAsync(bob.UserId);
        await host.Sessions.EndAsync(bob, phone.SessionId);

        await ChatHost.RefusedAsync(Refusal.SignedOut, () => host.Messages.PostAsync(phone, host.General, "still?"));
        await ChatHost.RefusedAsync(Refusal.SignedOut, () => host.Messages.PostAsync(host.Ann with { SessionId = bob.SessionId }, host.General, "as Ann?"));
        await host.Messages.PostAsync(bob, host.General, "here I am");
    }

    private static async Task SameAsync(Func<long, Task> action, long known, long unknown)
    {
        var first = await ChatHost.RefusedAsync(Refusal.NotFound, () => action(known));
        var second = await ChatHost.RefusedAsync(Refusal.NotFound, () => action(unknown));
        Assert.Equal(second.Message, first.Message);
    }
}
