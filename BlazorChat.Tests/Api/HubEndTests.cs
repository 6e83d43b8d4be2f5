using System.Net;
using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Api;
using Microsoft.AspNetCore.SignalR.Client;

namespace BlazorChat.Tests.Api;

/// <summary>What ends long-lived connections, and how soon. Alone, because it takes the time.</summary>
[CollectionDefinition("Api, by the clock", DisableParallelization = true)]
public sealed class ApiClockCollection : ICollectionFixture<ApiSite>;

/// <summary>A connection lives no longer than the right to it.</summary>
[Collection("Api, by the clock")]
public sealed class HubEndTests(ApiSite site)
{
    [Fact]
    public async Task RevokedToken_EndsItsConnections_AndNoOthers()
    {
        using var bob = await site.JoinAsync("Bob");
        using var other = await site.ClientAsync(bob.Actor, Scope.Read, bob.Name);
        await using var hub = await bob.ConnectAsync();
        await using var pack = await bob.ConnectAsync(messagePack: true);
        await using var stays = await other.ConnectAsync();
        Task<TimeSpan>[] ended = [TokenTests.Ended(hub), TokenTests.Ended(pack)];
        await site.Tokens.RevokeAsync(bob.Actor, bob.TokenId);
        await TokenTests.WithinTwoSecondsAsync(ended[0]);
        await TokenTests.WithinTwoSecondsAsync(ended[1]);
        (await bob.GetAsync("/api/me")).Problem(HttpStatusCode.Unauthorized);
        await Assert.ThrowsAsync<HttpRequestException>(() => bob.ConnectAsync());
        await stays.InvokeAsync<JoinedBody>("JoinRoom", site.General);
    }

    [Fact]
    public async Task SignedOutEverywhereByAnAdministrator_OrANewPassword_EndEveryToken()
    {
        foreach (var end in (Func<ApiClient, Task>[])
            [
                who => site.Get<PersonSessions>().EndAllAsync(site.Ann, who.Actor.UserId),
                who => site.Get<ProfileService>().ChangePasswordAsync(who.Actor, ApiSite.Password, "another long phrase"),
            ])
        {
            using var bob = await site.JoinAsync("Bob");
            using var phone = site.Nobody();
            var tokens = (await phone.PostAsync("/api/auth/login", new { email = ApiSite.EmailOf(bob.Name), password = ApiSite.Password })).Ok();
            phone.Token = tokens.GetProperty("accessToken").GetString();
            await using var byToken = await bob.ConnectAsync();
            await using var byAccess = await phone.ConnectAsync();
            Task<TimeSpan>[] ended = [TokenTests.Ended(byToken), TokenTests.Ended(byAccess)];
            await end(bob);
            await TokenTests.WithinTwoSecondsAsync(ended[0]);
            await TokenTests.WithinTwoSecondsAsync(ended[1]);
            (await bob.GetAsync("/api/me")).Problem(HttpStatusCode.Unauthorized);
            (await phone.GetAsync("/api/me")).Problem(HttpStatusCode.Unauthorized);
            (await phone.PostAsync("/api/auth/refresh", new { refreshToken = tokens.GetProperty("refreshToken").GetString() })).Problem(HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task ExpiredToken_EndsItsConnection_AndOpensNothingMore()
    {
        using var bob = await site.JoinAsync("Bob");
        var expiry = TimeProvider.System.GetUtcNow().AddSeconds(4);
        using var brief = await site.ClientAsync(bob.Actor, Scope.Read, bob.Name, expiresAt: expiry);
        await using var hub = await brief.ConnectAsync();
        var ended = TokenTests.Ended(hub);
        (await brief.GetAsync("/api/me")).Ok();
        await Wait.UntilAsync(async () =>
        {
            await Task.Delay(10);
            return (await brief.GetAsync("/api/me")).Status == HttpStatusCode.Unauthorized;
        });
        Assert.True(TimeProvider.System.GetUtcNow() >= expiry);
        await TokenTests.WithinTwoSecondsAsync(ended);
        await Assert.ThrowsAsync<HttpRequestException>(() => brief.ConnectAsync());
    }

    [Fact]
    public async Task RemovedMember_OpenConnection_HearsNothingMore_NorAfterReconnecting()
    {
        using var bob = await site.JoinAsync("Bob");
        using var former = await site.JoinAsync("Former");
        var room = await site.PrivateRoomAsync(bob, former);
        using var hub = await former.RawAsync();
        await hub.InvokeAsync("JoinRoom", room);
        await hub.InvokeAsync("JoinRoom", site.General);
        await bob.SayAsync(room, "before");
        await hub.HearsAsync("newMessage");
        (await bob.DeleteAsync($"/api/rooms/{room}/members/{former.Actor.UserId}")).NoContent();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => bob.SayAsync(room, $"zebrafish {i}")));
        using var typist = await bob.RawAsync();
        await typist.InvokeAsync("Typing", room);
        Assert.NotEqual("", await hub.RefusedAsync("JoinRoom", room));
        Assert.NotEqual("", await hub.RefusedAsync("GetMessages", room, 0, 100));
        using var again = await former.RawAsync();
        Assert.NotEqual("", await again.RefusedAsync("JoinRoom", room));
        await again.InvokeAsync("JoinRoom", site.General);

        // What is said last elsewhere has come, and so would have what was said before.
        var mark = $"the end {Guid.NewGuid():N}";
        await bob.SayAsync(site.General, mark);
        foreach (var connection in (RawHub[])[hub, again])
        {
            await connection.HearsAsync("newMessage", m => m.GetProperty("text").GetString() == mark);
            Assert.DoesNotContain(connection.Records, r => r.Contains("zebrafish", StringComparison.Ordinal));
            Assert.Empty(connection.Heard("typing"));
        }

        Assert.Single(hub.Heard("removedFromRoom"));
    }

    [Fact]
    public async Task SlowClient_HoldsUpNobody_IsToldToResync_AndCatchesUp()
    {
        const int Count = 500;
        using var bob = await site.JoinAsync("Bob");
        using var eve = await site.JoinAsync("Eve");
        var room = await site.PrivateRoomAsync(bob, eve);
        using var slow = await eve.RawAsync(receiveBuffer: 4_096);
        using var quick = await eve.RawAsync();
        await slow.InvokeAsync("JoinRoom", room);
        await quick.InvokeAsync("JoinRoom", room);
        slow.Pause();
        var padding = new string('x', 9_900);
        for (var batch = 0; batch < Count; batch += 50)
        {
            await Task.WhenAll(Enumerable.Range(batch, 50).Select(i => bob.SayAsync(room, $"{i} {padding}")));
            await Wait.Until(() => quick.Heard("newMessage").Count >= batch + 50);
        }

        Assert.Equal(Enumerable.Range(1, Count).Select(i => (long)i), quick.Heard("newMessage").Select(Seq));
        Assert.Empty(quick.Heard("resync"));
        slow.Resume();
        Assert.Equal($$"""{"roomId":{{room}}}""", (await slow.HearsAsync("resync")).GetRawText());
        var heard = slow.Heard("newMessage").Select(Seq).ToList();
        Assert.True(heard.Count < Count, "It was not slow enough to prove anything.");
        Assert.Equal(heard.Order().Distinct(), heard);
        Assert.Equal(Count, await CatchUpAsync(slow, room, 0));

        // And then it is as quick as anybody.
        await bob.SayAsync(room, "and on");
        await slow.HearsAsync("newMessage", m => m.GetProperty("text").GetString() == "and on");
    }

    [Fact]
    public async Task Reconnecting_CatchesUpWithWhatWasMissed_ByGetMessages()
    {
        const int Count = 450;
        using var bob = await site.JoinAsync("Bob");
        using var eve = await site.JoinAsync("Eve");
        var room = await site.PrivateRoomAsync(bob, eve);
        long last;
        using (var hub = await eve.RawAsync())
        {
            await hub.InvokeAsync("JoinRoom", room);
            await bob.SayAsync(room, "before");
            last = Seq(await hub.HearsAsync("newMessage"));
        }

        await Task.WhenAll(Enumerable.Range(0, Count).Select(i => bob.SayAsync(room, $"missed {i}")));
        using var again = await eve.RawAsync();
        Assert.Equal(last + Count, (await again.InvokeAsync("JoinRoom", room)).GetProperty("lastSeq").GetInt64());
        Assert.Equal(Count, await CatchUpAsync(again, room, last));
    }

    /// <summary>Fetches page by page what comes after a message; returns how many came, none twice and none left out.</summary>
    private static async Task<int> CatchUpAsync(RawHub hub, long room, long after)
    {
        for (var count = 0; ;)
        {
            var page = await hub.InvokeAsync("GetMessages", room, after, 100);
            foreach (var message in page.GetProperty("messages").EnumerateArray())
            {
                Assert.Equal(++after, Seq(message));
                count++;
            }

            if (!page.GetProperty("hasMore").GetBoolean())
            {
                return count;
            }
        }
    }

    private static long Seq(System.Text.Json.JsonElement message) => message.GetProperty("seq").GetInt64();
}
