using BlazorChat.Accounts;
using BlazorChat.Bots;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Messages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Bots;

public sealed class IncomingWebhooksTests
{
    [Fact]
    public async Task PostAsync_WithTheSecret_SaysItAsItsBot()
    {
        await using var host = await ChatHost.StartAsync();
        var hook = await host.Get<IncomingWebhooks>().CreateAsync(host.Ann, host.General, "Builds");
        using var ear = host.Listen(host.Ann, Topic.Room(host.General));
        var posted = await host.Get<IncomingWebhooks>().PostAsync(hook.Secret, HookPayload.Parse("""{"text": "**done**", "username": "CI", "icon_emoji": ":rocket:"}"""));

        var heard = Assert.Single(await ear.HearsAsync<MessagePosted>()).Message;
        Assert.Equal(posted, heard);
        Assert.Equal(("Builds", true, "CI", "🚀"), (heard.Sender.Name, heard.Sender.IsBot, heard.SenderName, heard.Alias?.Emoji));
        Assert.Contains("<strong>done</strong>", heard.Html, StringComparison.Ordinal);
        Assert.StartsWith("bci_", hook.Secret, StringComparison.Ordinal);
        Assert.Equal($"/api/hooks/{hook.Secret}", hook.Path);
    }

    [Fact]
    public async Task CreateAsync_KeepsTheHashAlone_AndABotThatCannotSignIn()
    {
        await using var host = await ChatHost.StartAsync();
        var hook = await host.Get<IncomingWebhooks>().CreateAsync(host.Ann, host.General, "Builds");
        var listed = Assert.Single(await host.Get<IncomingWebhooks>().ListAsync(host.Ann, host.General));
        Assert.Equal(("Builds", "Ann", hook.Secret[..8]), (listed.Bot.Name, listed.CreatedBy, listed.Hint));
        Assert.Null(listed.UsedAt);
        Assert.DoesNotContain(hook.Secret, System.Text.Encoding.Latin1.GetString(await ReadAsync(host)), StringComparison.Ordinal);

        await using var db = await host.OpenAsync();
        var bot = await db.Users.SingleAsync(u => u.Id == listed.Bot.Id);
        Assert.Equal((null, null, Role.Bot, true), (bot.Email, bot.PasswordHash, bot.Role, bot.IsBot));
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Get<PeopleService>().CreateResetLinkAsync(host.Ann, bot.Id));
    }

    [Fact]
    public async Task PostAsync_AnotherSecret_IsNotFound()
    {
        await using var host = await ChatHost.StartAsync();
        var hook = await host.Get<IncomingWebhooks>().CreateAsync(host.Ann, host.General, "Builds");
        foreach (var secret in (string[])["", "bci_", "x", hook.Secret[..^1], hook.Secret + "A", hook.Secret.ToUpperInvariant(), "bcs_" + hook.Secret[4..], $"bci_{new string('A', 43)}", new string('é', 47)])
        {
            await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Get<IncomingWebhooks>().PostAsync(secret, new HookPayload("hello")));
        }

        Assert.Equal(0L, host.Scalar<long>("SELECT COUNT(*) FROM Messages"));
    }

    [Fact]
    public async Task RevokeAsync_CountsAtOnce_AndLeavesWhatWasSaid()
    {
        await using var host = await ChatHost.StartAsync();
        var hooks = host.Get<IncomingWebhooks>();
        var hook = await hooks.CreateAsync(host.Ann, host.General, "Builds");
        var posted = await hooks.PostAsync(hook.Secret, new HookPayload("before"));
        await hooks.RevokeAsync(host.Ann, hook.Id);
        await ChatHost.RefusedAsync(Refusal.NotFound, () => hooks.PostAsync(hook.Secret, new HookPayload("after")));
        Assert.Empty(await hooks.ListAsync(host.Ann, host.General));
        Assert.DoesNotContain(await host.RoomQueries.MembersAsync(host.Ann, host.General), m => m.Person.IsBot);
        Assert.DoesNotContain(await host.RoomQueries.PeopleAsync(host.Ann, ""), p => p.IsBot);
        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Memberships.AddAsync(host.Ann, host.General, [posted.Sender.Id]));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Rooms.OpenDirectAsync(host.Ann, [posted.Sender.Id]));
        Assert.Equal("Builds", Assert.Single((await host.MessageQueries.NewestAsync(host.Ann, host.General)).Messages).SenderName);
        await ChatHost.RefusedAsync(Refusal.NotFound, () => hooks.RevokeAsync(host.Ann, hook.Id));
    }

    [Fact]
    public async Task PostAsync_AfterARestart_GoesOn()
    {
        var host = await ChatHost.StartAsync();
        var hook = await host.Get<IncomingWebhooks>().CreateAsync(host.Ann, host.General, "Builds");
        await using var later = await host.RestartAsync();
        await later.Get<IncomingWebhooks>().PostAsync(hook.Secret, new HookPayload("hello"));
        Assert.Equal(later.Time.GetUtcNow(), Assert.Single(await later.Get<IncomingWebhooks>().ListAsync(later.Ann, later.General)).UsedAt);
    }

    [Fact]
    public async Task PostAsync_ArchivedRoomOrBotTakenOut_IsRefused()
    {
        await using var host = await ChatHost.StartAsync();
        var hooks = host.Get<IncomingWebhooks>();
        var room = await host.Rooms.CreateAsync(host.Ann, "Builds", RoomKind.Public);
        var hook = await hooks.CreateAsync(host.Ann, room, "Builder");
        await host.Rooms.SetArchivedAsync(host.Ann, room, true);
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => hooks.PostAsync(hook.Secret, new HookPayload("hello")));
        await host.Rooms.SetArchivedAsync(host.Ann, room, false);
        await host.Memberships.RemoveAsync(host.Ann, room, (await hooks.ListAsync(host.Ann, room))[0].Bot.Id);
        await ChatHost.RefusedAsync(Refusal.NotFound, () => hooks.PostAsync(hook.Secret, new HookPayload("hello")));
    }

    [Fact]
    public async Task PostAsync_TooMuch_IsRefusedForThisWebhookAlone()
    {
        await using var host = await ChatHost.StartAsync(services => services.AddSingleton(_ => new RateLimits(new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Limits:Messages:Burst"] = "3", ["Limits:Messages:PerSecond"] = "0.001" })
            .Build())));
        var hooks = host.Get<IncomingWebhooks>();
        var (loud, quiet) = (await hooks.CreateAsync(host.Ann, host.General, "Loud"), await hooks.CreateAsync(host.Ann, host.General, "Quiet"));
        for (var i = 0; i < 3; i++)
        {
            await hooks.PostAsync(loud.Secret, new HookPayload($"{i}"));
        }

        var refused = await ChatHost.RefusedAsync(Refusal.TooMany, () => hooks.PostAsync(loud.Secret, new HookPayload("one more")));
        Assert.True(refused.RetryAfter > TimeSpan.Zero);
        await hooks.PostAsync(quiet.Secret, new HookPayload("hello"));
    }

    [Fact]
    public async Task PostAsync_Payloads_AreStoredHarmless()
    {
        await using var host = await ChatHost.StartAsync();
        var hooks = host.Get<IncomingWebhooks>();
        var hook = await hooks.CreateAsync(host.Ann, host.General, "Careless");
        foreach (var payload in XssPayloads.All)
        {
            var json = System.Text.Json.JsonSerializer.Serialize(new { text = $"x {payload}", username = payload, icon_emoji = payload });
            var posted = await hooks.PostAsync(hook.Secret, HookPayload.Parse(json));
            Assert.DoesNotMatch("(?i)<(script|svg|iframe|object|img|style|base|form|math|body|meta)|<[^>]+\\son\\w+\\s*=|<[^>]+\\s(href|src)\\s*=\\s*[\"']?\\s*(javascript|data|vbscript):", posted.Html);
            Assert.DoesNotMatch("[<>&\"]", posted.SenderName);
        }
    }

    [Fact]
    public async Task CreateAsync_ByWhomAndHow()
    {
        await using var host = await ChatHost.StartAsync();
        var hooks = host.Get<IncomingWebhooks>();
        var bob = await host.AddAsync("Bob");
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => hooks.CreateAsync(bob, host.General, "Builds"));
        await ChatHost.RefusedAsync(Refusal.Forbidden, async () => await hooks.CreateAsync(bob, await host.Rooms.OpenDirectAsync(bob, [host.Ann.UserId]), "Builds"));
        await ChatHost.RefusedAsync(Refusal.Conflict, () => hooks.CreateAsync(host.Ann, host.General, "bob"));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => hooks.CreateAsync(host.Ann, host.General, "<b>"));
        Assert.Equal(0L, host.Scalar<long>("SELECT COUNT(*) FROM Users WHERE IsBot"));
        for (var i = 0; i < IncomingWebhooks.MaxPerRoom; i++)
        {
            await hooks.CreateAsync(host.Ann, host.General, $"Bot {i}");
        }

        await ChatHost.RefusedAsync(Refusal.Conflict, () => hooks.CreateAsync(host.Ann, host.General, "One more"));
    }

    private static async Task<byte[]> ReadAsync(ChatHost host)
    {
        host.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        await using var file = new FileStream(host.DatabasePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes);
        return bytes;
    }
}
