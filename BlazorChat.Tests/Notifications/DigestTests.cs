using BlazorChat.Accounts;
using BlazorChat.Bots;
using BlazorChat.Live;
using BlazorChat.Mail;
using BlazorChat.Messages;
using BlazorChat.Notifications;
using BlazorChat.Notifications.Digests;
using BlazorChat.Rooms;
using BlazorChat.Tests.Mail;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Notifications;

/// <summary>Who gets an e-mail about what they did not read, from the log of messages to a real mail server.</summary>
public sealed class DigestTests : IAsyncLifetime
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private MailReceiver _receiver = null!;
    private ChatHost _host = null!;
    private Actor _bob = null!;
    private Actor _cid = null!;
    private string _address = "127.0.0.1";

    public async ValueTask InitializeAsync()
    {
        _receiver = await MailReceiver.StartAsync();
        _host = await ChatHost.StartAsync(ByMail);
        await BeganAsync();
        _bob = await _host.AddAsync("Bob");
        _cid = await _host.AddAsync("Cid");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task Mention_Unread_ComesAfterTheChosenTime_WithBothBodiesAndLinks()
    {
        var message = await SayAsync("hello **@Bob**, <b>look</b>");
        await NotedAsync(1);
        await PassAsync(TimeSpan.FromMinutes(58));
        Assert.Empty(_receiver.Mails);
        await PassAsync(TimeSpan.FromMinutes(4));
        var mail = Assert.Single(await _receiver.ReceivesAsync());

        Assert.Equal(("Bob", "Bob@example.com"), (mail.Message.To.Mailboxes.Single().Name, mail.Recipients[0]));
        Assert.Equal(("1 unread message in # General · Harbour", $"digest-{_bob.UserId}-{message.Id}@example.com"), (mail.Message.Subject, mail.Message.MessageId));
        Assert.Contains("Ann</b>&ensp;2 Jan, 03:04", mail.Html, StringComparison.Ordinal);
        Assert.Contains("hello @Bob, &lt;b&gt;look&lt;/b&gt;", mail.Html, StringComparison.Ordinal);
        Assert.Contains("Ann, 2 Jan, 03:04\n  hello @Bob, <b>look</b>", mail.Text, StringComparison.Ordinal);
        Assert.Equal(
            [$"https://chat.example.com/rooms/{_host.General}/{message.Id}", $"https://chat.example.com/rooms/{_host.General}/{message.Id}", "https://chat.example.com/account/notifications", Unsubscribe(mail)],
            mail.Links);
        Assert.All(mail.Links, link => Assert.Contains(link, mail.Text, StringComparison.Ordinal));
        Assert.Equal($"<{Unsubscribe(mail)}>", mail.Header("List-Unsubscribe"));
        Assert.Equal("List-Unsubscribe=One-Click", mail.Header("List-Unsubscribe-Post"));
        await NotedAsync(0);
    }

    [Fact]
    public async Task WhatConcernsThem_ComesInOneEmail_TheRestDoesNot()
    {
        var bot = await _host.Get<BotService>().CreateAsync(_host.Ann, "Helper");
        await _host.Memberships.AddAsync(_host.Ann, _host.General, [bot.Id]);
        var own = await _host.Messages.PostAsync(_bob, _host.General, "mine, @Bob and @Helper");
        await SayAsync("nothing for anybody");
        await _host.Messages.PostAsync(_host.Ann, _host.General, "an answer", replyToId: own.Id);
        await SayAsync("@all, for everybody");
        await SayAsync("@here, for who is here");
        var direct = await _host.Rooms.OpenDirectAsync(_cid, [_bob.UserId]);
        await _host.Messages.PostAsync(_cid, direct, "just for you");

        // Bob: the answer, the call and the direct message. Cid: the call. Nobody: the bot and those who said it.
        await NotedAsync(4);
        await PassAsync(2 * Hour);
        var mails = (await _receiver.ReceivesAsync(2)).OrderBy(m => m.Recipients[0]).ToArray();
        Assert.Equal(["Bob@example.com", "Cid@example.com"], mails.Select(m => m.Recipients[0]));
        Assert.Equal("3 unread messages in 2 conversations · Harbour", mails[0].Message.Subject);
        Assert.Equal("1 unread message in # General · Harbour", mails[1].Message.Subject);
        Assert.Contains("# General\nhttps://chat.example.com/rooms/", mails[0].Text, StringComparison.Ordinal);
        Assert.Contains($"\nCid\nhttps://chat.example.com/rooms/{direct}/", mails[0].Text, StringComparison.Ordinal);
        foreach (var text in new[] { "an answer", "for everybody", "just for you" })
        {
            Assert.Contains(text, mails[0].Text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("nothing for anybody", mails[0].Raw, StringComparison.Ordinal);
        await PassAsync(3 * Hour);
        Assert.Equal(2, _receiver.Mails.Count);
    }

    [Theory]
    [InlineData("read")]
    [InlineData("deleted")]
    [InlineData("left")]
    [InlineData("blocked who said it")]
    [InlineData("muted")]
    [InlineData("wants nothing of the room")]
    [InlineData("wants no e-mail")]
    [InlineData("is not named any more")]
    [InlineData("ended")]
    public async Task WhatChangedMeanwhile_SendsNothing(string change)
    {
        var message = await SayAsync("@Bob and @Cid");
        await NotedAsync(2);
        var settings = _host.Get<NotificationService>();
        switch (change)
        {
            case "read":
                await _host.Pointers.AdvanceAsync(_bob, _host.General, message.Seq);
                await _host.Pointers.StoreAsync();
                break;
            case "deleted":
                await _host.Messages.DeleteAsync(_host.Ann, message.Id);
                break;
            case "left":
                await _host.Memberships.LeaveAsync(_bob, _host.General);
                break;
            case "blocked who said it":
                await _host.Get<BlockService>().BlockAsync(_bob, _host.Ann.UserId);
                break;
            case "muted":
                await settings.MuteAsync(_bob, _host.General, _host.Time.GetUtcNow() + 12 * Hour);
                break;
            case "wants nothing of the room":
                await settings.SetLevelAsync(_bob, _host.General, NotifyLevel.Nothing);
                break;
            case "wants no e-mail":
                await settings.SaveAsync(_bob, await settings.GetAsync(_bob) with { EmailAfterMinutes = null });
                break;
            case "is not named any more":
                await _host.Messages.EditAsync(_host.Ann, message.Id, "@Cid alone");
                break;
            default:
                _host.Execute($"UPDATE Users SET LockoutEnd = {ActivePeople.Forever.ToUnixTimeMilliseconds()} WHERE Id = {_bob.UserId}");
                break;
        }

        await PassAsync(2 * Hour);
        await NotedAsync(0);
        Assert.Equal(change == "deleted" ? [] : ["Cid@example.com"], _receiver.Mails.Select(m => m.Recipients[0]));
    }

    [Fact]
    public async Task ReadAMomentAgo_IsSettled()
    {
        var message = await SayAsync("@Bob");
        await NotedAsync(1);
        _host.Execute("UPDATE Messages SET SentAt = 0");
        var reader = _host.Get<DigestReader>();
        await using var db = await _host.OpenAsync();
        Assert.Equal([message.Id], (await reader.OfAsync(db, _bob.UserId)).Told);

        // In memory still: the pointer is stored a second later.
        _host.Pointers.Advance(_bob.UserId, _host.General, message.Seq);
        Assert.Equal([message.Id], (await reader.OfAsync(db, _bob.UserId)).Settled);
    }

    [Theory]
    [InlineData("muted")]
    [InlineData("wants nothing of the room")]
    [InlineData("wants no e-mail")]
    [InlineData("wants mentions only")]
    public async Task WhatTheyWant_DecidesWhatIsNoted(string wish)
    {
        var direct = await _host.Rooms.OpenDirectAsync(_cid, [_bob.UserId]);
        var settings = _host.Get<NotificationService>();
        switch (wish)
        {
            case "muted":
                await settings.MuteAsync(_bob, direct, _host.Time.GetUtcNow() + 12 * Hour);
                break;
            case "wants nothing of the room":
                await settings.SetLevelAsync(_bob, direct, NotifyLevel.Nothing);
                break;
            case "wants no e-mail":
                await settings.SaveAsync(_bob, await settings.GetAsync(_bob) with { EmailAfterMinutes = null });
                break;
            default:
                await settings.SetLevelAsync(_bob, direct, NotifyLevel.Mentions);
                break;
        }

        await _host.Messages.PostAsync(_cid, direct, "for you");
        var named = await _host.Messages.PostAsync(_cid, direct, "for you, @Bob");

        // Who comes after them in the log is noted, and so they have been looked at.
        await SayAsync("@Cid");
        await PassAsync(DigestSender.Round);
        Assert.Equal(1L, _host.Scalar<long>($"SELECT COUNT(*) FROM DigestItems WHERE UserId = {_cid.UserId}"));
        Assert.Equal(
            wish == "wants mentions only" ? named.Id : 0,
            _host.Scalar<long>($"SELECT COALESCE(SUM(MessageId), 0) FROM DigestItems WHERE UserId = {_bob.UserId}"));
    }

    [Fact]
    public async Task Often_ComesOnceAnHourAtTheMost()
    {
        await SetDelayAsync(_bob, 15);
        for (var i = 0; i < 6; i++)
        {
            await SayAsync($"@Bob, number {i}");
            await PassAsync(TimeSpan.FromMinutes(20));
        }

        // After 20 minutes the first; after 80 the next four; the last waits.
        var mails = await _receiver.ReceivesAsync(2);
        Assert.Equal(["1 unread message in # General · Harbour", "3 unread messages in # General · Harbour"], mails.Select(m => m.Message.Subject));
        Assert.Equal(2, mails.Select(m => m.Message.MessageId).Distinct().Count());
        await PassAsync(TimeSpan.FromMinutes(21));
        Assert.Equal("2 unread messages in # General · Harbour", (await _receiver.ReceivesAsync(3))[2].Message.Subject);
    }

    [Fact]
    public async Task WhoIsHere_GetsItWhenTheyAreGone()
    {
        using (_host.Chat.Connect(_bob, ConnectionKind.Circuit))
        {
            await SayAsync("@Bob and @Cid");
            await NotedAsync(2);
            await PassAsync(2 * Hour);
            Assert.Equal(["Cid@example.com"], (await _receiver.ReceivesAsync()).Select(m => m.Recipients[0]));
        }

        await PassAsync(TimeSpan.FromMinutes(2));
        Assert.Equal("Bob@example.com", (await _receiver.ReceivesAsync(2))[1].Recipients[0]);
    }

    [Fact]
    public async Task Restart_LosesNothing_AndSendsNothingTwice()
    {
        await SayAsync("@Bob");
        await NotedAsync(1);
        _host = await RestartAsync();
        await PassAsync(2 * Hour);
        await _receiver.ReceivesAsync();
        await NotedAsync(0);
        _host = await RestartAsync();
        await PassAsync(3 * Hour);
        Assert.Single(_receiver.Mails);
    }

    [Fact]
    public async Task SentButNotNoted_IsSentAgainUnderTheSameId()
    {
        var message = await SayAsync("@Bob");
        await NotedAsync(1);
        await PassAsync(2 * Hour);
        await _receiver.ReceivesAsync();
        await NotedAsync(0);

        // As a process leaves it that ended after the mail server had taken the e-mail.
        _host.Execute($"INSERT INTO DigestItems (UserId, MessageId) VALUES ({_bob.UserId}, {message.Id}); UPDATE NotificationSettings SET LastEmailAt = NULL");
        _host = await RestartAsync();
        await PassAsync(TimeSpan.FromMinutes(2));
        Assert.Single((await _receiver.ReceivesAsync(2)).Select(m => m.Message.MessageId).Distinct());
    }

    [Fact]
    public async Task Server_DownThenUp_GetsEverythingOnce()
    {
        await SayAsync("@Bob and @Cid");
        await NotedAsync(2);
        await _receiver.DisposeAsync();
        await PassAsync(2 * Hour);
        Assert.True(Failures >= 2);
        Assert.All(_host.Log.Lines, l => Assert.DoesNotContain("@", l.Text, StringComparison.Ordinal));
        await NotedAsync(2);

        _receiver = await _receiver.AgainAsync();
        await PassAsync(2 * Hour);
        Assert.Equal(["Bob@example.com", "Cid@example.com"], (await _receiver.ReceivesAsync(2)).Select(m => m.Recipients[0]).Order());
        await NotedAsync(0);
        await PassAsync(2 * Hour);
        Assert.Equal(2, _receiver.Mails.Count);
    }

    [Fact]
    public async Task Address_ThatIsRefused_IsTriedOnce_AndHoldsUpNobody()
    {
        _host.Execute($"UPDATE Users SET Email = 'refused@example.com' WHERE Id = {_bob.UserId}");
        await SayAsync("@Bob and @Cid");
        await NotedAsync(2);
        await PassAsync(2 * Hour);
        Assert.Equal(["Cid@example.com"], (await _receiver.ReceivesAsync()).Select(m => m.Recipients[0]));
        await NotedAsync(0);
        await PassAsync(5 * Hour);
        Assert.Equal(1, Failures);
    }

    [Fact]
    public async Task Address_ThatIsBusy_IsTriedAgainLater_AndHoldsUpNobody()
    {
        _host.Execute($"UPDATE Users SET Email = 'busy@example.com' WHERE Id = {_bob.UserId}");
        await SayAsync("@Bob and @Cid");
        await NotedAsync(2);
        await PassAsync(2 * Hour);
        Assert.Equal(["Cid@example.com"], (await _receiver.ReceivesAsync()).Select(m => m.Recipients[0]));
        _host.Execute($"UPDATE Users SET Email = 'bob@example.com' WHERE Id = {_bob.UserId}");
        await PassAsync(2 * Hour);
        Assert.Equal("bob@example.com", (await _receiver.ReceivesAsync(2))[1].Recipients[0]);
    }

    [Fact]
    public async Task Server_DownForAWeek_IsGivenUp()
    {
        await SayAsync("@Bob");
        await NotedAsync(1);
        await _receiver.DisposeAsync();
        await PassAsync(TimeSpan.FromDays(8));
        await NotedAsync(0);
        _receiver = await _receiver.AgainAsync();
        await PassAsync(2 * Hour);
        Assert.Empty(_receiver.Mails);
    }

    [Fact]
    public async Task TurnedOff_ForgetsEverything_AndTurnedOnStartsAtTheEnd()
    {
        await SayAsync("@Bob, before");
        await NotedAsync(1);
        _address = "";
        _host = await RestartAsync();
        await SayAsync("@Bob, meanwhile");
        await Wait.Until(() => _host.Scalar<long>("SELECT COUNT(*) FROM DigestItems") + Cursors == 0);
        _address = "127.0.0.1";
        _host = await RestartAsync();
        await BeganAsync();
        await SayAsync("@Bob, after");
        await NotedAsync(1);
        await PassAsync(2 * Hour);
        Assert.Contains("@Bob, after", Assert.Single(await _receiver.ReceivesAsync()).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("before", _receiver.Mails.First().Text, StringComparison.Ordinal);
        Assert.DoesNotContain("meanwhile", _receiver.Mails.First().Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_AreShownUpToTheNewestTwenty()
    {
        for (var i = 1; i <= 25; i++)
        {
            await SayAsync($"@Bob, number {i:00}");
        }

        await NotedAsync(25);
        await PassAsync(2 * Hour);
        var mail = Assert.Single(await _receiver.ReceivesAsync());
        Assert.Equal("25 unread messages in # General · Harbour", mail.Message.Subject);
        Assert.Contains("5 earlier messages", mail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("number 05", mail.Text, StringComparison.Ordinal);
        Assert.Contains("number 06", mail.Text, StringComparison.Ordinal);
        Assert.Contains("number 25", mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhoWantsNoText_ReadsHowMuchAndWhere()
    {
        var settings = _host.Get<NotificationService>();
        await settings.SaveAsync(_bob, await settings.GetAsync(_bob) with { ShowsText = false, TimeZone = "Asia/Tokyo" });
        var direct = await _host.Rooms.OpenDirectAsync(_cid, [_bob.UserId]);
        await SayAsync("a secret of @Bob");
        await _host.Messages.PostAsync(_cid, direct, "another secret");
        await NotedAsync(2);
        await PassAsync(2 * Hour);
        var mail = Assert.Single(await _receiver.ReceivesAsync());
        Assert.DoesNotContain("secret", mail.Raw, StringComparison.Ordinal);
        Assert.DoesNotContain("Cid", mail.Text + mail.Html + mail.Message.Subject, StringComparison.Ordinal);
        Assert.DoesNotContain("Ann", mail.Text + mail.Html + mail.Message.Subject, StringComparison.Ordinal);
        Assert.Contains("# General\n", mail.Text, StringComparison.Ordinal);
        Assert.Contains("A direct conversation\n", mail.Text, StringComparison.Ordinal);
        Assert.Contains("1 message\n", mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Times_AreThoseOfTheirZone()
    {
        var settings = _host.Get<NotificationService>();
        await settings.SaveAsync(_bob, await settings.GetAsync(_bob) with { TimeZone = "Asia/Tokyo" });
        await SayAsync("@Bob");
        await NotedAsync(1);
        await PassAsync(2 * Hour);
        var mail = Assert.Single(await _receiver.ReceivesAsync());
        Assert.Contains("Ann, 2 Jan, 12:04", mail.Text, StringComparison.Ordinal);
        Assert.Contains("Times are those of Asia/Tokyo.", mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnsubscribeAsync_EndsThem_ForTheOneWhoseLinkItIs()
    {
        var links = _host.Get<UnsubscribeLinks>();
        var token = links.For(_bob.UserId).Split("token=")[1];
        await SayAsync("@Bob and @Cid");
        await NotedAsync(2);
        Assert.True(links.IsValid(token));
        foreach (var bad in new[] { null, "", "x", token + "x", token[..^2], "\ud800", new string('x', 5_000) })
        {
            Assert.False(links.IsValid(bad));
            Assert.False(await links.UnsubscribeAsync(bad));
        }

        using var ear = _host.Listen(_bob);
        Assert.True(await links.UnsubscribeAsync(token));
        Assert.True(await links.UnsubscribeAsync(token));
        await ear.HearsAsync<NotificationsChanged>();
        Assert.Null((await _host.Get<NotificationService>().GetAsync(_bob)).EmailAfterMinutes);
        Assert.Equal(60, (await _host.Get<NotificationService>().GetAsync(_cid)).EmailAfterMinutes);
        await PassAsync(2 * Hour);
        Assert.Equal(["Cid@example.com"], (await _receiver.ReceivesAsync()).Select(m => m.Recipients[0]));
    }

    private int Failures => _host.Log.Lines.Count(l => l.Text.Contains("e-mail", StringComparison.OrdinalIgnoreCase));

    private void ByMail(IServiceCollection services) => services.AddMail(new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?>(_receiver.Settings()) { ["Smtp:Host"] = _address }).Build());

    private async Task<ChatHost> RestartAsync()
    {
        var passed = _host.Time.GetUtcNow();
        var host = await _host.RestartAsync(ByMail);
        host.Time.SetUtcNow(passed);
        return host;
    }

    private Task<MessageView> SayAsync(string text) => _host.Messages.PostAsync(_host.Ann, _host.General, text);

    private long Cursors => _host.Scalar<long>("SELECT COUNT(*) FROM LogCursors WHERE Name = 'digest'");

    private Task BeganAsync() => Wait.Until(() => Cursors == 1);

    /// <summary>Lets a round note what was said, and counts what has been noted and not sent.</summary>
    private async Task NotedAsync(int count)
    {
        await PassAsync(DigestSender.Round);
        Assert.Equal(count, _host.Scalar<long>("SELECT COUNT(*) FROM DigestItems"));
    }

    private async Task SetDelayAsync(Actor actor, int minutes)
    {
        var settings = _host.Get<NotificationService>();
        await settings.SaveAsync(actor, await settings.GetAsync(actor) with { EmailAfterMinutes = minutes });
    }

    /// <summary>Lets whole minutes pass, and the round at their end run to its own.</summary>
    private async Task PassAsync(TimeSpan time)
    {
        _host.Time.Advance(time);
        await Wait.Until(() => _host.Get<DigestSender>().LastRoundAt == _host.Time.GetUtcNow());
    }

    private static string Unsubscribe(ReceivedMail mail) =>
        mail.Links.Single(l => l.StartsWith("https://chat.example.com/account/unsubscribe?token=", StringComparison.Ordinal));
}
