using BlazorChat.Accounts;
using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Messages;

/// <summary>
/// Applies a group of writes inside one transaction: decides from the database, at that moment, who may; recognises
/// resends; and numbers each room's messages without gaps.
/// </summary>
public sealed class MessageGroup(MessageViews views, MessageChanges changes, TimeProvider time)
{
    internal async Task ApplyAsync(ChatDbContext db, IReadOnlyList<PendingWrite> writes)
    {
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        PendingPost[] posts = [.. writes.OfType<PendingPost>()];
        if (posts.Length > 0)
        {
            await PostAsync(db, posts);
        }

        foreach (var alteration in writes.OfType<PendingAlteration>())
        {
            await changes.ApplyAsync(db, alteration);
            foreach (var changed in alteration.Changed)
            {
                // A reply of this group quotes what is stored now, whichever of the two its viewers are told of first.
                Array.ForEach(posts, post => post.Result = post.Result is { } posted ? MessageViews.Requote(posted, changed) : null);
            }
        }
    }

    private async Task PostAsync(ChatDbContext db, PendingPost[] posts)
    {
        using var statements = new PostStatements(db);
        var gate = new PostGate(statements, DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds()));
        gate.LookUp(posts);
        var stored = await StoredAsync(db, statements, posts);
        var quoted = await QuotedAsync(db, posts);
        List<PendingPost> accepted = new(posts.Length);
        List<(PendingPost Post, PendingPost Of)> repeats = [];
        Dictionary<(long, string), PendingPost> inGroup = [];
        foreach (var post in posts)
        {
            var message = post.Message;
            var clientKey = message.ClientMessageId is { } clientId ? (message.SenderId, clientId) : default;
            if (gate.Admit(post) is { } stranger)
            {
                post.Refusal = stranger;
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
            else if (gate.Refuse(post) is { } refusal)
            {
                post.Refusal = refusal;
            }
            else if (message.ReplyToId is { } replyTo && !quoted.ContainsKey((message.RoomId, replyTo)))
            {
                post.Refusal = RefusedException.NotFound("The message that you reply to");
            }
            else
            {
                gate.Accept(post);
                accepted.Add(post);
                if (message.ClientMessageId is not null)
                {
                    inGroup.Add(clientKey, post);
                }
            }
        }

        await HeldPosts.SiftAsync(db, accepted, time.GetUtcNow());
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
            post.Refusal = of.Refusal;
        }
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
}
