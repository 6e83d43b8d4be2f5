using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Messages;

/// <summary>
/// Applies a group of writes inside one transaction: decides from the database, at that moment, who may; recognises
/// resends; and numbers each room's messages without gaps.
/// </summary>
public sealed class MessageGroup(MessageViews views, TimeProvider time)
{
    internal async Task ApplyAsync(ChatDbContext db, IReadOnlyList<PendingWrite> writes)
    {
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        PendingPost[] posts = [.. writes.OfType<PendingPost>()];
        if (posts.Length > 0)
        {
            await PostAsync(db, posts);
        }

        foreach (var change in writes.OfType<PendingChange>())
        {
            await ChangeAsync(db, change);
            if (change.Result is { } changed)
            {
                // A reply of this group quotes what is stored now, whichever of the two its viewers are told of first.
                Array.ForEach(posts, post => post.Result = post.Result is { } posted ? MessageViews.Requote(posted, changed) : null);
            }
        }
    }

    private async Task PostAsync(ChatDbContext db, PendingPost[] posts)
    {
        using var statements = new PostStatements(db);
        var standings = Standings(statements, posts);
        var stored = await StoredAsync(db, statements, posts);
        var quoted = await QuotedAsync(db, posts);
        List<PendingPost> accepted = new(posts.Length);
        List<(PendingPost Post, PendingPost Of)> repeats = [];
        Dictionary<(long, string), PendingPost> inGroup = [];
        foreach (var post in posts)
        {
            var message = post.Message;
            var clientKey = message.ClientMessageId is { } clientId ? (message.SenderId, clientId) : default;
            if (!standings.TryGetValue((message.RoomId, message.SenderId), out var isArchived))
            {
                post.Refusal = RoomAccess.NotFound();
            }
            else if (message.ClientMessageId is not null && stored.TryGetValue(clientKey, out var earlier))
            {
                post.IsResend = true;
                post.Result = earlier;
            }
            else if (message.ClientMessageId is not null && inGroup.TryGetValue(clientKey, out var twin))
            {
                repeats.Add((post, twin));
            }
            else if (isArchived)
            {
                post.Refusal = RefusedException.Forbidden("This room is archived.");
            }
            else if (message.ReplyToId is { } replyTo && !quoted.ContainsKey((message.RoomId, replyTo)))
            {
                post.Refusal = RefusedException.NotFound("The message that you reply to");
            }
            else
            {
                accepted.Add(post);
                if (message.ClientMessageId is not null)
                {
                    inGroup.Add(clientKey, post);
                }
            }
        }

        Number(statements, accepted);
        accepted.ForEach(p => statements.Insert(p.Message));
        if (accepted.Count > 0)
        {
            using var index = new SearchIndex(db);
            index.Add(accepted.Select(p => p.Message));
        }

        if (accepted.Any(p => p.Mentions.Count > 0))
        {
            db.Mentions.AddRange(accepted.SelectMany(p => p.Mentions.Select(id => new Mention { MessageId = p.Message.Id, UserId = id })));
            await db.SaveChangesAsync();
        }

        foreach (var post in accepted)
        {
            var quote = post.Message.ReplyToId is { } id ? quoted[(post.Message.RoomId, id)] : null;
            post.Result = MessageViews.Of(post.Message, post.Sender, quote);
        }

        foreach (var (post, of) in repeats)
        {
            post.IsResend = true;
            post.Result = of.Result;
        }
    }

    /// <summary>Of the senders' rooms, those they are in, and whether each is archived.</summary>
    private static Dictionary<(long RoomId, long UserId), bool> Standings(PostStatements statements, PendingPost[] posts)
    {
        Dictionary<(long, long), bool> standings = [];
        foreach (var key in posts.Select(p => (p.Message.RoomId, p.Message.SenderId)).Distinct())
        {
            if (statements.IsArchived(key.RoomId, key.SenderId) is { } isArchived)
            {
                standings.Add(key, isArchived);
            }
        }

        return standings;
    }

    /// <summary>Messages of these client ids that an earlier send has stored.</summary>
    private async Task<Dictionary<(long, string), MessageView>> StoredAsync(ChatDbContext db, PostStatements statements, PendingPost[] posts)
    {
        long[] ids = [.. posts.Select(p => p.Message).Where(m => m.ClientMessageId is not null)
            .Select(m => statements.StoredId(m.SenderId, m.ClientMessageId!)).OfType<long>().Distinct()];
        if (ids.Length == 0)
        {
            return [];
        }

        var found = await db.Messages.AsNoTracking().Where(m => ids.Contains(m.Id)).ToListAsync();
        return (await views.OfAsync(db, found)).ToDictionary(v => (v.Sender.Id, v.ClientMessageId!));
    }

    private async Task<IReadOnlyDictionary<(long RoomId, long Id), QuoteView>> QuotedAsync(ChatDbContext db, PendingPost[] posts)
    {
        long[] ids = [.. posts.Select(p => p.Message.ReplyToId).OfType<long>().Distinct()];
        return await views.QuotesAsync(db, ids);
    }

    /// <summary>Numbers the messages of each room; the room's row is locked by the update until the commit.</summary>
    private void Number(PostStatements statements, List<PendingPost> accepted)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        foreach (var room in accepted.GroupBy(p => p.Message.RoomId))
        {
            var count = room.Count();
            var seq = statements.Advance(room.Key, count) - count;
            foreach (var post in room)
            {
                post.Message.Seq = ++seq;
                post.Message.SentAt = now;
            }
        }
    }

    private async Task ChangeAsync(ChatDbContext db, PendingChange change)
    {
        // Found through the membership: what one may not read is not there.
        var found = await (
            from message in db.Messages
            where message.Id == change.MessageId
            join room in db.Rooms on message.RoomId equals room.Id
            join mine in db.Memberships on new { message.RoomId, change.Actor.UserId } equals new { mine.RoomId, mine.UserId }
            join user in db.Users on mine.UserId equals user.Id
            select new { message, room, mine.IsManager, user.Role })
            .AsTracking().SingleOrDefaultAsync();
        if (found is null)
        {
            change.Refusal = RefusedException.NotFound("This message");
            return;
        }

        var own = found.message.SenderId == change.Actor.UserId;
        var standing = new Standing(found.room, IsMember: true, found.IsManager, RoomAccess.Acting(found.Role, change.Scopes));
        change.Refusal = change.Rendered is null
            ? own || RoomPolicy.CanRemoveMessages(standing) ? null : RefusedException.Forbidden("You can delete your own messages only.")
            : !own ? RefusedException.Forbidden("You can edit your own messages only.")
            : !RoomPolicy.CanPost(standing) ? RefusedException.Forbidden("This room is archived.")
            : found.message.DeletedAt is not null ? new RefusedException(Refusal.Conflict, "This message was deleted.") : null;
        if (change.Refusal is null)
        {
            await ChangeAsync(db, found.message, change);
            change.Result = (await views.OfAsync(db, [found.message]))[0];
        }
    }

    private async Task ChangeAsync(ChatDbContext db, Message message, PendingChange change)
    {
        if (message.DeletedAt is not null)
        {
            return;
        }

        using (var index = new SearchIndex(db))
        {
            index.Change(message, message.Text, change.Rendered?.Text);
        }

        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        message.Text = change.Rendered?.Text ?? "";
        message.Html = change.Rendered?.Html ?? "";
        message.RendererVersion = MessageRenderer.Version;
        message.Callout = change.Rendered?.Callout ?? Callout.None;
        if (change.Rendered is null)
        {
            message.DeletedAt = now;
            message.DeletedById = change.Actor.UserId;
        }
        else
        {
            message.EditedAt = now;
        }

        await db.Mentions.Where(m => m.MessageId == message.Id).ExecuteDeleteAsync();
        db.Mentions.AddRange((change.Rendered?.Mentions ?? []).Select(id => new Mention { MessageId = message.Id, UserId = id }));
        db.ChangeTracker.DetectChanges();
        await db.SaveChangesAsync();
    }
}
