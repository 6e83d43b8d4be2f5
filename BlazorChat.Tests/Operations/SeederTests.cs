using System.Text.Json;
using BlazorChat.Accounts;
using BlazorChat.Data;
using BlazorChat.Operations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Operations;

public sealed class SeederTests
{
    [Fact]
    public async Task SeedAsync_SmallNumbers_HasTheContractsShape()
    {
        await using var app = await EmptyAsync();
        var file = new FileInfo(Path.Combine(app.Services.GetRequiredService<DataDirectory>().Path, "out.json"));
        await app.Services.GetRequiredService<Seeder>().SeedAsync(new SeedRequest(7, 3, 100, "a seeded phrase"), file, CancellationToken.None);

        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(file.FullName));
        var users = json.RootElement.GetProperty("users").EnumerateArray().ToList();
        var rooms = json.RootElement.GetProperty("rooms").EnumerateArray().ToDictionary(r => r.GetProperty("id").GetInt64(), r => r.GetProperty("name").GetString());
        Assert.Equal((7, 4), (users.Count, rooms.Count));
        Assert.Equal(
            (1, "user00001", "user00001@example.com", "a seeded phrase"),
            (users[0].GetProperty("id").GetInt64(), users[0].GetProperty("name").GetString(), users[0].GetProperty("email").GetString(), users[0].GetProperty("password").GetString()));
        Assert.All(users, user => Assert.Contains(user.GetProperty("roomId").GetInt64(), rooms.Keys));

        await using var db = await app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        Assert.Equal((7, 100), (await db.Users.CountAsync(), await db.Messages.CountAsync()));
        foreach (var room in await db.Rooms.ToListAsync())
        {
            var seqs = await db.Messages.Where(m => m.RoomId == room.Id).OrderBy(m => m.Seq).Select(m => m.Seq).ToListAsync();
            Assert.Equal(Enumerable.Range(1, (int)room.LastSeq).Select(i => (long)i), seqs);
        }

        var general = rooms.Single(r => r.Value == "General").Key;
        for (var index = 0; index < users.Count; index++)
        {
            var id = users[index].GetProperty("id").GetInt64();
            long[] expected = [general, users[index].GetProperty("roomId").GetInt64()];
            Assert.Equal(expected.Order(), await db.Memberships.Where(m => m.UserId == id).Select(m => m.RoomId).OrderBy(r => r).ToListAsync());
            Assert.Equal(users[index % 3].GetProperty("roomId").GetInt64(), expected[1]);
        }

        await db.Database.ExecuteSqlRawAsync("INSERT INTO MessageSearch (MessageSearch, rank) VALUES ('integrity-check', 1)");
        Assert.False(await db.Messages.AnyAsync(m => !db.Memberships.Any(s => s.RoomId == m.RoomId && s.UserId == m.SenderId)));
        var signIn = app.Services.GetRequiredService<SignInService>();
        Assert.Equal("user00003", (await signIn.CheckAsync("user00003@example.com", "a seeded phrase", null)).Name);
    }

    [Fact]
    public async Task SeedAsync_DatabaseInUse_IsRefusedAndTouchesNothing()
    {
        await using var app = await EmptyAsync();
        var file = new FileInfo(Path.Combine(app.Services.GetRequiredService<DataDirectory>().Path, "out.json"));
        await app.Services.GetRequiredService<SetupService>().CompleteAsync("Harbour", "Ann", "ann@example.com", ChatHost.Password);
        var seeder = app.Services.GetRequiredService<Seeder>();

        await ChatHost.RefusedAsync(Refusal.Conflict, () => seeder.SeedAsync(new SeedRequest(2, 1, 1, "a seeded phrase"), file, CancellationToken.None));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => seeder.SeedAsync(new SeedRequest(0, 1, 1, "a seeded phrase"), file, CancellationToken.None));

        Assert.False(file.Exists);
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        Assert.Equal(1, await db.Users.CountAsync());
    }

    private static async Task<EmptyProgram> EmptyAsync()
    {
        var program = new EmptyProgram();
        await program.Services.PrepareDataAsync();
        return program;
    }

    /// <summary>The whole program on an empty directory, as a command runs it.</summary>
    private sealed class EmptyProgram : IAsyncDisposable
    {
        private readonly string _directory = Directory.CreateTempSubdirectory("blazorchat-seed-").FullName;
        private readonly Microsoft.AspNetCore.Builder.WebApplication _app;

        public EmptyProgram() => _app = Program.Build(
            [$"--Chat:DataDirectory={_directory}", "--environment=Development", "--applicationName=BlazorChat", "--Logging:LogLevel:Default=Error"]);

        public IServiceProvider Services => _app.Services;

        public async ValueTask DisposeAsync()
        {
            await _app.DisposeAsync();
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            Directory.Delete(_directory, recursive: true);
        }
    }
}
