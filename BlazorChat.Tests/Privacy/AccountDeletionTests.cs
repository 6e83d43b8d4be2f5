using System.Text;
using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Accounts.TwoFactor;
using BlazorChat.Bots;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Moderation;
using BlazorChat.Notifications;
using BlazorChat.Privacy;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Privacy;

public sealed class AccountDeletionTests
{
    private const string Name = "Quetzalcoatlus";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DeleteAsync_APersonWithAPast_LeavesNoTraceOfWhoTheyWere(bool removesMessages)
    {
        await using var host = await ChatHost.StartAsync();
        var (bea, cem) = (await host.AddAsync(Name), await host.AddAsync("Cem"));
        var (room, direct) = (await host.PrivateAsync(bea, cem), await host.Rooms.OpenDirectAsync(bea, [cem.UserId]));
        var said = await host.Messages.PostAsync(bea, room, "my canarytext");
        await host.Messages.PostAsync(cem, direct, "hello");
        await LivedInAsync(host, bea, cem);
        using var everyone = host.Listen(cem, Topic.Everyone, Topic.Room(room));
        using var own = host.Listen(bea, Topic.User(bea.UserId));

        await DeleteAsync(host, bea, removesMessages);

        var name = $"Deleted user {bea.UserId}";
        Assert.Equal(name, (await everyone.HearsAsync<PersonChanged>())[^1].Person.Name);
        Assert.False(await host.Sessions.IsActiveAsync(bea));
        await own.HearsAsync<SessionEnded>();
        await using (var db = await host.OpenAsync())
        {
            var user = await db.Users.SingleAsync(u => u.Id == bea.UserId);
            Assert.Equal((name, null, null, null, Role.Member), (user.Name, user.Email, user.PasswordHash, user.Avatar, user.Role));
            Assert.NotNull(user.DeletedAt);
            Assert.False(await db.Users.WhereActive(host.Time.GetUtcNow()).AnyAsync(u => u.Id == bea.UserId));
            Assert.True(await db.Memberships.SingleAsync(m => m.RoomId == room) is { IsManager: true, UserId: var heir } && heir == cem.UserId);
        }

        Assert.Empty(Directory.GetFiles(Path.Combine(host.DirectoryPath, ProfileService.AvatarFolder)));
        Assert.Equal(name, (await host.RoomQueries.FindAsync(cem, direct)).Name);
        Assert.Empty((await host.Get<MessageSearch>().SearchAsync(cem, $"from:{Name}")).Messages);
        Assert.Equal(["AccountDeleted"], Column(host, $"SELECT Act FROM AuditEntries WHERE ActorId = {bea.UserId} AND ActorName = '{name}' AND Address IS NULL"));
        Assert.Empty(LeftIn(host, bea.UserId));
        await Wait.Until(() => Column(host, "SELECT Name FROM LogCursors WHERE Name LIKE 'erase:%'").Count == 0);
        Assert.Equal(removesMessages ? "" : "my canarytext", host.Scalar<string>($"SELECT Text FROM Messages WHERE Id = {said.Id}"));
        if (removesMessages)
        {
            Assert.Equal(said.Id, Assert.Single(await everyone.HearsAsync<MessageDeleted>()).Message.Id);
        }

        await NoTraceAsync(host);
    }

    [Fact]
    public async Task DeleteAsync_WithoutProof_ChangesNothing()
    {
        await using var host = await ChatHost.StartAsync();
        var bea = await host.AddAsync("Bea");
        var deletion = host.Get<AccountDeletion>();

        Assert.Equal(InputField.Name, (await ChatHost.RefusedAsync(Refusal.Invalid, () => deletion.DeleteAsync(bea, new DeletionRequest("bea", ChatHost.Password, null, true)))).Field);
        Assert.Equal(InputField.CurrentPassword, (await ChatHost.RefusedAsync(Refusal.Invalid, () => deletion.DeleteAsync(bea, new DeletionRequest("Bea", "wrong", null, true)))).Field);
        Assert.True(await host.Sessions.IsActiveAsync(bea));
        Assert.Equal("Bea", host.Scalar<string>($"SELECT UserName FROM Users WHERE Id = {bea.UserId}"));
    }

    [Fact]
    public async Task DeleteAsync_WithASecondFactor_TakesItsCode()
    {
        await using var host = await ChatHost.StartAsync();
        var bea = await host.AddAsync("Bea");
        var factor = host.Get<TwoFactorService>();
        var enrolment = await factor.BeginAsync(bea);
        var codes = await factor.TurnOnAsync(bea, enrolment.Ticket, ChatHost.Password, Totp.Code(Base32.Decode(enrolment.Key), Totp.StepAt(host.Time.GetUtcNow())));
        var deletion = host.Get<AccountDeletion>();

        Assert.True(await deletion.NeedsCodeAsync(bea));
        Assert.Equal(InputField.TwoFactorCode, (await ChatHost.RefusedAsync(Refusal.Invalid, () => deletion.DeleteAsync(bea, new DeletionRequest("Bea", ChatHost.Password, "123456", false)))).Field);
        await deletion.DeleteAsync(bea, new DeletionRequest("Bea", ChatHost.Password, codes[0], false));
        Assert.False(await host.Sessions.IsActiveAsync(bea));
    }

    [Fact]
    public async Task DeleteAsync_TheLastOwner_IsRefusedUntilThereIsAnother()
    {
        await using var host = await ChatHost.StartAsync();
        var request = new DeletionRequest("Ann", ChatHost.Password, null, false);

        Assert.Contains("last owner", (await ChatHost.RefusedAsync(Refusal.Conflict, () => host.Get<AccountDeletion>().DeleteAsync(host.Ann, request))).Message, StringComparison.Ordinal);
        var bea = await host.AddAsync("Bea");
        await host.Get<PeopleService>().SetRoleAsync(host.Ann, bea.UserId, Role.Owner);
        await host.Get<AccountDeletion>().DeleteAsync(host.Ann, request);
        await ChatHost.RefusedAsync(Refusal.Conflict, () => DeleteAsync(host, bea, false, "Bea"));
    }

    [Fact]
    public async Task DeleteAsync_TheNameThatItWouldGet_IsAnothersOne()
    {
        await using var host = await ChatHost.StartAsync();
        var bea = await host.AddAsync("Bea");
        await host.AddAsync($"deleted USER {bea.UserId}");

        await DeleteAsync(host, bea, false, "Bea");

        Assert.Equal($"Deleted user {bea.UserId}-2", host.Scalar<string>($"SELECT UserName FROM Users WHERE Id = {bea.UserId}"));
    }

    [Fact]
    public async Task Erasure_AServerThatStopped_GoesOnAtItsNextStart()
    {
        var host = await ChatHost.StartAsync();
        var bea = await host.AddAsync("Bea");
        for (var i = 0; i < 120; i++)
        {
            await host.Messages.PostAsync(bea, host.General, $"number {i}");
        }

        // As a kill leaves it right after the commit: the wish is stored, and nothing was done.
        await host.StopAsync();
        host.Execute($"INSERT INTO LogCursors (Name, MessageId) VALUES ('erase:{bea.UserId}', 0)");
        await using var restarted = await host.RestartAsync();

        await Wait.Until(() => restarted.Scalar<long>("SELECT count(*) FROM LogCursors WHERE Name LIKE 'erase:%'") == 0);
        Assert.Equal(0, restarted.Scalar<long>("SELECT count(*) FROM Messages WHERE Text <> ''"));
    }

    [Fact]
    public async Task DeleteAsync_TheSameAddressAgain_IsSomebodyNew()
    {
        await using var host = await ChatHost.StartAsync();
        var bea = await host.AddAsync("Bea");
        await DeleteAsync(host, bea, false, "Bea");

        var again = await host.AddAsync("Bea");

        Assert.NotEqual(bea.UserId, again.UserId);
        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Get<PeopleService>().CreateResetLinkAsync(host.Ann, bea.UserId));
    }

    private static Task DeleteAsync(ChatHost host, Actor actor, bool removesMessages, string name = Name) =>
        host.Get<AccountDeletion>().DeleteAsync(actor, new DeletionRequest(name, ChatHost.Password, null, removesMessages));

    /// <summary>Everything that hangs on a person.</summary>
    private static async Task LivedInAsync(ChatHost host, Actor bea, Actor cem)
    {
        using var bitmap = new SkiaSharp.SKBitmap(8, 8);
        using var png = bitmap.Encode(SkiaSharp.SKEncodedImageFormat.Png, 90);
        await host.Get<ProfileService>().SetAvatarAsync(bea, new MemoryStream(png.ToArray()));
        await host.Get<TokenService>().CreateAsync(bea, "my script", Scope.Read);
        await host.Get<NotificationService>().SaveAsync(bea, new NotificationChoices(NotifyLevel.Mentions, null, null, "UTC", ShowsText: false, EmailAfterMinutes: null));
        await host.Get<BlockService>().BlockAsync(bea, cem.UserId);
        await host.Messages.PostAsync(cem, host.General, "@all hello");
        await using var db = await host.OpenAsync();
        db.PushSubscriptions.Add(new PushSubscription { UserId = bea.UserId, SessionId = bea.SessionId, Endpoint = "https://push.example/1", Device = "my phone", P256dh = [1], Auth = [2] });
        db.HeldMessages.Add(new HeldMessage { SenderId = bea.UserId, RoomId = host.General, Text = "held", Found = "held" });
        db.Mutes.Add(new Mute { UserId = bea.UserId, RoomId = host.General, Until = host.Time.GetUtcNow(), ById = host.Ann.UserId });
        db.SlowTurns.Add(new SlowTurn { UserId = bea.UserId, RoomId = host.General, At = host.Time.GetUtcNow() });
        db.PasswordResetRequests.Add(new PasswordResetRequest { UserId = bea.UserId, RequestedAt = host.Time.GetUtcNow() });
        await db.SaveChangesAsync();
    }

    /// <summary>Tables with rows of a person, but for what stays on purpose. By the columns, so that a new table is noticed.</summary>
    private static List<string> LeftIn(ChatHost host, long userId)
    {
        // Who is in the account's own row, in others' words and acts, or in what moderators have on record.
        string[] stays = ["Messages.SenderId", "Messages.DeletedById", "AuditEntries.PersonId", "AuditEntries.ActorId", "Rooms.CreatedById", "Reports.SenderId", "Reports.ReporterId", "Bans.UserId"];
        List<string> left = [];
        foreach (var table in Column(host, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"))
        {
            foreach (var column in Column(host, $"SELECT name FROM pragma_table_info('{table}') WHERE name IN ('UserId', 'SenderId', 'PersonId', 'ReporterId', 'CreatedById', 'DeletedById', 'ActorId')"))
            {
                if (!stays.Contains($"{table}.{column}") && host.Scalar<long>($"SELECT count(*) FROM \"{table}\" WHERE \"{column}\" = {userId}") > 0)
                {
                    left.Add($"{table}.{column}");
                }
            }
        }

        return left;
    }

    private static List<string> Column(ChatHost host, string sql)
    {
        using var connection = host.OpenRaw();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        List<string> values = [];
        while (reader.Read())
        {
            values.Add(reader.GetString(0));
        }

        return values;
    }

    /// <summary>Neither name nor address is anywhere in the files, besides what the audit log keeps; here it keeps nothing of them.</summary>
    private static async Task NoTraceAsync(ChatHost host)
    {
        Assert.Equal(0, host.Scalar<long>($"SELECT count(*) FROM AuditEntries WHERE ActorName = '{Name}' OR SubjectName = '{Name}'"));
        host.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        var bytes = await host.StoredBytesAsync();
        foreach (var word in (string[])[Name, Name.ToUpperInvariant(), $"{Name}@example.com".ToLowerInvariant()])
        {
            Assert.True(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(word)) < 0, $"{word} is still in the database's files.");
        }
    }
}
