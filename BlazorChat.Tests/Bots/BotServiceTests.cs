using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Bots;
using BlazorChat.Live;
using BlazorChat.Moderation;
using BlazorChat.Rooms;

namespace BlazorChat.Tests.Bots;

public sealed class BotServiceTests
{
    [Fact]
    public async Task CreateAsync_MakesABotThatPeopleFindAddAndWriteTo()
    {
        await using var host = await ChatHost.StartAsync();
        var bot = await host.Get<BotService>().CreateAsync(host.Ann, "Helper");
        Assert.Equal((true, false, 0), (bot.IsActive, bot.IsWebhook, bot.Rooms));
        var found = Assert.Single(await host.RoomQueries.PeopleAsync(host.Ann, "help"));
        Assert.True(found.IsBot);
        await host.Memberships.AddAsync(host.Ann, host.General, [bot.Id]);
        await host.Rooms.OpenDirectAsync(host.Ann, [bot.Id]);
        Assert.Equal(2, Assert.Single(await host.Get<BotService>().ListAsync(host.Ann)).Rooms);
        Assert.True(Assert.Single((await host.Get<PeopleList>().ListAsync(host.Ann, new PeopleQuery("helper"))).Rows).Person.IsBot);
        await ChatHost.RefusedAsync(Refusal.Conflict, () => host.Get<BotService>().CreateAsync(host.Ann, "HELPER"));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => host.Get<BotService>().CreateAsync(host.Ann, " "));
    }

    [Fact]
    public async Task RenameAsync_ShowsEverywhere()
    {
        await using var host = await ChatHost.StartAsync();
        var bots = host.Get<BotService>();
        var bot = await bots.CreateAsync(host.Ann, "Helper");
        using var ear = host.Listen(host.Ann);
        await bots.RenameAsync(host.Ann, bot.Id, "Guide");
        await bots.RenameAsync(host.Ann, bot.Id, "guide");
        Assert.Equal("guide", (await ear.HearsAsync<PersonChanged>(2))[1].Person.Name);
        Assert.Equal("guide", (await host.Get<PeopleDirectory>().GetAsync(bot.Id)).Name);
        await ChatHost.RefusedAsync(Refusal.Conflict, () => bots.RenameAsync(host.Ann, bot.Id, "ann"));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => bots.RenameAsync(host.Ann, host.Ann.UserId, "Somebody"));
        Assert.Equal("guide", Assert.Single(await bots.ListAsync(host.Ann)).Name);
    }

    [Fact]
    public async Task DeactivateAsync_EndsTokensWebhooksAndMemberships_AtOnce()
    {
        await using var host = await ChatHost.StartAsync();
        var bot = await host.Get<BotService>().CreateAsync(host.Ann, "Helper");
        await host.Memberships.AddAsync(host.Ann, host.General, [bot.Id]);
        var token = await host.Get<TokenService>().CreateForBotAsync(host.Ann, bot.Id, "script", Scope.Read | Scope.Write);
        var actor = (await host.Get<TokenRegistry>().FindAsync(token.Token))!.Actor;
        await host.Messages.PostAsync(actor, host.General, "I was here");
        using var ear = host.Listen(actor, Topic.Room(host.General));

        await host.Get<BotService>().DeactivateAsync(host.Ann, bot.Id);
        await host.Messages.PostAsync(host.Ann, host.General, "gone?");
        await ear.HearsAsync<SessionEnded>();
        Assert.DoesNotContain(ear.Heard<BlazorChat.Messages.MessagePosted>(), m => m.Message.Text == "gone?");
        Assert.Null(await host.Get<TokenRegistry>().FindAsync(token.Token));
        await ChatHost.RefusedAsync(Refusal.SignedOut, () => host.Messages.PostAsync(actor, host.General, "still?"));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Get<TokenService>().CreateForBotAsync(host.Ann, bot.Id, "again", Scope.Read));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Memberships.AddAsync(host.Ann, host.General, [bot.Id]));
        Assert.DoesNotContain(await host.RoomQueries.MembersAsync(host.Ann, host.General), m => m.Person.IsBot);
        Assert.Equal("Helper", (await host.MessageQueries.NewestAsync(host.Ann, host.General)).Messages[0].SenderName);
        Assert.Equal((false, 0), Assert.Single((await host.Get<BotService>().ListAsync(host.Ann)).Select(b => (b.IsActive, b.Rooms))));
        await host.Get<BotService>().DeactivateAsync(host.Ann, bot.Id);
    }

    [Fact]
    public async Task DeactivateAsync_BotOfAWebhook_EndsTheWebhook()
    {
        await using var host = await ChatHost.StartAsync();
        var hook = await host.Get<IncomingWebhooks>().CreateAsync(host.Ann, host.General, "Builds");
        await host.Get<IncomingWebhooks>().PostAsync(hook.Secret, new HookPayload("before"));
        var bot = Assert.Single(await host.Get<BotService>().ListAsync(host.Ann));
        Assert.True(bot.IsWebhook);
        await host.Get<BotService>().DeactivateAsync(host.Ann, bot.Id);
        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Get<IncomingWebhooks>().PostAsync(hook.Secret, new HookPayload("after")));
        Assert.Empty(await host.Get<IncomingWebhooks>().ListAsync(host.Ann, host.General));
    }

    [Fact]
    public async Task Bot_SignInByPassword_IsNoneThatWorks()
    {
        await using var host = await ChatHost.StartAsync();
        await host.Get<BotService>().CreateAsync(host.Ann, "Helper");
        foreach (var email in (string[])["", "Helper", "helper@example.com"])
        {
            foreach (var password in (string[])["", ChatHost.Password])
            {
                // A refusal takes its time, on a clock that stands still.
                var attempt = Record.ExceptionAsync(() => host.Get<SignInService>().CheckAsync(email, password, null));
                await Wait.Until(() =>
                {
                    host.Time.Advance(SignInService.Floor);
                    return attempt.IsCompleted;
                });
                Assert.IsType<RefusedException>(await attempt);
            }
        }
    }
}
