using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace BlazorChat.Notifications.Digests;

/// <summary>
/// Stores and removes <see cref="DigestItem"/>s, by one prepared statement for them all: <c>@all</c> in a large room is thousands,
/// and senders wait while they are written.
/// </summary>
internal static class DigestRows
{
    /// <summary>Stores them, in the caller's transaction.</summary>
    public static Task StoreAsync(ChatDbContext db, IEnumerable<(long UserId, long MessageId)> items) =>
        RunAsync(db, """INSERT INTO "DigestItems" ("UserId", "MessageId") VALUES (@user, @message)""", items);

    /// <summary>Removes them, in the caller's transaction; those that are not there any more are no matter.</summary>
    public static Task RemoveAsync(ChatDbContext db, IEnumerable<(long UserId, long MessageId)> items) =>
        RunAsync(db, """DELETE FROM "DigestItems" WHERE "UserId" = @user AND "MessageId" = @message""", items);

    private static async Task RunAsync(ChatDbContext db, string statement, IEnumerable<(long UserId, long MessageId)> items)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        command.CommandText = statement;
        var (user, message) = (command.Add("@user"), command.Add("@message"));
        foreach (var item in items)
        {
            (user.Value, message.Value) = (item.UserId, item.MessageId);
            await command.ExecuteNonQueryAsync();
        }
    }
}
