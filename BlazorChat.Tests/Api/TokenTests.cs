using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Tests.Accounts;
using Microsoft.AspNetCore.SignalR.Client;

namespace BlazorChat.Tests.Api;

/// <summary>What a token opens and what it does not, and what ends it.</summary>
public sealed class TokenTests(ApiSite site) : ApiTest(site)
{
    [Fact]
    public async Task EveryCall_WithoutAValidToken_Is401AndSaysHow()
    {
        using var bob = await Site.JoinAsync("Bob");
        string?[] tokens =
        [
            null, "", "x", "bcp_", bob.Token![..^1], bob.Token + "x", bob.Token.ToUpperInvariant(), "bcp_" + new string('A', 43), "bca_" + bob.Token[4..],
            "bcr_" + bob.Token[4..], "bcp_" + new string('é', 43), bob.Token[..^1] + (bob.Token[^1] == 'A' ? 'B' : 'A'), new string('x', 5_000),
        ];
        using var http = new HttpClient { BaseAddress = Site.Address };
        foreach (var token in tokens)
        {
            foreach (var (method, path) in Calls(Site.General))
            {
                using var request = new HttpRequestMessage(method, path);
                if (token is not null)
                {
                    request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {Uri.EscapeDataString(token)}");
                }

                using var response = await http.SendAsync(request);
                var answer = await ApiAnswer.ReadAsync(response);
                answer.Problem(HttpStatusCode.Unauthorized);
                Assert.Equal("Bearer", Assert.Single(answer.Headers.WwwAuthenticate).Scheme);
            }
        }

        foreach (var scheme in (string[])["Basic", "Token", "bearer:"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/me");
            request.Headers.TryAddWithoutValidation("Authorization", $"{scheme} {bob.Token}");
            using var response = await http.SendAsync(request);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }

        // Not in the address: those are logged by proxies, and only a WebSocket has no other way.
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync($"/api/me?access_token={bob.Token}")).StatusCode);
        (await bob.GetAsync("/api/me")).Ok();
    }

    [Fact]
    public async Task Cookies_OfSomebodySignedIn_OpenNoCall()
    {
        using var bob = await Site.JoinAsync("Bob");
        using var visitor = new SiteVisitor(Site.Address);
        await visitor.SubmitAsync("/account/login", "login", ("Input.Email", ApiSite.EmailOf(bob.Name)), ("Input.Password", ApiSite.Password));
        Assert.Equal(HttpStatusCode.OK, await visitor.GetAsync("/account/manage"));
        foreach (var (method, path) in Calls(Site.General))
        {
            bob.Token = null;
            (await bob.SendAsync(method, path, null, ("Cookie", string.Join("; ", visitor.Cookies.Select(c => $"{c.Key}={c.Value}")))))
                .Problem(HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task ReadToken_Writing_IsForbidden_AndWriteTokenReadingToo()
    {
        using var bob = await Site.JoinAsync("Bob");
        using var eve = await Site.JoinAsync("Eve");
        var room = await Site.PrivateRoomAsync(bob, eve);
        var message = (await bob.SayAsync(room, "x")).GetProperty("id").GetInt64();
        using var reader = await Site.ClientAsync(bob.Actor, Scope.Read, bob.Name);
        using var writer = await Site.ClientAsync(bob.Actor, Scope.Write, bob.Name);
        (await reader.GetAsync($"/api/rooms/{room}/messages")).Ok();
        (await reader.GetAsync("/api/me")).Ok();
        await writer.SayAsync(room, "written");
        (HttpMethod Method, string Path, object? Body)[] writing =
        [
            (HttpMethod.Post, "/api/rooms", new { name = "x", kind = "public" }),
            (HttpMethod.Post, "/api/rooms", new { kind = "direct", memberIds = new[] { eve.Actor.UserId } }),
            (HttpMethod.Post, $"/api/rooms/{room}/join", null),
            (HttpMethod.Post, $"/api/rooms/{room}/leave", null),
            (HttpMethod.Put, $"/api/rooms/{room}/members/{eve.Actor.UserId}", null),
            (HttpMethod.Delete, $"/api/rooms/{room}/members/{eve.Actor.UserId}", null),
            (HttpMethod.Post, $"/api/rooms/{room}/messages", new { text = "x" }),
            (HttpMethod.Post, $"/api/rooms/{room}/read", new { seq = 1 }),
            (HttpMethod.Patch, $"/api/messages/{message}", new { text = "y" }),
            (HttpMethod.Delete, $"/api/messages/{message}", null),
        ];
        foreach (var (method, path, body) in writing)
        {
            Assert.Contains("write", (await reader.SendAsync(method, path, body)).Problem(HttpStatusCode.Forbidden), StringComparison.Ordinal);
        }

        foreach (var path in (string[])["/api/me", "/api/rooms", $"/api/rooms/{room}/messages", $"/api/rooms/{room}/members", "/api/search?q=xyz"])
        {
            Assert.Contains("read", (await writer.GetAsync(path)).Problem(HttpStatusCode.Forbidden), StringComparison.Ordinal);
        }

        using var hub = await reader.RawAsync();
        Assert.Contains("write", await hub.RefusedAsync("SendMessage", room, "x", null), StringComparison.Ordinal);
        Assert.Contains("write", await hub.RefusedAsync("Typing", room), StringComparison.Ordinal);
        Assert.Contains("write", await hub.RefusedAsync("EditMessage", message, "x"), StringComparison.Ordinal);
        Assert.Contains("write", await hub.RefusedAsync("DeleteMessage", message), StringComparison.Ordinal);
        Assert.Contains("write", await hub.RefusedAsync("MarkRead", room, 1), StringComparison.Ordinal);
        using var blind = await writer.RawAsync();
        Assert.NotEqual("", await blind.RefusedAsync("JoinRoom", room));
        Assert.NotEqual("", await blind.RefusedAsync("GetMessages", room, 0, 10));
        await bob.SayAsync(room, "marked-for-readers");
        await blind.InvokeAsync("SendMessage", room, "still writes", null);
        Assert.DoesNotContain(blind.Records, r => r.Contains("marked-for-readers", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AdministratorsToken_WithoutTheScope_HasNoAdministratorsPowers()
    {
        using var bob = await Site.JoinAsync("Bob");
        using var plain = await Site.ClientAsync(Site.Ann, Scope.Read | Scope.Write, "Ann");
        using var full = await Site.ClientAsync(Site.Ann, Scope.Read | Scope.Write | Scope.Admin, "Ann");
        var room = (await bob.PostAsync("/api/rooms", new { name = $"Open of {bob.Name}", kind = "public" })).Ok(HttpStatusCode.Created).GetProperty("id").GetInt64();
        (await plain.PostAsync($"/api/rooms/{room}/join")).NoContent();
        var message = (await bob.SayAsync(room, "x")).GetProperty("id").GetInt64();
        (await plain.DeleteAsync($"/api/messages/{message}")).Problem(HttpStatusCode.Forbidden);
        (await plain.DeleteAsync($"/api/rooms/{room}/members/{bob.Actor.UserId}")).Problem(HttpStatusCode.Forbidden);
        (await full.DeleteAsync($"/api/messages/{message}")).NoContent();
        (await full.DeleteAsync($"/api/rooms/{room}/members/{bob.Actor.UserId}")).NoContent();
    }

    [Fact]
    public async Task TokenOfOneRoom_ElsewhereAnswersAsForARoomThatDoesNotExist()
    {
        using var bob = await Site.JoinAsync("Bob");
        var (room, other) = (await Site.PrivateRoomAsync(bob), await Site.PrivateRoomAsync(bob));
        var message = (await bob.SayAsync(other, "elsewhere")).GetProperty("id").GetInt64();
        using var bot = await Site.ClientAsync(bob.Actor, Scope.Read | Scope.Write, bob.Name, room);
        await bot.SayAsync(room, "at home");
        Assert.Equal([room], (await bot.GetAsync("/api/rooms")).Ok().EnumerateArray().Select(r => r.GetProperty("id").GetInt64()));
        foreach (var hidden in (long[])[other, Site.General])
        {
            Same(await bot.GetAsync($"/api/rooms/{hidden}/messages"), await bot.GetAsync("/api/rooms/987654321/messages"));
            Same(await bot.GetAsync($"/api/rooms/{hidden}/members"), await bot.GetAsync("/api/rooms/987654321/members"));
            Same(await bot.PostAsync($"/api/rooms/{hidden}/messages", new { text = "x" }), await bot.PostAsync("/api/rooms/987654321/messages", new { text = "x" }));
            Same(await bot.PostAsync($"/api/rooms/{hidden}/join"), await bot.PostAsync("/api/rooms/987654321/join"));
            Same(await bot.PostAsync($"/api/rooms/{hidden}/read", new { seq = 1 }), await bot.PostAsync("/api/rooms/987654321/read", new { seq = 1 }));
            Same(await bot.GetAsync($"/api/search?q=elsewhere&roomId={hidden}"), await bot.GetAsync("/api/search?q=elsewhere&roomId=987654321"));
        }

        var edit = await bot.PatchAsync($"/api/messages/{message}", new { text = "x" });
        var delete = await bot.DeleteAsync($"/api/messages/{message}");
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (edit.Status, delete.Status));
        Assert.Equal((await bot.PatchAsync("/api/messages/987654321", new { text = "x" })).Text, edit.Text);
        Assert.Equal((await bot.DeleteAsync("/api/messages/987654321")).Text, delete.Text);
        Assert.Equal(0, (await bot.GetAsync("/api/search?q=elsewhere")).Ok().GetProperty("messages").GetArrayLength());
        (await bot.PostAsync("/api/rooms", new { name = "x", kind = "public" })).Problem(HttpStatusCode.Forbidden);
        using var hub = await bot.RawAsync();
        await hub.InvokeAsync("JoinRoom", room);
        Assert.Equal(await hub.RefusedAsync("JoinRoom", 987_654_321), await hub.RefusedAsync("JoinRoom", other));
        Assert.Equal(await hub.RefusedAsync("GetMessages", 987_654_321, 0, 5), await hub.RefusedAsync("GetMessages", other, 0, 5));
        Assert.Equal(await hub.RefusedAsync("SendMessage", 987_654_321, "x", null), await hub.RefusedAsync("SendMessage", other, "x", null));
        Assert.Equal(await hub.RefusedAsync("Typing", 987_654_321), await hub.RefusedAsync("Typing", other));

        static void Same(ApiAnswer known, ApiAnswer unknown)
        {
            Assert.Equal(unknown.Problem(HttpStatusCode.NotFound), known.Problem(HttpStatusCode.NotFound));
            Assert.Equal(unknown.Text, known.Text);
        }
    }

    [Fact]
    public async Task Login_AnswersTokens_ThatOpenCalls_AndAreStoredByNobody()
    {
        using var bob = await Site.JoinAsync("Bob");
        using var phone = Site.Nobody();
        var answer = await phone.PostAsync("/api/auth/login", new { email = ApiSite.EmailOf(bob.Name).ToUpperInvariant(), password = ApiSite.Password });
        var tokens = answer.Ok();
        Assert.Equal(["tokenType", "accessToken", "expiresIn", "refreshToken"], RoomCallTests.Names(tokens));
        Assert.Equal("Bearer", tokens.GetProperty("tokenType").GetString());
        Assert.Equal(900, tokens.GetProperty("expiresIn").GetInt32());
        Assert.True(answer.Headers.CacheControl!.NoStore);
        phone.Token = tokens.GetProperty("accessToken").GetString();
        Assert.Equal(bob.Actor.UserId, (await phone.GetAsync("/api/me")).Ok().GetProperty("id").GetInt64());

        // A refresh token opens no call.
        phone.Token = tokens.GetProperty("refreshToken").GetString();
        (await phone.GetAsync("/api/me")).Problem(HttpStatusCode.Unauthorized);
        foreach (var body in (object[])[new { }, new { email = 5 }, "text", new { email = "a", password = new[] { 1 } }])
        {
            Assert.Contains((await phone.PostAsync("/api/auth/login", body)).Status, (HttpStatusCode[])[HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized]);
        }
    }

    [Fact]
    public async Task Login_UnknownAccountWrongPasswordAndLockedAccount_AnswerTheSame()
    {
        using var bob = await Site.JoinAsync("Bob");
        using var guest = Site.Nobody();
        var unknown = await guest.PostAsync("/api/auth/login", new { email = "nobody@example.com", password = "wrong" });
        var wrong = await guest.PostAsync("/api/auth/login", new { email = ApiSite.EmailOf(bob.Name), password = "wrong" });
        await Task.WhenAll(Enumerable.Range(0, SignInService.MaxFailures).Select(_ => guest.PostAsync("/api/auth/login", new { email = ApiSite.EmailOf(bob.Name), password = "wrong" })));
        var locked = await guest.PostAsync("/api/auth/login", new { email = ApiSite.EmailOf(bob.Name), password = ApiSite.Password });
        Assert.NotEqual("", unknown.Problem(HttpStatusCode.Unauthorized));
        Assert.Equal((unknown.Status, unknown.Text), (wrong.Status, wrong.Text));
        Assert.Equal((unknown.Status, unknown.Text), (locked.Status, locked.Text));
    }

    [Fact]
    public async Task Refresh_RotatesBothTokens_AndAnOldOneUsedAgainEndsTheWholeFamilyAtOnce()
    {
        using var bob = await Site.JoinAsync("Bob");
        using var phone = Site.Nobody();
        var first = (await phone.PostAsync("/api/auth/login", new { email = ApiSite.EmailOf(bob.Name), password = ApiSite.Password })).Ok();
        var second = (await phone.PostAsync("/api/auth/refresh", new { refreshToken = first.GetProperty("refreshToken").GetString() })).Ok();
        Assert.Equal(["tokenType", "accessToken", "expiresIn", "refreshToken"], RoomCallTests.Names(second));
        Assert.NotEqual(first.GetProperty("accessToken").GetString(), second.GetProperty("accessToken").GetString());
        Assert.NotEqual(first.GetProperty("refreshToken").GetString(), second.GetProperty("refreshToken").GetString());
        phone.Token = second.GetProperty("accessToken").GetString();
        await using var hub = await phone.ConnectAsync();
        var ended = Ended(hub);
        (await phone.GetAsync("/api/me")).Ok();

        using var thief = Site.Nobody();
        (await thief.PostAsync("/api/auth/refresh", new { refreshToken = first.GetProperty("refreshToken").GetString() })).Problem(HttpStatusCode.Unauthorized);
        await WithinTwoSecondsAsync(ended);
        (await phone.GetAsync("/api/me")).Problem(HttpStatusCode.Unauthorized);
        (await phone.PostAsync("/api/auth/refresh", new { refreshToken = second.GetProperty("refreshToken").GetString() })).Problem(HttpStatusCode.Unauthorized);
        phone.Token = first.GetProperty("accessToken").GetString();
        (await phone.GetAsync("/api/me")).Problem(HttpStatusCode.Unauthorized);

        // It was that sign-in only.
        (await bob.GetAsync("/api/me")).Ok();
        foreach (var token in (string?[])[null, "", "x", "bcr_" + new string('A', 43), bob.Token])
        {
            (await thief.PostAsync("/api/auth/refresh", new { refreshToken = token })).Problem(HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task Refresh_FiveAtOnceWithOneToken_GiveOnePairAtMost_AndTheFamilyEnds()
    {
        using var bob = await Site.JoinAsync("Bob");
        using var phone = Site.Nobody();
        var first = (await phone.PostAsync("/api/auth/login", new { email = ApiSite.EmailOf(bob.Name), password = ApiSite.Password })).Ok();
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ =>
            phone.PostAsync("/api/auth/refresh", new { refreshToken = first.GetProperty("refreshToken").GetString() })));
        Assert.True(answers.Count(a => a.Status == HttpStatusCode.OK) <= 1);
        Assert.All(answers.Where(a => a.Status != HttpStatusCode.OK), a => a.Problem(HttpStatusCode.Unauthorized));
        phone.Token = first.GetProperty("accessToken").GetString();
        (await phone.GetAsync("/api/me")).Problem(HttpStatusCode.Unauthorized);
        foreach (var answer in answers.Where(a => a.Status == HttpStatusCode.OK))
        {
            phone.Token = answer.Json.GetProperty("accessToken").GetString();
            (await phone.GetAsync("/api/me")).Problem(HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task ExpiredTokens_OpenNothing()
    {
        using var bob = await Site.JoinAsync("Bob");
        using var phone = Site.Nobody();
        var tokens = (await phone.PostAsync("/api/auth/login", new { email = ApiSite.EmailOf(bob.Name), password = ApiSite.Password })).Ok();

        // Before they are known to the server's memory: an hour goes by in the database.
        await Site.ExecuteAsync($"UPDATE ApiTokens SET ExpiresAt = ExpiresAt - 100000000000 WHERE Kind <> 0 AND SessionId IN (SELECT Id FROM Sessions WHERE UserId = {bob.Actor.UserId})");
        phone.Token = tokens.GetProperty("accessToken").GetString();
        (await phone.GetAsync("/api/me")).Problem(HttpStatusCode.Unauthorized);
        (await phone.PostAsync("/api/auth/refresh", new { refreshToken = tokens.GetProperty("refreshToken").GetString() })).Problem(HttpStatusCode.Unauthorized);
    }

    private static (HttpMethod Method, string Path)[] Calls(long room) =>
    [
        (HttpMethod.Get, "/api/me"), (HttpMethod.Get, "/api/rooms"), (HttpMethod.Post, "/api/rooms"), (HttpMethod.Post, $"/api/rooms/{room}/join"),
        (HttpMethod.Post, $"/api/rooms/{room}/leave"), (HttpMethod.Put, $"/api/rooms/{room}/members/1"), (HttpMethod.Delete, $"/api/rooms/{room}/members/1"),
        (HttpMethod.Get, $"/api/rooms/{room}/members"), (HttpMethod.Get, $"/api/rooms/{room}/messages"), (HttpMethod.Post, $"/api/rooms/{room}/messages"),
        (HttpMethod.Patch, "/api/messages/1"), (HttpMethod.Delete, "/api/messages/1"), (HttpMethod.Post, $"/api/rooms/{room}/read"),
        (HttpMethod.Get, "/api/search?q=hello"), (HttpMethod.Get, "/hubs/chat"), (HttpMethod.Post, "/hubs/chat/negotiate?negotiateVersion=1"),
    ];

    /// <summary>Completes when the server ends a connection, with the time that this took from now on.</summary>
    internal static Task<TimeSpan> Ended(HubConnection hub)
    {
        var ended = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        var watch = Stopwatch.StartNew();
        hub.Closed += _ =>
        {
            ended.TrySetResult(watch.Elapsed);
            return Task.CompletedTask;
        };
        return ended.Task;
    }

    /// <summary>The promise of the security notes, kept with something to spare.</summary>
    internal static async Task WithinTwoSecondsAsync(Task<TimeSpan> ended)
    {
        var from = Stopwatch.GetTimestamp();
        await ended.WaitAsync(Wait.Limit);
        var took = Stopwatch.GetElapsedTime(from);
        Assert.True(took < TimeSpan.FromSeconds(2), $"The connection ended after {took.TotalSeconds:0.0} s.");
    }
}
