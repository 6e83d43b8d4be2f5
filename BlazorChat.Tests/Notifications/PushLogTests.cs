using BlazorChat.Accounts;
using BlazorChat.Notifications;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Notifications;

/// <summary>From a message to what a phone shows, through a push service on this machine.</summary>
public sealed class PushLogTests : IAsyncLifetime
{
    private PushHost _push = null!;

    private ChatHost Chat => _push.Chat;

    public async ValueTask InitializeAsync() => _push = await PushHost.StartAsync();

    public ValueTask DisposeAsync() => _push.DisposeAsync();

    [Fact]
    public async Task Message_IsToldAfterTheGrace_WithItsPlaceAndText()
    {
        var message = await _push.SayAsync("hello **Bob**\n\nhow are you?");
        Chat.Time.Advance(TimeSpan.FromSeconds(2));
        await Task.Yield();
        Assert.Equal(0, _push.Phone.Arrived);

        var shown = Assert.Single(await _push.ShownAsync(1));
        Assert.Equal(
            $$"""{"title":"Ann · # General","body":"hello Bob how are you?","url":"/rooms/{{Chat.General}}/{{message.Id}}","tag":"room-{{Chat.General}}","roomId":{{Chat.General}},"messageId":{{message.Id}},"badge":1}""",
            System.Text.RegularExpressions.Regex.Unescape(shown.Text));
        Assert.Equal("normal", shown.Urgency);
        Assert.InRange(shown.Ttl, 86_300, 86_400);
        Assert.NotEqual("", shown.Topic);
        await _push.StoredAsync(_push.Phone, s => s!.LastSuccessAt is not null);
        Assert.Equal(["hello Bob how are you?"], await _push.ShownUntilTheEndAsync());
    }

    [Fact]
    public async Task Author_IsNotTold_OnAnyDevice()
    {
        await _push.SayAsync("to myself, @Bob", actor: _push.Bob);
        Assert.Empty(await _push.ShownUntilTheEndAsync());
    }

    [Fact]
    public async Task Mention_IsUrgent_AndThePhoneShowsWhereItIs()
    {
        var hidden = await Chat.PrivateAsync(_push.Ann, _push.Bob);
        var direct = await Chat.Rooms.OpenDirectAsync(_push.Ann, [_push.Bob.UserId]);
        await _push.SayAsync("@Bob look", hidden);
        await _push.SayAsync("psst", direct);
        var shown = await _push.ShownAsync(2);
        Assert.Equal(["Ann", "Ann · Hidden"], shown.Select(s => s.Json.GetProperty("title").GetString()!).Order());
        Assert.All(shown, s => Assert.Equal("high", s.Urgency));
        Assert.Equal(2, shown.Select(s => s.Topic).Distinct().Count());
        Assert.All(shown, s => Assert.Equal(2, s.Json.GetProperty("badge").GetInt64()));
    }

    [Fact]
    public async Task VisibleTab_IsNotTold_HiddenOneIs()
    {
        using var tab = _push.Open(_push.Bob, Chat.General);
        await _push.SayAsync("seen");
        await _push.PassAsync(5);
        tab.SetVisible(false);
        Assert.Empty(await _push.ShownUntilTheEndAsync());

        tab.SetVisible(true);
        tab.RoomId = null;
        await _push.SayAsync("while elsewhere");
        Assert.Equal("while elsewhere", (await _push.ShownAsync(2))[1].Json.GetProperty("body").GetString());
    }

    [Fact]
    public async Task TabThatOnlySeemedVisible_IsToldOnceItsConnectionIsFoundDead()
    {
        using var tab = _push.Open(_push.Bob, Chat.General);
        await _push.SayAsync("while the lid was being closed");
        await _push.SayAsync("and a moment later");
        await _push.PassAsync(30);
        tab.SetUp(false);
        Assert.Equal("and a moment later", Assert.Single(await _push.ShownAsync(1)).Json.GetProperty("body").GetString());

        // Who was there all the time, and did not scroll down, is not told.
        tab.SetUp(true);
        await _push.SayAsync("before their eyes");
        await _push.PassAsync(70);
        tab.SetUp(false);
        Assert.Equal(["and a moment later"], await _push.ShownUntilTheEndAsync());
    }

    [Fact]
    public async Task ReadDuringTheGrace_IsNotTold()
    {
        var message = await _push.SayAsync("read at the desk");
        await Chat.Pointers.AdvanceAsync(_push.Bob, Chat.General, message.Seq);
        Assert.Empty(await _push.ShownUntilTheEndAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OfSomebodyWhomTheyBlocked_IsNotTold(bool duringTheGrace)
    {
        var cem = await Chat.AddAsync("Cem");
        if (!duringTheGrace)
        {
            await Chat.Get<BlockService>().BlockAsync(_push.Bob, cem.UserId);
        }

        await _push.SayAsync("unwanted, @Bob", actor: cem);
        if (duringTheGrace)
        {
            await Chat.Get<BlockService>().BlockAsync(_push.Bob, cem.UserId);
        }

        Assert.Empty(await _push.ShownUntilTheEndAsync());
    }

    [Fact]
    public async Task DeletedDuringTheGrace_IsNotTold()
    {
        var message = await _push.SayAsync("a slip");
        await Chat.Messages.DeleteAsync(_push.Ann, message.Id);
        Assert.Empty(await _push.ShownUntilTheEndAsync());
    }

    [Fact]
    public async Task ReadOnOneDevice_CancelsWhatAnotherIsToBeTriedAgain()
    {
        _push.Phone.AnswerWith(PushScript.Status(500), PushScript.Created);
        var message = await _push.SayAsync("first in vain");
        await _push.RetriesAsync(r => r.Length == 1);
        await Chat.Pointers.AdvanceAsync(_push.Bob, Chat.General, message.Seq);
        Assert.Empty(await _push.ShownUntilTheEndAsync());
        await _push.RetriesAsync(r => r.Length == 0);
    }

    [Fact]
    public async Task RemovedWhileThePushServiceStalls_GetsNothing()
    {
        var hidden = await Chat.PrivateAsync(_push.Ann, _push.Bob);
        _push.Phone.AnswerWith(PushScript.Stall, PushScript.Created);
        await _push.SayAsync("a secret", hidden);
        await _push.UntilAsync(() => _push.Phone.Arrived == 1);
        await _push.SayAsync("another secret", hidden);
        await Chat.Memberships.RemoveAsync(_push.Ann, hidden, _push.Bob.UserId);
        Assert.Empty(await _push.ShownUntilTheEndAsync());
        await _push.RetriesAsync(r => r.Length == 0);
        Assert.Equal(2, _push.Phone.Arrived);
    }

    [Fact]
    public async Task EndedSession_IsToldNothing_AndItsBrowserIsForgotten()
    {
        var other = _push.Service.NewBrowser();
        await _push.AllowAsync(await Chat.SignInAsync(_push.Bob.UserId), other);
        await Chat.Sessions.EndAsync(_push.Bob, _push.Bob.SessionId);
        await _push.SayAsync("after signing out");
        Assert.Equal(["after signing out"], await _push.ShownUntilTheEndAsync(browser: other));
        Assert.Equal(0, _push.Phone.Arrived);
        await _push.Subscriptions.TidyAsync();
        Assert.Null(await _push.StoredAsync(_push.Phone));
        Assert.NotNull(await _push.StoredAsync(other));
    }

    [Fact]
    public async Task TokenOfOneRoom_IsToldOfThatRoomOnly()
    {
        var elsewhere = await Chat.Rooms.CreateAsync(_push.Ann, "Elsewhere", RoomKind.Public, memberIds: [_push.Bob.UserId]);
        var token = await Chat.Get<BlazorChat.Accounts.Tokens.TokenService>().CreateAsync(_push.Bob, "phone", BlazorChat.Accounts.Tokens.Scope.Read, elsewhere);
        var actor = (await Chat.Get<BlazorChat.Accounts.Tokens.TokenRegistry>().FindAsync(token.Token))!.Actor;
        var phone = _push.Service.NewBrowser();
        await _push.AllowAsync(actor, phone);
        await _push.SayAsync("in General");
        await _push.SayAsync("in Elsewhere", elsewhere);
        await _push.ShownAsync(2);
        Assert.Equal("in Elsewhere", Assert.Single(await _push.ShownAsync(1, phone)).Json.GetProperty("body").GetString());
    }

    [Fact]
    public async Task Levels_MutesAndCallouts_Hold()
    {
        await _push.Choices.SetLevelAsync(_push.Bob, Chat.General, NotifyLevel.Mentions);
        await _push.SayAsync("no");
        await _push.SayAsync("yes, @Bob");
        await _push.PassAsync(5);
        var own = await _push.SayAsync("mine", actor: _push.Bob);
        await Chat.Messages.PostAsync(_push.Ann, Chat.General, "yes, a reply", replyToId: own.Id);
        await _push.PassAsync(5);
        await _push.SayAsync("yes, @all");
        await _push.PassAsync(5);
        await _push.SayAsync("no, @here");
        await _push.PassAsync(5);
        await _push.Choices.MuteAsync(_push.Bob, Chat.General, Chat.Time.GetUtcNow().AddSeconds(8));
        await _push.SayAsync("no, @Bob");
        await _push.PassAsync(9);
        Assert.Equal(["yes, @Bob", "yes, a reply", "yes, @all"], await _push.ShownUntilTheEndAsync());
    }

    [Fact]
    public async Task QuietHours_HoldNothingUp_AndLetNothingThrough()
    {
        await _push.Choices.SaveAsync(_push.Bob, await _push.Choices.GetAsync(_push.Bob) with { QuietFrom = new TimeOnly(3, 0), QuietUntil = new TimeOnly(3, 10) });
        await _push.SayAsync("at night");
        await _push.PassAsync(5);
        Chat.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Empty(await _push.ShownUntilTheEndAsync());
    }

    [Fact]
    public async Task WithoutText_OnlyTheRoomIsNamed()
    {
        await _push.Choices.SaveAsync(_push.Bob, await _push.Choices.GetAsync(_push.Bob) with { ShowsText = false });
        await _push.SayAsync("the secret word");
        var json = Assert.Single(await _push.ShownAsync(1)).Json;
        Assert.Equal(("Harbour", "New message in # General"), (json.GetProperty("title").GetString(), json.GetProperty("body").GetString()));
    }

    [Fact]
    public async Task SeveralOfARoom_ComeInOrder_TheNewestLast()
    {
        for (var i = 1; i <= 5; i++)
        {
            await _push.SayAsync($"number {i}");
            Chat.Time.Advance(TimeSpan.FromMilliseconds(300));
        }

        await _push.UntilAsync(() => _push.Phone.Shown.Any(s => s.Text.Contains("number 5", StringComparison.Ordinal)));
        var ids = _push.Phone.Shown.Select(s => s.Json.GetProperty("messageId").GetInt64()).ToArray();
        Assert.Equal(ids.Order(), ids);
        Assert.Single(_push.Phone.Shown.Select(s => s.Topic).Distinct());
    }

    [Theory]
    [InlineData(404)]
    [InlineData(410)]
    public async Task Gone_ForgetsTheBrowser(int status)
    {
        _push.Phone.AnswerWith(PushScript.Status(status));
        await _push.SayAsync("anybody there?");
        await _push.StoredAsync(_push.Phone, s => s is null);
        Assert.Equal(1, _push.Phone.Arrived);
        Assert.Empty(await _push.RetriesAsync());
    }

    [Fact]
    public async Task TooLarge_IsSentAgainWithoutText()
    {
        _push.Phone.AnswerWith(PushScript.Status(413), PushScript.Created);
        await _push.SayAsync("much");
        Assert.Equal("", Assert.Single(await _push.ShownAsync(1)).Json.GetProperty("body").GetString());
    }

    [Fact]
    public async Task TooMany_IsTriedAgainWhenThePushServiceSays_AndNotEarlierForAnotherRoom()
    {
        var elsewhere = await Chat.Rooms.CreateAsync(_push.Ann, "Elsewhere", RoomKind.Public, memberIds: [_push.Bob.UserId]);
        _push.Phone.AnswerWith(PushScript.Status(429, null, ("Retry-After", "60")), PushScript.Created);
        await _push.SayAsync("patience");
        await _push.RetriesAsync(r => r is [{ Attempts: 1 }]);
        var asked = Chat.Time.GetUtcNow();
        await _push.SayAsync("in the other room", elsewhere);
        await _push.RetriesAsync(r => r.Length == 2);
        Assert.Equal(1, _push.Phone.Arrived);

        await _push.ShownAsync(2);
        Assert.InRange(Chat.Time.GetUtcNow() - asked, TimeSpan.FromSeconds(59), TimeSpan.FromSeconds(90));
        await _push.RetriesAsync(r => r.Length == 0);
    }

    [Fact]
    public async Task Failing_IsTriedAgain_WithTheNewestOfTheRoom()
    {
        _push.Phone.AnswerWith(PushScript.Status(503), PushScript.Status(500), PushScript.Created);
        await _push.SayAsync("the first");
        await _push.RetriesAsync(r => r is [{ Attempts: 2 }]);
        Assert.NotNull((await _push.StoredAsync(_push.Phone))!.LastError);
        await _push.SayAsync("the second");
        Assert.Equal("the second", Assert.Single(await _push.ShownAsync(1)).Json.GetProperty("body").GetString());
        await _push.RetriesAsync(r => r.Length == 0);
    }

    [Fact]
    public async Task ClosedPortAndStall_DelayNobodyElse()
    {
        var closed = _push.Service.NewBrowserAtAClosedPort();
        await using var stalling = await PushService.StartAsync();
        stalling.Time = Chat.Time;
        for (var i = 0; i < 40; i++)
        {
            var dead = stalling.NewBrowser();
            dead.AnswerWith(PushScript.Stall);
            var carol = await Chat.AddAsync($"Carol {i}");
            await _push.AllowAsync(carol, dead);
        }

        await _push.AllowAsync(_push.Bob, closed);
        await _push.SayAsync("for the living");
        await stalling.Browsers.First().ArrivedAsync(0);
        await _push.UntilAsync(() => stalling.Browsers.Any(b => b.Arrived > 0));
        Assert.Single(await _push.ShownAsync(1));
        await _push.StoredAsync(closed, s => s!.LastError is not null);
    }

    [Fact]
    public async Task Restart_DuringTheGrace_AndWithARetry_LosesNothing()
    {
        var hidden = await Chat.PrivateAsync(_push.Ann, _push.Bob);
        _push.Phone.AnswerWith(PushScript.Status(500), PushScript.Created);
        await _push.SayAsync("tried once", hidden);
        await _push.RetriesAsync(r => r.Length == 1);
        await _push.SayAsync("not yet looked at");
        await _push.RestartAsync();
        var shown = await _push.ShownAsync(2);
        Assert.Equal(["not yet looked at", "tried once"], shown.Select(s => s.Json.GetProperty("body").GetString()!).Order());
    }

    [Fact]
    public async Task WhatWasSaidBeforeABrowserWasAllowed_IsNotForIt()
    {
        await _push.SayAsync("before");
        Chat.Time.Advance(TimeSpan.FromMilliseconds(10));
        var tablet = _push.Service.NewBrowser();
        await _push.AllowAsync(_push.Bob, tablet);
        await _push.ShownAsync(1);
        Assert.Empty(await _push.ShownUntilTheEndAsync(browser: tablet));
    }
}
