using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Messages;

/// <summary>Renders removed texts again, as their authors' messages in their rooms: whom they name may have changed meanwhile.</summary>
public sealed class RemovedTexts(MessageRenderer renderer, TimeProvider time)
{
    internal static RefusedException TooLate() => new(
        Refusal.Conflict, $"It was removed more than {RemovedMessage.KeptDays} days ago, and its text is not kept any more.");

    /// <summary>The oldest removal of which the text is still there.</summary>
    internal DateTimeOffset OldestKept => time.GetUtcNow().AddDays(-RemovedMessage.KeptDays);

    /// <summary>Of some messages, those whose texts are kept, rendered.</summary>
    internal async Task<IReadOnlyDictionary<long, RenderedText>> RenderAsync(ChatDbContext db, IReadOnlyCollection<long> messageIds)
    {
        var oldest = OldestKept;
        var kept = await (
            from removed in db.RemovedMessages
            where messageIds.Contains(removed.MessageId) && removed.Text != null && removed.At > oldest
            join message in db.Messages on removed.MessageId equals message.Id
            select new { message.Id, message.RoomId, message.SenderId, Text = removed.Text! }).ToListAsync();
        Dictionary<long, RenderedText> rendered = new(kept.Count);
        foreach (var one in kept)
        {
            rendered[one.Id] = await RenderAsync(db, one.RoomId, one.SenderId, one.Text);
        }

        return rendered;
    }

    private async Task<RenderedText> RenderAsync(ChatDbContext db, long roomId, long senderId, string text)
    {
        var names = MessageText.MentionCandidates(text);
        return names.Count == 0 ? renderer.Render(text, new Dictionary<string, PersonView>()) : renderer.Render(
            text,
            await MessageService.NamedAsync(db, roomId, names),
            names.Any(n => Callouts.Find(n) != Callout.None) && await MayCallAsync(db, roomId, senderId));
    }

    private static async Task<bool> MayCallAsync(ChatDbContext db, long roomId, long senderId) =>
        await db.Memberships.AnyAsync(m => m.RoomId == roomId && m.UserId == senderId)
        && RoomPolicy.CanCall(
            await db.StandingAsync(new Actor(senderId, Guid.Empty), roomId, Scope.All), await db.Memberships.CountAsync(m => m.RoomId == roomId));
}
