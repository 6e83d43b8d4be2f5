using System.Globalization;
using BlazorChat.Bench.Server;
using Microsoft.Data.Sqlite;

namespace BlazorChat.Bench.Admin;

/// <summary>A community as large as the administration's budgets speak of: filled by statements, not one by one.</summary>
internal static class LargeCommunity
{
    /// <summary>Fills a new data directory.</summary>
    /// <returns>Somebody who is an owner there, and a moderator.</returns>
    public static async Task<(SeedUser Owner, SeedUser Moderator)> FillAsync(string binary, string directory, AdminOptions options, CancellationToken cancellation)
    {
        var seed = await Seed.RunAsync(binary, directory, users: 500, rooms: 200, messages: 20_000, cancellation);
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(directory, "chat.db")};Pooling=false");
        await connection.OpenAsync(cancellation);
        await RunAsync($"PRAGMA synchronous=OFF; PRAGMA cache_size=-200000; BEGIN");
        await RunAsync($"UPDATE Users SET Role = CASE Id WHEN {seed.Users[0].Id} THEN 200 ELSE 50 END WHERE Id IN ({seed.Users[0].Id}, {seed.Users[1].Id})");
        await RunAsync($"""
            WITH RECURSIVE n(i) AS (SELECT 1001 UNION ALL SELECT i + 1 FROM n WHERE i < {options.People})
            INSERT INTO Users (Id, UserName, NormalizedUserName, Email, NormalizedEmail, PasswordHash, SecurityStamp, ConcurrencyStamp, Role, IsBot, CreatedAt, LastSeenAt, BannedUntil,
                LockoutEnd, DeletedAt, EmailConfirmed, PhoneNumberConfirmed, TwoFactorEnabled, LockoutEnabled, AccessFailedCount)
            SELECT i, name, upper(name), name || '@example.com', upper(name) || '@EXAMPLE.COM', hex(randomblob(64)), hex(randomblob(16)), hex(randomblob(16)),
                CASE WHEN i % 997 = 0 THEN 100 WHEN i % 499 = 0 THEN 50 WHEN i % 50 = 0 THEN -20 ELSE 0 END, 0,
                1700000000000 + (i * 7919 % 1000003) * 60000, CASE WHEN i % 7 = 0 THEN NULL ELSE 1750000000000 + (i * 104729 % 1000003) * 30000 END,
                CASE WHEN i % 20 = 0 THEN 253370764800000 END, CASE WHEN i % 1000 = 1 THEN 253370764800000 END, CASE WHEN i % 1000 = 3 THEN 1760000000000 END, 0, 0, 0, 1, 0
            FROM (SELECT i, json_extract('["Anna","Bela","Cleo","Dora","Emil","Fritz","Greta","Hugo","Ines","Jan","Klara","Leo","Mara","Nils","Olga","Paul","Rosa","Sven","Tilda","Udo"]',
                '$[' || (i * 31 % 20) || ']') || '.' || printf('%06d', i * 7919 % 1000003) AS name FROM n)
            """);
        await RunAsync($"INSERT OR IGNORE INTO Memberships (RoomId, UserId, IsManager, LastReadSeq, JoinedAt) SELECT 1, Id, 0, 0, 0 FROM Users");
        await RunAsync($"INSERT OR IGNORE INTO Memberships (RoomId, UserId, IsManager, LastReadSeq, JoinedAt) SELECT 2 + Id % 190, Id, 0, 0, 0 FROM Users");

        // A fifth of them came from fifty addresses that many share, and half of them in the last month.
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await RunAsync($"""
            INSERT INTO Sessions (Id, UserId, Kind, CreatedAt, Device, Scopes, LastSeenAt, Address)
            SELECT upper(printf('%08X-0000-4000-8000-%012X', Id, Id)), Id, 0, {now} - 5184000000, 'Chrome on Linux', 15, {now} - Id * 7919 % 86400 * 60000,
                CASE WHEN Id % 5 = 0 THEN '198.51.100.' || (Id % 250) ELSE '10.' || (Id / 65536) || '.' || (Id / 256 % 256) || '.' || (Id % 256) END FROM Users WHERE Id > 1000
            """);
        await RunAsync($"INSERT INTO Mutes (UserId, RoomId, Until, Reason, ById, At) SELECT Id, 0, 4102444800000, 'Noise', 1, 1760000000000 FROM Users WHERE Id % 101 = 0");
        await RunAsync($"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {options.Entries})
            INSERT INTO AuditEntries (At, ActorId, ActorName, Address, Act, Subject, SubjectId, PersonId, SubjectName, RoomId, Before, After, Reason)
            SELECT 1700000000000 + i * 60000, CASE WHEN i > {options.Entries} / 2 THEN 1 ELSE 1001 + i % 40 END, 'Somebody', '10.0.0.1',
                CASE WHEN i > {options.Entries} / 2 THEN json_extract('["Muted","MessageRemoved","ReportResolved","MessagePinned"]', '$[' || (i % 4) || ']')
                    ELSE json_extract('["RoleChanged","Banned","InviteMade","SettingChanged"]', '$[' || (i % 4) || ']') END,
                'Person', 1001 + i * 31 % 90000, 1001 + i * 31 % 90000, 'Anna.000001', 1 + i % 200, 'Member', 'Moderator', 'They were rude to everybody again' FROM n
            """);
        await RunAsync($"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
            INSERT INTO Invites (Code, CreatedById, CreatedAt, ExpiresAt, MaxUses, Uses, Role, RoomIds) SELECT hex(randomblob(12)), 1, 1760000000000, 4102444800000, 10, 0, 0, '[]' FROM n
            """);
        await LargeModeration.FillAsync(RunAsync, options);
        await RunAsync($"COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
        return (seed.Users[0], seed.Users[1]);

        async Task RunAsync(FormattableString sql)
        {
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants and numbers of this program.
            command.CommandText = sql.ToString(CultureInfo.InvariantCulture);
#pragma warning restore CA2100
            command.CommandTimeout = 300;
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }
}
