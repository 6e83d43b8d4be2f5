using BlazorChat.Accounts;
using BlazorChat.Bots;
using BlazorChat.Filtering;
using BlazorChat.Messages;
using BlazorChat.Moderation;
using BlazorChat.Rooms;
using BlazorChat.Tests;

namespace BlazorChat.Tests.Moderation;

/// <summary>Every place where somebody puts words in: what the word filter makes of each.</summary>
public sealed class FilteredSurfacesTests
{
    private const string Blocked = "blockedword";
    private const string Doubtful = "doubtfulword";
    private const string Masked = "maskedword";
    private const string Dots = "••••••••••";

    [Fact]
    public async Task PostAsync_ByAction_IsRefusedHeldOrMasked()
    {
        await using var host = await StartAsync();
        var bob = await host.AddAsync("Bob");

        Assert.Contains(Blocked, (await ChatHost.RefusedAsync(Refusal.Invalid, () => host.Messages.PostAsync(bob, host.General, $"a {Blocked}"))).Message, StringComparison.Ordinal);
        await ChatHost.RefusedAsync(Refusal.Held, () => host.Messages.PostAsync(bob, host.General, $"a {Doubtful}"));
        var masked = await host.Messages.PostAsync(bob, host.General, $"a **{Masked}**");

        Assert.Equal($"a **{Dots}**", masked.Text);
        Assert.Contains($"<strong>{Dots}</strong>", masked.Html, StringComparison.Ordinal);
        Assert.Equal(1, host.Scalar<long>("SELECT count(*) FROM Messages"));
        Assert.Empty((await host.Get<MessageSearch>().SearchAsync(bob, Masked)).Messages);
    }

    [Theory]
    [InlineData("b**locked**word")]
    [InlineData("`blocked`word")]
    [InlineData("_blockedword_")]
    [InlineData("[blocked](https://example.com)word")]
    [InlineData("~~blocked~~word")]
    public async Task PostAsync_FormattingInsideAWord_HidesItNot(string text)
    {
        await using var host = await StartAsync();

        await ChatHost.RefusedAsync(Refusal.Invalid, () => host.Messages.PostAsync(host.Ann, host.General, text));
        await ChatHost.RefusedAsync(Refusal.Held, () => host.Messages.PostAsync(host.Ann, host.General, text.Replace("blocked", "doubtful", StringComparison.Ordinal).Replace("b**locked**", "d**oubtful**", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task PostAsync_FormattingInsideAMaskedWord_IsRefusedInWords()
    {
        await using var host = await StartAsync();

        Assert.Contains("formatting", (await ChatHost.RefusedAsync(
            Refusal.Invalid, () => host.Messages.PostAsync(host.Ann, host.General, "masked**word**"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PostAsync_ResendOfWhatIsStored_IsItThoughARuleCameSince()
    {
        await using var host = await ChatHost.StartAsync();
        var first = await host.Messages.PostAsync(host.Ann, host.General, $"a {Blocked}", "c-1");
        await AddRulesAsync(host);

        Assert.Equal(first.Id, (await host.Messages.PostAsync(host.Ann, host.General, $"a {Blocked}", "c-1")).Id);
        await ChatHost.RefusedAsync(Refusal.Invalid, () => host.Messages.PostAsync(host.Ann, host.General, $"a {Blocked}", "c-2"));
    }

    [Fact]
    public async Task EditAsync_ByAction_IsRefusedOrMasked()
    {
        await using var host = await StartAsync();
        var message = await host.Messages.PostAsync(host.Ann, host.General, "fine");

        await ChatHost.RefusedAsync(Refusal.Invalid, () => host.Messages.EditAsync(host.Ann, message.Id, Blocked));
        Assert.Contains("cannot wait", (await ChatHost.RefusedAsync(Refusal.Invalid, () => host.Messages.EditAsync(host.Ann, message.Id, Doubtful))).Message, StringComparison.Ordinal);
        Assert.Equal("fine", host.Scalar<string>("SELECT Text FROM Messages"));
        Assert.Equal(Dots, (await host.Messages.EditAsync(host.Ann, message.Id, Masked)).Text);
    }

    [Theory]
    [InlineData(Blocked)]
    [InlineData(Doubtful)]
    [InlineData(Masked)]
    public async Task Names_WithAWordOfARule_AreRefused(string word)
    {
        await using var host = await StartAsync();
        var profiles = host.Get<ProfileService>();
        var bots = host.Get<BotService>();
        var bob = await host.AddAsync("Bob");
        var bot = await bots.CreateAsync(host.Ann, "Robo");

        await NamedAsync(() => host.AddAsync($"The {word}"));
        await NamedAsync(() => profiles.RenameAsync(bob, word));
        await NamedAsync(() => bots.CreateAsync(host.Ann, word));
        await NamedAsync(() => bots.RenameAsync(host.Ann, bot.Id, word));
        await NamedAsync(() => host.Get<IncomingWebhooks>().CreateAsync(host.Ann, host.General, word));
        Assert.Equal(0, host.Scalar<long>($"SELECT count(*) FROM Users WHERE UserName LIKE '%{word}%'"));

        async Task NamedAsync(Func<Task> act)
        {
            var refused = await ChatHost.RefusedAsync(Refusal.Invalid, act);
            Assert.Equal(InputField.Name, refused.Field);
            Assert.EndsWith("or choose another.", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task ShortTexts_ThatCannotWaitForAModerator_SayWhatToDo()
    {
        await using var host = await ChatHost.StartAsync();
        await host.Get<WordFilterService>().AddAsync(host.Ann, new FilterRuleDraft(Doubtful, false, FilterAction.Hold, "Somebody looks at offers first"));
        await host.Get<WordFilterService>().AddAsync(host.Ann, new FilterRuleDraft(Blocked, false, FilterAction.Block, "No swearing."));
        var room = await host.Rooms.CreateAsync(host.Ann, "Fine", RoomKind.Public);

        Assert.Equal(
            $"Somebody looks at offers first. A name cannot wait for that: take out “{Doubtful}”, or choose another.",
            await SaidAsync(() => host.Get<ProfileService>().RenameAsync(host.Ann, Doubtful)));
        Assert.Equal(
            $"No swearing. Take “{Blocked}” out of the name, or choose another.", await SaidAsync(() => host.Get<BotService>().CreateAsync(host.Ann, Blocked)));
        Assert.Equal(
            $"Somebody looks at offers first. A room's name cannot wait for that: take out “{Doubtful}”, or choose another.",
            await SaidAsync(() => host.Rooms.UpdateAsync(host.Ann, room, Doubtful, "")));
        Assert.Equal(
            $"No swearing. Take “{Blocked}” out of the description, or write it differently.",
            await SaidAsync(() => host.Rooms.UpdateAsync(host.Ann, room, "Fine", $"about {Blocked}")));

        static async Task<string> SaidAsync(Func<Task> act) => (await ChatHost.RefusedAsync(Refusal.Invalid, act)).Message;
    }

    [Theory]
    [InlineData(Blocked)]
    [InlineData(Doubtful)]
    public async Task Rooms_WithAWordThatIsNotLetThrough_AreRefused(string word)
    {
        await using var host = await StartAsync();
        var room = await host.Rooms.CreateAsync(host.Ann, "Fine", RoomKind.Public);

        await ChatHost.RefusedAsync(Refusal.Invalid, () => host.Rooms.CreateAsync(host.Ann, word, RoomKind.Public));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => host.Rooms.CreateAsync(host.Ann, "Other", RoomKind.Private, $"about {word}"));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => host.Rooms.UpdateAsync(host.Ann, room, word, ""));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => host.Rooms.UpdateAsync(host.Ann, room, "Fine", $"about {word}"));
        Assert.Equal(2, host.Scalar<long>("SELECT count(*) FROM Rooms"));
    }

    [Fact]
    public async Task Rooms_WithAMaskedWord_AreStoredMasked()
    {
        await using var host = await StartAsync();
        var room = await host.Rooms.CreateAsync(host.Ann, $"The {Masked}", RoomKind.Public, $"about {Masked}");

        Assert.Equal(("The " + Dots, "about " + Dots), (host.Scalar<string>($"SELECT Name FROM Rooms WHERE Id = {room}"), host.Scalar<string>($"SELECT Description FROM Rooms WHERE Id = {room}")));
    }

    [Fact]
    public async Task Rooms_NamedBeforeTheRule_CanStillBeDescribed()
    {
        await using var host = await ChatHost.StartAsync();
        var room = await host.Rooms.CreateAsync(host.Ann, Blocked, RoomKind.Public);
        await AddRulesAsync(host);

        await host.Rooms.UpdateAsync(host.Ann, room, Blocked, "about flowers");

        Assert.Equal("about flowers", host.Scalar<string>($"SELECT Description FROM Rooms WHERE Id = {room}"));
    }

    [Fact]
    public async Task IncomingWebhook_ByAction_IsRefusedHeldOrMaskedWithItsAlias()
    {
        await using var host = await StartAsync();
        var hooks = host.Get<IncomingWebhooks>();
        var hook = await hooks.CreateAsync(host.Ann, host.General, "Hook");

        await ChatHost.RefusedAsync(Refusal.Invalid, () => hooks.PostAsync(hook.Secret, new HookPayload(Blocked)));
        await ChatHost.RefusedAsync(Refusal.Held, () => hooks.PostAsync(hook.Secret, new HookPayload(Doubtful)));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => hooks.PostAsync(hook.Secret, new HookPayload("fine", MessageAlias.Parse(Blocked, null))));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => hooks.PostAsync(hook.Secret, new HookPayload("fine", MessageAlias.Parse(Doubtful, null))));
        var posted = await hooks.PostAsync(hook.Secret, new HookPayload(Masked, MessageAlias.Parse($"The {Masked}", null)));

        Assert.Equal((Dots, "The " + Dots), (posted.Text, posted.SenderName));
    }

    [Fact]
    public async Task IncomingWebhook_HeldMessage_IsPostedUnderItsAlias()
    {
        await using var host = await StartAsync();
        var hooks = host.Get<IncomingWebhooks>();
        var hook = await hooks.CreateAsync(host.Ann, host.General, "Hook");
        await ChatHost.RefusedAsync(Refusal.Held, () => hooks.PostAsync(hook.Secret, new HookPayload(Doubtful, MessageAlias.Parse("Deploys", "🚀"))));

        var held = Assert.Single((await host.Get<HeldMessages>().ListAsync(host.Ann)).Rows);
        Assert.Equal(("Hook", "Deploys"), (held.Sender.Name, held.AliasName));
        var posted = await host.Get<HeldMessages>().ApproveAsync(host.Ann, held.Id);

        Assert.Equal((new MessageAlias("Deploys", "🚀"), "Hook"), (posted.Alias, posted.Sender.Name));
        Assert.Equal("Deploys", Assert.Single((await host.MessageQueries.NewestAsync(host.Ann, host.General)).Messages).SenderName);
    }

    private static async Task<ChatHost> StartAsync()
    {
        var host = await ChatHost.StartAsync();
        await AddRulesAsync(host);
        return host;
    }

    private static async Task AddRulesAsync(ChatHost host)
    {
        var filter = host.Get<WordFilterService>();
        await filter.AddAsync(host.Ann, new FilterRuleDraft(Blocked, false, FilterAction.Block));
        await filter.AddAsync(host.Ann, new FilterRuleDraft(Doubtful, false, FilterAction.Hold));
        await filter.AddAsync(host.Ann, new FilterRuleDraft(Masked, false, FilterAction.Mask));
    }
}
