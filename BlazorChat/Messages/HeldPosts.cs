using System.Data.Common;
using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace BlazorChat.Messages;

/// <summary>
/// Messages that wait for a moderator: the writer stores them in place of messages, so that who may not post holds nothing either,
/// and a resend is recognised; and posts them once they are let through.
/// </summary>
public sealed class HeldPosts(IDbContextFactory<ChatDbContext> contexts, PeopleDirectory people, MessageService messages, MessageWriter writer)
{
    /// <summary>Most messages of one person that wait; beyond it they are asked to wait, too.</summary>
    public const int MaxWaiting = 20;

    /// <summary>Posts a held message as its sender, with its client id: past the word filter, lock, mute and slow mode.</summary>
    /// <param name="held">The message.</param>
    /// <param name="letThrough">Stores the decision in the transaction that stores the message; it refuses by throwing before it changed anything.</param>
    /// <exception cref="RefusedException">What <paramref name="letThrough"/> throws, or the sender may not post there at all.</exception>
    internal async Task<MessageView> PostAsync(HeldMessage held, Func<ChatDbContext, Task> letThrough)
    {
        var sender = await people.GetAsync(held.SenderId);
        var actor = new Actor(held.SenderId, Guid.Empty);
        var (rendered, _) = await messages.RenderAsync(actor, Scope.All, held.RoomId, held.Text);
        var post = new PendingPost(actor, sender, new Message
        {
            RoomId = held.RoomId,
            SenderId = held.SenderId,
            Text = rendered.Text,
            Html = rendered.Html,
            RendererVersion = MessageRenderer.Version,
            ClientMessageId = held.ClientMessageId,
            ReplyToId = await AnsweredAsync(held),
            AliasName = held.AliasName,
            AliasEmoji = held.AliasEmoji,
            Callout = rendered.Callout,
        }, rendered.Mentions)
        {
            LetThrough = letThrough,
        };
        return await writer.WriteAsync(post);
    }

    /// <summary>The words of a rule, or the usual ones.</summary>
    internal static string Words(string explanation) =>
        explanation.Length > 0 ? $"{FilteredText.Sentence(explanation)} " : "There are words in it that a moderator looks at first. ";

    /// <summary>
    /// Takes out of a group's accepted posts what is held now or was before, and stores what a moderator decided of the others. In the
    /// writer's transaction.
    /// </summary>
    internal static async Task SiftAsync(ChatDbContext db, List<PendingPost> accepted, DateTimeOffset now)
    {
        using var waiting = new HeldStatements(db);
        if (accepted.TrueForAll(p => p is { Held: null, LetThrough: null }) && !waiting.Any())
        {
            return;
        }

        foreach (var post in accepted.ToList())
        {
            post.Refusal = post.LetThrough is { } letThrough
                ? await RefusalOfAsync(() => letThrough(db))
                : waiting.Earlier(post.Message) ?? (post.Held is null ? null : await HoldAsync(db, post, now));
            if (post.Refusal is not null)
            {
                accepted.Remove(post);
            }
        }
    }

    private static RefusedException Held(string explanation) => new(
        Refusal.Held, $"{Words(explanation)}It is held for review; you find it under “Held messages” of your account.");

    private static async Task<RefusedException> HoldAsync(ChatDbContext db, PendingPost post, DateTimeOffset now)
    {
        if (await db.HeldMessages.CountAsync(h => h.SenderId == post.Message.SenderId && h.DecidedAt == null) >= MaxWaiting)
        {
            return RefusedException.Invalid($"{MaxWaiting} messages of yours wait for a moderator already. Wait until some were looked at.");
        }

        db.HeldMessages.Add(new HeldMessage
        {
            RoomId = post.Message.RoomId,
            SenderId = post.Message.SenderId,
            Text = post.Message.Text,
            ClientMessageId = post.Message.ClientMessageId,
            ReplyToId = post.Message.ReplyToId,
            AliasName = post.Message.AliasName,
            AliasEmoji = post.Message.AliasEmoji,
            Found = post.Held!,
            HeldAt = now,
        });
        await db.SaveChangesAsync();
        return Held(post.HeldWords);
    }

    private static async Task<RefusedException?> RefusalOfAsync(Func<Task> letThrough)
    {
        try
        {
            await letThrough();
            return null;
        }
        catch (RefusedException refused)
        {
            return refused;
        }
    }

    private async Task<long?> AnsweredAsync(HeldMessage held)
    {
        if (held.ReplyToId is not { } id)
        {
            return null;
        }

        // It may be gone for good by now; the answer to it is still worth reading.
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Messages.AnyAsync(m => m.Id == id && m.RoomId == held.RoomId) ? id : null;
    }

    /// <summary>Asked for each message that is posted, hence prepared and without tracking.</summary>
    private sealed class HeldStatements : IDisposable
    {
        private readonly DbCommand _any;
        private readonly DbCommand _earlier;
        private readonly DbParameter _sender;
        private readonly DbParameter _client;

        public HeldStatements(ChatDbContext db)
        {
            _any = Create(db);
            _any.CommandText = """SELECT EXISTS (SELECT 1 FROM "HeldMessages")""";
            _earlier = Create(db);
            _earlier.CommandText = """
                SELECT CASE WHEN "DecidedAt" IS NULL THEN 0 WHEN "IsApproved" THEN 1 ELSE 2 END
                FROM "HeldMessages" WHERE "SenderId" = @sender AND "ClientMessageId" = @client
                """;
            _sender = _earlier.Add("@sender");
            _client = _earlier.Add("@client");
        }

        public bool Any() => Convert.ToInt64(_any.ExecuteScalar(), null) != 0;

        /// <summary>What became of a message with this client id that was held before; null where none was.</summary>
        public RefusedException? Earlier(Message message)
        {
            if (message.ClientMessageId is null)
            {
                return null;
            }

            (_sender.Value, _client.Value) = (message.SenderId, message.ClientMessageId);
            return _earlier.ExecuteScalar() is not { } state ? null : Convert.ToInt64(state, null) switch
            {
                0 => Held(""),
                1 => new RefusedException(Refusal.Conflict, "This message was posted, and is gone by now."),
                _ => RefusedException.Invalid("A moderator has turned this message down. Write it differently, if you like."),
            };
        }

        public void Dispose()
        {
            _any.Dispose();
            _earlier.Dispose();
        }

        private static DbCommand Create(ChatDbContext db)
        {
            var command = db.Database.GetDbConnection().CreateCommand();
            command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
            return command;
        }
    }
}
