using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Operations;

public sealed class DatabaseTests
{
    [Fact]
    public async Task Connection_OfEveryPooledContext_IsDurableAndWaitsForABusyDatabase()
    {
        await using var host = await ChatHost.StartAsync();
        for (var i = 0; i < 3; i++)
        {
            await using var first = await host.OpenAsync();
            await using var second = await host.OpenAsync();
            foreach (var db in (DbContext[])[first, second])
            {
                Assert.Equal("wal", await PragmaAsync(db, "journal_mode"));
                Assert.Equal("2", await PragmaAsync(db, "synchronous"));
                Assert.Equal("5000", await PragmaAsync(db, "busy_timeout"));
                Assert.Equal("1", await PragmaAsync(db, "foreign_keys"));
            }
        }
    }

    [Fact]
    public async Task Sqlite_Version_IsAfterTheLostWriteOfItsLog()
    {
        await using var host = await ChatHost.StartAsync();
        Assert.True(Version.Parse(host.Scalar<string>("SELECT sqlite_version()")) >= new Version(3, 51, 3));
    }

    private static async Task<string?> PragmaAsync(DbContext db, string pragma)
    {
        await db.Database.OpenConnectionAsync();
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = $"PRAGMA {pragma}";
        return (await command.ExecuteScalarAsync())?.ToString();
    }
}
