using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Privacy;

/// <summary>
/// Everything that is stored of a person, as a ZIP of JSON files, written while it is read: of a hundred thousand messages some hundreds
/// are in memory at a time. It holds nobody else's words, and no secret. Only for who signed in with their password: a script's token
/// that may read should not be enough to carry a whole account away.
/// </summary>
public sealed class DataExport(
    IDbContextFactory<ChatDbContext> contexts, SessionRegistry sessions, RateLimits limits, PersonalData data, IFileStore files)
{
    /// <summary>How many ids of messages are looked through by one query: some milliseconds, however many messages there are.</summary>
    public const int Window = 10_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Lets an export begin, and counts it.</summary>
    /// <exception cref="RefusedException">Signed out, a token, or too often.</exception>
    public async Task RequireAsync(Actor actor)
    {
        await sessions.RequireAsync(actor, Scope.Account);
        limits.Spend(actor, Limited.Exports);
    }

    /// <summary>Writes the archive. <see cref="RequireAsync"/> has counted it.</summary>
    /// <exception cref="RefusedException">Signed out, or a token.</exception>
    public async Task WriteAsync(Actor actor, Stream output, CancellationToken cancel = default)
    {
        await sessions.RequireAsync(actor, Scope.Account);
        await using var zip = await ZipArchive.CreateAsync(output, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancel);
        await using (var db = await contexts.CreateDbContextAsync(cancel))
        {
            foreach (var (name, content) in await data.OfAsync(db, actor, cancel))
            {
                await AddAsync(zip, $"{name}.json", content, cancel);
            }
        }

        await AddAsync(zip, "messages.json", MessagesAsync(actor.UserId, cancel), cancel);
        await AddAvatarAsync(zip, actor, cancel);
    }

    private async IAsyncEnumerable<object> MessagesAsync(long userId, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var last = await db.Messages.MaxAsync(m => (long?)m.Id, cancel) ?? 0;
        for (var from = 0L; from < last; from += Window)
        {
            var to = from + Window;

            // By the key and in its order. The + keeps the database from going through all that they ever said for each window anew, which
            // the index over senders would have it do.
            var some = await db.Messages.FromSql($"""SELECT * FROM "Messages" WHERE "Id" > {from} AND "Id" <= {to} AND +"SenderId" = {userId} AND "DeletedAt" IS NULL""")
                .AsNoTracking().OrderBy(m => m.Id)
                .Select(m => new { m.Id, m.RoomId, m.Seq, m.Text, m.ReplyToId, m.SentAt, m.EditedAt })
                .ToListAsync(cancel);
            foreach (var message in some)
            {
                yield return message;
            }
        }
    }

    private async Task AddAvatarAsync(ZipArchive zip, Actor actor, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var avatar = await db.Users.Where(u => u.Id == actor.UserId).Select(u => u.Avatar).SingleAsync(cancel);
        if (avatar is not null && files.OpenRead(ProfileService.AvatarFolder, avatar) is { } image)
        {
            await using (image)
            {
                await using var entry = await zip.CreateEntry("avatar.webp", CompressionLevel.NoCompression).OpenAsync(cancel);
                await image.CopyToAsync(entry, cancel);
            }
        }
    }

    private static async Task AddAsync<T>(ZipArchive zip, string name, T content, CancellationToken cancel)
    {
        await using var entry = await zip.CreateEntry(name, CompressionLevel.Fastest).OpenAsync(cancel);
        await JsonSerializer.SerializeAsync(entry, content, Json, cancel);
    }
}
