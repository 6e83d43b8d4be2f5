using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Messages;

/// <summary>
/// Puts texts in the place of stored ones, with all that hangs on a text: the search index, mentions, and pins of what is emptied.
/// In the writer's transaction.
/// </summary>
internal static class StoredText
{
    /// <summary>
    /// Replaces the texts of messages that the context tracks; none empties one. The caller notes who did it and when, and saves.
    /// </summary>
    /// <returns>What rooms that lost pins by it have pinned now.</returns>
    public static async Task<IReadOnlyList<PinsChanged>> ReplaceAsync(ChatDbContext db, IReadOnlyList<(Message Message, RenderedText? Rendered)> changes)
    {
        using (var index = new SearchIndex(db))
        {
            // In the order of their places, as the index likes it: see SearchIndex.Add.
            foreach (var (message, rendered) in changes.OrderBy(c => c.Message.RoomId).ThenBy(c => c.Message.Seq))
            {
                var before = message.Text;
                message.Text = rendered?.Text ?? "";
                message.Html = rendered?.Html ?? "";
                message.RendererVersion = MessageRenderer.Version;
                message.Callout = rendered?.Callout ?? Callout.None;
                if (message.DeletedAt is null)
                {
                    index.Change(message, before, rendered?.Text);
                }
                else if (rendered is not null)
                {
                    // What is deleted left the index already.
                    index.Add([message]);
                }
            }
        }

        long[] ids = [.. changes.Select(c => c.Message.Id)];
        await db.Mentions.Where(m => ids.Contains(m.MessageId)).ExecuteDeleteAsync();
        db.Mentions.AddRange(changes.SelectMany(c => (c.Rendered?.Mentions ?? []).Select(userId => new Mention { MessageId = c.Message.Id, UserId = userId })));

        return await UnpinAsync(db, [.. changes.Where(c => c.Rendered is null).Select(c => c.Message.Id)]);
    }

    /// <summary>Takes messages off the pins, where they are pinned.</summary>
    /// <returns>What rooms that lost pins by it have pinned now.</returns>
    public static async Task<IReadOnlyList<PinsChanged>> UnpinAsync(ChatDbContext db, long[] messageIds)
    {
        var rooms = messageIds.Length == 0 ? [] : await db.Pins.Where(p => messageIds.Contains(p.MessageId)).Select(p => p.RoomId).Distinct().ToListAsync();
        List<PinsChanged> changed = [];
        if (rooms.Count > 0)
        {
            await db.Pins.Where(p => messageIds.Contains(p.MessageId)).ExecuteDeleteAsync();
            foreach (var roomId in rooms)
            {
                changed.Add(new PinsChanged(roomId, await Pins.IdsAsync(db, roomId)));
            }
        }

        return changed;
    }

    /// <summary>Saves what was changed of tracked rows.</summary>
    public static async Task SaveAsync(ChatDbContext db)
    {
        // The writer's context looks for changes only when it is asked to.
        db.ChangeTracker.DetectChanges();
        await db.SaveChangesAsync();
    }

    /// <summary>A moment as it is stored.</summary>
    public static DateTimeOffset Now(TimeProvider time) => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
}
