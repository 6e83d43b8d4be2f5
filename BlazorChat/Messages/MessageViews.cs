using BlazorChat.Accounts;
using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Messages;

/// <summary>Stored messages as they are shown: with their people, and what replies quote.</summary>
public sealed class MessageViews(PeopleDirectory people)
{
    /// <summary>Shows stored messages, in the order given.</summary>
    internal async Task<IReadOnlyList<MessageView>> OfAsync(ChatDbContext db, IReadOnlyList<Message> messages)
    {
        var senders = await people.GetAsync([.. messages.Select(m => m.SenderId).Distinct()]);
        var quotes = await QuotesAsync(db, [.. messages.Select(m => m.ReplyToId).OfType<long>().Distinct()]);
        return [.. messages.Select(m => Of(
            m, senders[m.SenderId], m.ReplyToId is { } id ? quotes.GetValueOrDefault((m.RoomId, id)) ?? QuoteView.Gone(id) : null))];
    }

    /// <summary>What replies to these messages quote, by room and id.</summary>
    internal async Task<IReadOnlyDictionary<(long RoomId, long Id), QuoteView>> QuotesAsync(ChatDbContext db, long[] ids)
    {
        if (ids.Length == 0)
        {
            return new Dictionary<(long, long), QuoteView>();
        }

        var quoted = await db.Messages.AsNoTracking().Where(m => ids.Contains(m.Id))
            .Select(m => new { m.Id, m.RoomId, m.SenderId, m.AliasName, m.Text, m.DeletedAt, m.DeletedById })
            .ToListAsync();
        var senders = await people.GetAsync([.. quoted.Select(q => q.SenderId).Distinct()]);
        return quoted.ToDictionary(
            q => (q.RoomId, q.Id),
            q => new QuoteView(
                q.Id, q.AliasName ?? senders[q.SenderId].Name, q.DeletedAt is null ? MessageText.Excerpt(q.Text) : null, q.SenderId,
                IsRemoved(q.SenderId, q.DeletedAt, q.DeletedById)));
    }

    internal static MessageView Of(Message message, PersonView sender, QuoteView? quote) => new(
        message.Id, message.RoomId, message.Seq, sender, message.Text, message.Html, message.ClientMessageId, quote,
        message.SentAt, message.EditedAt, message.DeletedAt,
        message.AliasName is null && message.AliasEmoji is null ? null : new MessageAlias(message.AliasName, message.AliasEmoji), message.Callout)
    {
        IsRemoved = IsRemoved(message.SenderId, message.DeletedAt, message.DeletedById),
    };

    /// <summary>A message after another one changed: what it quotes of that one follows.</summary>
    public static MessageView Requote(MessageView message, MessageView changed) =>
        message.ReplyTo?.Id == changed.Id && message.RoomId == changed.RoomId
            ? message with
            {
                ReplyTo = message.ReplyTo with { Excerpt = changed.DeletedAt is null ? MessageText.Excerpt(changed.Text) : null, IsRemoved = changed.IsRemoved },
            }
            : message;

    private static bool IsRemoved(long senderId, DateTimeOffset? deletedAt, long? deletedById) => deletedAt is not null && deletedById is { } by && by != senderId;
}
