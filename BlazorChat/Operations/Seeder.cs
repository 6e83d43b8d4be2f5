using System.Data.Common;
using System.Text.Json;
using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Operations;

/// <summary>What to fill a database with.</summary>
public sealed record SeedRequest(int Users, int Rooms, int Messages, string Password);

/// <summary>
/// Fills an empty database in bulk, past the services: a million messages in a minute or two. The first person is the
/// owner; each is in General and in one other room, and messages are spread over those rooms and their people.
/// </summary>
public sealed class Seeder(IDbContextFactory<ChatDbContext> contexts, IPasswordHasher<AppUser> hasher, MessageRenderer renderer, TimeProvider time)
{
    private const int BatchSize = 20_000;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Seeds, and writes what was made to a file.</summary>
    /// <exception cref="RefusedException">The database is in use, or a number makes no sense.</exception>
    public async Task SeedAsync(SeedRequest request, FileInfo output, CancellationToken cancel)
    {
        if (request.Users is < 1 or > 1_000_000 || request.Rooms is < 1 or > 100_000 || request.Messages is < 0 or > 100_000_000)
        {
            throw RefusedException.Invalid("Seed at least one user and one room, and no negative number of messages.");
        }

        await using (var db = await contexts.CreateDbContextAsync(cancel))
        {
            if (await db.Users.AnyAsync(cancel) || await db.Community.AnyAsync(cancel))
            {
                throw new RefusedException(Refusal.Conflict, "This database is in use; only an empty one is seeded.");
            }
        }

        var now = time.GetUtcNow();
        AppUser[] users = [.. Enumerable.Range(0, request.Users).Select(index => User(index, now))];
        var hash = hasher.HashPassword(users[0], request.Password);
        Array.ForEach(users, user => user.PasswordHash = hash);
        Room[] rooms =
        [
            new() { Name = DefaultRooms.General, Description = "Everyone is here.", IsDefault = true, CreatedAt = now },
            .. Enumerable.Range(1, request.Rooms).Select(number => new Room { Name = $"Room {number}", CreatedAt = now }),
        ];

        await InsertAsync([new CommunitySettings { Name = "Seeded" }], cancel);
        await InsertAsync(users, cancel);
        Array.ForEach(rooms, room => room.CreatedById = users[0].Id);
        for (var i = 0; i < request.Messages; i++)
        {
            RoomOf(rooms, i).LastSeq++;
        }

        await InsertAsync(rooms, cancel);
        await InsertAsync(users.SelectMany((user, index) => new[] { Member(rooms[0], user, now), Member(RoomOf(rooms, index), user, now) }), cancel);
        await InsertMessagesAsync(Messages(request, users, rooms, now), cancel);
        string[] tokens = [.. users.Select(_ => TokenSecret.Create(TokenSecret.Personal))];
        await InsertAsync(users.SelectMany((user, index) => Token(user, tokens[index], now)), cancel);
        await using (var db = await contexts.CreateDbContextAsync(cancel))
        {
            db.Database.SetCommandTimeout(TimeSpan.FromMinutes(10));
            await SearchIndex.RebuildAsync(db, cancel);
        }

        await WriteAsync(request, users, tokens, rooms, output, cancel);
    }

    private static Room RoomOf(Room[] rooms, int index) => rooms[1 + (index % (rooms.Length - 1))];

    private static AppUser User(int index, DateTimeOffset now)
    {
        var name = $"user{index + 1:00000}";
        var email = $"{name}@example.com";
        return new AppUser
        {
            UserName = name,
            NormalizedUserName = name.ToUpperInvariant(),
            Email = email,
            NormalizedEmail = email.ToUpperInvariant(),
            SecurityStamp = Guid.NewGuid().ToString("N"),
            LockoutEnabled = true,
            Role = index == 0 ? Role.Owner : Role.Member,
            CreatedAt = now,
        };
    }

    private static Membership Member(Room room, AppUser user, DateTimeOffset now) => new()
    {
        RoomId = room.Id, UserId = user.Id, IsManager = user.Role == Role.Owner, LastReadSeq = room.LastSeq, JoinedAt = now,
    };

    private static object[] Token(AppUser user, string token, DateTimeOffset now)
    {
        var session = new Session
        {
            Id = Guid.NewGuid(), UserId = user.Id, Kind = SessionKind.Token, Device = "seed", CreatedAt = now,
            Scopes = Scope.Read | Scope.Write | Scope.Admin,
        };
        return
        [
            session,
            new ApiToken
            {
                SessionId = session.Id, Hash = TokenSecret.Hash(token).ToArray(), Hint = TokenSecret.Hint(token), CreatedById = user.Id, CreatedAt = now,
            },
        ];
    }

    private IEnumerable<Message> Messages(SeedRequest request, AppUser[] users, Room[] rooms, DateTimeOffset now)
    {
        RenderedText[] texts = [.. SeedTexts.All.Select(text => renderer.Render(text, new Dictionary<string, PersonView>()))];
        var seqs = new long[rooms.Length];
        for (var i = 0; i < request.Messages; i++)
        {
            var slot = i % request.Rooms;
            var inRoom = 1 + ((users.Length - 1 - slot) / request.Rooms);
            var sender = slot < users.Length ? users[slot + (request.Rooms * (i / request.Rooms % inRoom))] : users[0];
            // Each room walks through the texts from another place.
            var text = texts[(i / request.Rooms + slot) % texts.Length];
            yield return new Message
            {
                RoomId = rooms[1 + slot].Id,
                Seq = ++seqs[1 + slot],
                SenderId = sender.Id,
                Text = text.Text,
                Html = text.Html,
                RendererVersion = MessageRenderer.Version,
                SentAt = now.AddSeconds(-15.0 * (request.Messages - i)),
            };
        }
    }

    private async Task InsertAsync<T>(IEnumerable<T> rows, CancellationToken cancel)
        where T : class
    {
        foreach (var batch in rows.Chunk(BatchSize))
        {
            await using var db = await contexts.CreateDbContextAsync(cancel);
            db.ChangeTracker.AutoDetectChangesEnabled = false;
            db.AddRange(batch);
            await db.SaveChangesAsync(cancel);
        }
    }

    /// <summary>A prepared statement in place of EF's change tracking: for messages there are too many.</summary>
    private async Task InsertMessagesAsync(IEnumerable<Message> messages, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await db.Database.OpenConnectionAsync(cancel);
        var connection = db.Database.GetDbConnection();
        await using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO "Messages" ("RoomId", "Seq", "SenderId", "Text", "Html", "RendererVersion", "SentAt")
            VALUES (@room, @seq, @sender, @text, @html, @version, @sent)
            """;
        DbParameter[] parameters = [command.Add("@room"), command.Add("@seq"), command.Add("@sender"), command.Add("@text"), command.Add("@html"), command.Add("@version"), command.Add("@sent")];
        foreach (var batch in messages.Chunk(BatchSize))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            command.Transaction = transaction;
            foreach (var m in batch)
            {
                object[] values = [m.RoomId, m.Seq, m.SenderId, m.Text, m.Html, m.RendererVersion, m.SentAt.ToUnixTimeMilliseconds()];
                for (var i = 0; i < values.Length; i++)
                {
                    parameters[i].Value = values[i];
                }

                await command.ExecuteNonQueryAsync(cancel);
            }

            await transaction.CommitAsync(cancel);
        }
    }

    private static async Task WriteAsync(SeedRequest request, AppUser[] users, string[] tokens, Room[] rooms, FileInfo output, CancellationToken cancel)
    {
        await using var stream = output.Create();
        await JsonSerializer.SerializeAsync(stream, new
        {
            users = users.Select((user, index) => new
            {
                user.Id, name = user.UserName, user.Email, request.Password, token = tokens[index], roomId = RoomOf(rooms, index).Id,
            }),
            rooms = rooms.Select(room => new { room.Id, room.Name }),
        }, Json, cancel);
    }
}
