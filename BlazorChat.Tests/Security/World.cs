using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Bots;
using BlazorChat.Filtering;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Moderation;
using BlazorChat.Notifications;
using BlazorChat.Rooms;

namespace BlazorChat.Tests.Security;

/// <summary>A community with a private room, and somebody in every relation to it. Each copy of it is the same.</summary>
internal sealed record World
{
    /// <summary>In the order of the matrix's columns.</summary>
    public static readonly string[] Roles =
    [
        "outsider", "ex-member", "member", "moderator of the room", "administrator in the room", "demoted administrator", "ended session", "administrator elsewhere",
        "moderator in the room", "moderator elsewhere", "owner elsewhere", "guest in the room", "bot in the room",
    ];

    private static readonly Lazy<Task<World>> Made = new(MakeAsync);

    public required Actor[] Actors { get; init; }

    /// <summary>Their tokens, to read, write and administer (the bot's to read and write); in the same order.</summary>
    public required string[] Tokens { get; init; }

    /// <summary>By which each signs in on a page; the bot does not.</summary>
    public required string[] Emails { get; init; }

    /// <summary>The private room.</summary>
    public required long Room { get; init; }

    /// <summary>A public room that all of the <see cref="Actors"/> but the administrator elsewhere and the bot are in, and none of them moderates.</summary>
    public required long General { get; init; }

    /// <summary>A public room with nobody of the <see cref="Actors"/> in it.</summary>
    public required long Open { get; init; }

    /// <summary>The member's message in the private room, the second there.</summary>
    public required long Message { get; init; }

    /// <summary>The member's message in the private room that its moderator removed, the third there.</summary>
    public required long RemovedMessage { get; init; }

    /// <summary>The first message of the private room, which is pinned.</summary>
    public required long PinnedMessage { get; init; }

    /// <summary>Somebody in the private room with whom things are done.</summary>
    public required long Zoe { get; init; }

    /// <summary>A session of Zoe's.</summary>
    public required Guid ZoeSession { get; init; }

    /// <summary>Somebody who is not in it.</summary>
    public required long Yan { get; init; }

    /// <summary>Somebody who is banned, and has appealed.</summary>
    public required long Wil { get; init; }

    /// <summary>Their ban.</summary>
    public required long Ban { get; init; }

    /// <summary>The ban of a network that nobody is in.</summary>
    public required long NetworkBan { get; init; }

    public required long Invite { get; init; }

    /// <summary>A bot, in no room.</summary>
    public required long Bot { get; init; }

    public required long BotToken { get; init; }

    /// <summary>An incoming webhook of the private room.</summary>
    public required long Hook { get; init; }

    /// <summary>A delivery to the bot, given up.</summary>
    public required long Delivery { get; init; }

    /// <summary>Zoe's phone, which is notified.</summary>
    public required long Phone { get; init; }

    /// <summary>Zoe's report of the <see cref="Message"/>, which waits.</summary>
    public required long Report { get; init; }

    /// <summary>What is announced.</summary>
    public required long Announcement { get; init; }

    /// <summary>The rule of <see cref="Filtered"/>.</summary>
    public required long FilterRule { get; init; }

    /// <summary>A rule of the word filter, which holds messages.</summary>
    public static FilterRuleDraft Filtered { get; } = new("heldword", false, FilterAction.Hold);

    /// <summary>A held message of the member's in the private room.</summary>
    public required long Held { get; init; }

    public required byte[] Database { get; init; }

    public static Task<World> GetAsync() => Made.Value;

    public async Task<ChatHost> StartAsync()
    {
        var directory = Directory.CreateTempSubdirectory("blazorchat-world-").FullName;
        await File.WriteAllBytesAsync(Path.Combine(directory, "chat.db"), Database);
        return await ChatHost.StartAsync(directory);
    }

    /// <summary>A bot that acts, by a token to read and write.</summary>
    private static async Task<Actor> ProgramAsync(ChatHost host)
    {
        var id = await BotAsync(host, "Program");
        return new Actor(id, await host.Sessions.StartAsync(
            new Session { UserId = id, Kind = SessionKind.Token, Device = "program", Scopes = Scope.Read | Scope.Write }));
    }

    private static async Task<string> TokenAsync(ChatHost host, Actor actor, Scope scopes)
    {
        var secret = TokenSecret.Create(TokenSecret.Personal);
        await host.Sessions.StartAsync(
            new Session { UserId = actor.UserId, Kind = SessionKind.Token, Device = "key", Scopes = scopes },
            new ApiToken { Hash = TokenSecret.Hash(secret).ToArray(), Hint = TokenSecret.Hint(secret), CreatedById = actor.UserId, CreatedAt = host.Time.GetUtcNow() });
        return secret;
    }

    private static async Task<long> BotAsync(ChatHost host, string name = "Robo")
    {
        await using var db = await host.OpenAsync();
        var bot = new AppUser
        {
            UserName = name, NormalizedUserName = name.ToUpperInvariant(), Role = Role.Bot, IsBot = true, SecurityStamp = "", CreatedAt = host.Time.GetUtcNow(),
        };
        db.Users.Add(bot);
        await db.SaveChangesAsync();
        return bot.Id;
    }

    /// <summary>Not by the service, so that nothing is ever sent: this address is refused.</summary>
    private static async Task<long> DeliveryAsync(ChatHost host, long bot, long message)
    {
        await using var db = await host.OpenAsync();
        var webhook = new OutgoingWebhook { BotId = bot, Url = "http://127.0.0.1:9/", CreatedAt = host.Time.GetUtcNow() };
        db.OutgoingWebhooks.Add(webhook);
        await db.SaveChangesAsync();
        var delivery = new WebhookDelivery { WebhookId = webhook.Id, MessageId = message, State = DeliveryState.Failed, CreatedAt = host.Time.GetUtcNow() };
        db.WebhookDeliveries.Add(delivery);
        await db.SaveChangesAsync();
        return delivery.Id;
    }

    private static async Task<long> PhoneAsync(ChatHost host, Actor owner)
    {
        await using var db = await host.OpenAsync();
        var phone = new PushSubscription
        {
            UserId = owner.UserId, SessionId = owner.SessionId, Endpoint = "https://fcm.googleapis.com/zoe", Device = "A phone", CreatedAt = host.Time.GetUtcNow(),
        };
        db.PushSubscriptions.Add(phone);
        await db.SaveChangesAsync();
        return phone.Id;
    }

    private static async Task<World> MakeAsync()
    {
        await using var host = await ChatHost.StartAsync();
        var people = host.Get<PeopleService>();
        List<Actor> actors = [];
        string[] names = ["Outsider", "Former", "Member", "Keeper", "Admin In", "Demoted", "Ended", "Admin Out", "Peace In", "Peace Out", "Owner Out", "Guest In"];
        foreach (var name in names)
        {
            actors.Add(await host.AddAsync(name));
        }

        var (zoe, yan) = (await host.AddAsync("Zoe"), await host.AddAsync("Yan"));
        foreach (var administrator in (int[])[4, 5, 7])
        {
            await people.SetRoleAsync(host.Ann, actors[administrator].UserId, Role.Administrator);
        }

        await people.SetRoleAsync(host.Ann, actors[8].UserId, Role.Moderator);
        await people.SetRoleAsync(host.Ann, actors[9].UserId, Role.Moderator);
        await people.SetRoleAsync(host.Ann, actors[10].UserId, Role.Owner);
        await people.SetRoleAsync(host.Ann, actors[11].UserId, Role.Guest);
        actors.Add(await ProgramAsync(host));

        var room = await host.Rooms.CreateAsync(
            actors[3], "Hidden", RoomKind.Private,
            memberIds: [.. actors[1..7].Select(a => a.UserId), actors[8].UserId, actors[11].UserId, actors[12].UserId, zoe.UserId]);
        var pinned = await host.Messages.PostAsync(actors[3], room, "first");
        await host.Get<Pins>().PinAsync(actors[3], pinned.Id);
        var message = await host.Messages.PostAsync(actors[2], room, "second");
        var removed = await host.Messages.PostAsync(actors[2], room, "third");
        await host.Messages.RemoveAsync(actors[3], removed.Id, "Off topic.");
        var open = await host.Rooms.CreateAsync(host.Ann, "Open", RoomKind.Public);
        var invite = await host.Get<InviteService>().CreateAsync(host.Ann, 1, 1);

        var bot = await BotAsync(host);
        var botToken = await host.Get<TokenService>().CreateForBotAsync(host.Ann, bot, "script", Scope.Read);

        var hook = await host.Get<IncomingWebhooks>().CreateAsync(actors[3], room, "Hook");
        var delivery = await DeliveryAsync(host, bot, message.Id);
        var phone = await PhoneAsync(host, zoe);

        var report = await host.Get<ReportService>().ReportAsync(zoe, message.Id, ReportReason.Spam, "Look at this");
        var announcement = await host.Get<Announcements>().AnnounceAsync(host.Ann, "The harbour is closed", host.Time.GetUtcNow().AddDays(30));
        var rule = await host.Get<WordFilterService>().AddAsync(host.Ann, Filtered);
        await ChatHost.RefusedAsync(Refusal.Held, () => host.Messages.PostAsync(actors[2], room, "a heldword"));
        var held = Assert.Single((await host.Get<HeldMessages>().ListAsync(host.Ann)).Rows).Id;

        await host.Memberships.RemoveAsync(actors[3], room, actors[1].UserId);
        await people.SetRoleAsync(host.Ann, actors[5].UserId, Role.Member);
        List<string> tokens = [];
        foreach (var actor in actors)
        {
            tokens.Add(await TokenAsync(host, actor, actor == actors[12] ? Scope.Read | Scope.Write : Scope.Read | Scope.Write | Scope.Admin));
        }

        var wil = await host.AddAsync("Wil");
        var ban = await host.Get<BanService>().BanAsync(host.Ann, wil.UserId, new BanRequest(null, "Spam."));
        await host.Get<BanAppeals>().AppealAsync(Uri.UnescapeDataString(host.Get<BanLinks>().To(wil.UserId).Split("ticket=")[1]), "It was not me.", null);
        var networkBan = await host.Get<NetworkBans>().BanAsync(host.Ann, "198.51.100.0/24", null, "Spam.");
        await host.Sessions.EndOthersAsync(actors[6].UserId, except: null);
        await host.Memberships.LeaveAsync(actors[7], host.General);
        await host.StopAsync();
        host.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        return new World
        {
            Actors = [.. actors],
            Tokens = [.. tokens],
            Emails = [.. names.Select(n => $"{n.Replace(' ', '.')}@example.com")],
            Room = room,
            General = host.General,
            Open = open,
            Message = message.Id,
            RemovedMessage = removed.Id,
            PinnedMessage = pinned.Id,
            Zoe = zoe.UserId,
            ZoeSession = zoe.SessionId,
            Yan = yan.UserId,
            Wil = wil.UserId,
            Ban = ban,
            NetworkBan = networkBan,
            Invite = invite.Id,
            Bot = bot,
            BotToken = botToken.View.Id,
            Hook = hook.Id,
            Delivery = delivery,
            Phone = phone,
            Report = report.Id,
            Announcement = announcement.Id,
            FilterRule = rule,
            Held = held,
            Database = await File.ReadAllBytesAsync(host.DatabasePath),
        };
    }
}
