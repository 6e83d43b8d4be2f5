using System.IO.Compression;
using System.Text.Json;
using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Filtering;
using BlazorChat.Messages;
using BlazorChat.Moderation;
using BlazorChat.Notifications;
using BlazorChat.Privacy;
using BlazorChat.Rooms;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Privacy;

public sealed class DataExportTests
{
    [Fact]
    public async Task WriteAsync_APersonWithAPast_HoldsAllOfItAndNothingOfOthers()
    {
        await using var host = await ChatHost.StartAsync();
        var (bea, cem) = (await host.AddAsync("Bea"), await host.AddAsync("Cem"));
        var room = await host.PrivateAsync(bea, cem);
        var direct = await host.Rooms.OpenDirectAsync(bea, [cem.UserId]);
        var first = await host.Messages.PostAsync(bea, room, "mine one");
        await host.Messages.PostAsync(cem, room, "secret of Cem");
        await host.Messages.PostAsync(bea, direct, "mine two", replyToId: null);
        var deleted = await host.Messages.PostAsync(bea, room, "mine deleted");
        await host.Messages.DeleteAsync(bea, deleted.Id);
        var theirs = await host.Messages.PostAsync(cem, host.General, "a thing to report of Cem");
        await host.Get<ReportService>().ReportAsync(bea, theirs.Id, ReportReason.Spam, "my note");
        await host.Get<BlockService>().BlockAsync(bea, cem.UserId);
        await host.Get<BlockService>().BlockAsync(cem, bea.UserId);
        await host.Get<TokenService>().CreateAsync(bea, "my script", Scope.Read);
        var device = await host.SignInAsync(bea.UserId);
        await using (var db = await host.OpenAsync())
        {
            db.PushSubscriptions.Add(new PushSubscription { UserId = bea.UserId, SessionId = device.SessionId, Endpoint = "https://push.example/canary", Device = "my phone", P256dh = [1], Auth = [2] });
            db.HeldMessages.Add(new HeldMessage { SenderId = bea.UserId, RoomId = room, Text = "mine held", Found = "held" });
            db.HeldMessages.Add(new HeldMessage { SenderId = cem.UserId, RoomId = room, Text = "held of Cem", Found = "held" });
            db.Bans.Add(new Ban { UserId = bea.UserId, Reason = "once upon a time", ById = host.Ann.UserId, LiftedAt = host.Time.GetUtcNow() });
            await db.SaveChangesAsync();
        }

        var files = await ExportAsync(host, bea);

        Assert.Equal("Bea", files["profile.json"].GetProperty("name").GetString());
        Assert.Equal("Bea@example.com", files["profile.json"].GetProperty("email").GetString(), ignoreCase: true);
        Assert.Equal([first.Id], Messages(files).Where(m => m.GetProperty("roomId").GetInt64() == room).Select(m => m.GetProperty("id").GetInt64()));
        Assert.Equal(["mine one", "mine two"], Messages(files).Select(m => m.GetProperty("text").GetString()));
        Assert.Equal([host.General, room, direct], files["rooms.json"].EnumerateArray().Select(r => r.GetProperty("id").GetInt64()));
        Assert.Equal("Cem", files["rooms.json"][2].GetProperty("with")[0].GetString());
        Assert.Equal("my note", Assert.Single(files["reports.json"].EnumerateArray()).GetProperty("note").GetString());
        Assert.Equal("mine held", Assert.Single(files["held-messages.json"].EnumerateArray()).GetProperty("text").GetString());
        Assert.Equal("Cem", Assert.Single(files["blocks.json"].EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal("once upon a time", Assert.Single(files["bans-and-mutes.json"].GetProperty("bans").EnumerateArray()).GetProperty("reason").GetString());
        Assert.Contains("my script", files["sessions.json"].EnumerateArray().Select(s => s.GetProperty("device").GetString()));
        Assert.Equal("my phone", Assert.Single(files["settings.json"].GetProperty("notifiedDevices").EnumerateArray()).GetProperty("device").GetString());

        var all = string.Concat(files.Values.Select(f => f.GetRawText()));
        Assert.DoesNotContain("secret of Cem", all, StringComparison.Ordinal);
        Assert.DoesNotContain("to report of Cem", all, StringComparison.Ordinal);
        Assert.DoesNotContain("held of Cem", all, StringComparison.Ordinal);
        Assert.DoesNotContain("mine deleted", all, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", all, StringComparison.Ordinal);
        Assert.DoesNotContain(bea.SessionId.ToString(), all, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(host.Scalar<string>($"SELECT PasswordHash FROM Users WHERE Id = {bea.UserId}"), all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteAsync_AnAvatar_IsInIt()
    {
        await using var host = await ChatHost.StartAsync();
        using var bitmap = new SkiaSharp.SKBitmap(8, 8);
        using var png = bitmap.Encode(SkiaSharp.SKEncodedImageFormat.Png, 90);
        await host.Get<ProfileService>().SetAvatarAsync(host.Ann, new MemoryStream(png.ToArray()));

        using var archive = await ArchiveAsync(host, host.Ann);

        Assert.True(archive.GetEntry("avatar.webp")!.Length > 0);
    }

    [Fact]
    public async Task WriteAsync_MessagesOverSeveralWindows_AreAllInItInOrder()
    {
        await using var host = await ChatHost.StartAsync();
        await host.Messages.PostAsync(host.Ann, host.General, "first");

        // As if a hundred thousand were said between them.
        var next = 1;
        foreach (var id in (long[])[DataExport.Window, DataExport.Window + 1, (2 * DataExport.Window) + 1, 100_000])
        {
            host.Execute($"INSERT INTO Messages (Id, RoomId, Seq, SenderId, Text, Html, RendererVersion, SentAt) VALUES ({id}, {host.General}, {++next}, {host.Ann.UserId}, 'number {id}', '', 1, 1)");
        }

        Assert.Equal([1, DataExport.Window, DataExport.Window + 1, (2 * DataExport.Window) + 1, 100_000], Messages(await ExportAsync(host, host.Ann)).Select(m => m.GetProperty("id").GetInt64()));
    }

    [Fact]
    public async Task RequireAsync_TheFourthInAnHour_IsRefused()
    {
        await using var host = await ChatHost.StartAsync(services => services.AddSingleton(new RateLimits(new ConfigurationBuilder().Build())));
        var export = host.Get<DataExport>();
        for (var i = 0; i < 3; i++)
        {
            await export.RequireAsync(host.Ann);
        }

        await ChatHost.RefusedAsync(Refusal.TooMany, () => export.RequireAsync(host.Ann));
    }

    [Fact]
    public async Task WriteAsync_ByATokenThatMayRead_IsRefused()
    {
        await using var host = await ChatHost.StartAsync();
        var token = await host.Sessions.StartAsync(new Session { UserId = host.Ann.UserId, Kind = SessionKind.Token, Device = "script", Scopes = Scope.Read | Scope.Write | Scope.Admin });

        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Get<DataExport>().WriteAsync(new Actor(host.Ann.UserId, token), new MemoryStream()));
    }

    private static List<JsonElement> Messages(Dictionary<string, JsonElement> files) => [.. files["messages.json"].EnumerateArray()];

    private static async Task<Dictionary<string, JsonElement>> ExportAsync(ChatHost host, Actor actor)
    {
        using var archive = await ArchiveAsync(host, actor);
        Dictionary<string, JsonElement> files = [];
        foreach (var entry in archive.Entries.Where(e => e.Name.EndsWith(".json", StringComparison.Ordinal)))
        {
            await using var stream = await entry.OpenAsync();
            files.Add(entry.Name, (await JsonDocument.ParseAsync(stream)).RootElement.Clone());
        }

        return files;
    }

    private static async Task<ZipArchive> ArchiveAsync(ChatHost host, Actor actor)
    {
        var stream = new MemoryStream();
        await host.Get<DataExport>().WriteAsync(actor, stream);
        return new ZipArchive(stream, ZipArchiveMode.Read);
    }
}
