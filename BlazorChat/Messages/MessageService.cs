using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Filtering;
using BlazorChat.Live;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Messages;

/// <summary>Posts, edits and deletes messages. Each call returns once the change is on disk.</summary>
public sealed class MessageService(
    IDbContextFactory<ChatDbContext> contexts, SessionRegistry sessions, PeopleDirectory people, MessageRenderer renderer,
    RateLimits limits, TextFilter filter, MessageWriter writer, ChatService chat)
{
    /// <summary>Posts a message; as <see cref="SendAsync"/>, for those who need not know whether it was a resend.</summary>
    /// <exception cref="RefusedException">As <see cref="SendAsync"/>.</exception>
    public async Task<MessageView> PostAsync(
        Actor actor, long roomId, string text, string? clientMessageId = null, long? replyToId = null) =>
        (await SendAsync(actor, new Draft(roomId, text, clientMessageId, replyToId))).Message;

    /// <summary>Posts a message. A resend with the same client message id stores nothing and returns the first one.</summary>
    /// <exception cref="RefusedException">
    /// The text is empty or too long, the actor is not in the room, it is archived or locked, they are muted, blocked or have to wait for
    /// their turn there (<see cref="RefusedException.RetryAfter"/> says how long), the message replied to is not in the room, an alias is
    /// given by somebody who is no bot, the word filter blocks it, or it cannot be stored at the moment. Held: it is stored, and waits for
    /// a moderator; nobody sees it, and sending it again changes nothing.
    /// </exception>
    public async Task<SentMessage> SendAsync(Actor actor, Draft draft)
    {
        var scopes = await sessions.RequireAsync(actor, Scope.Write, draft.RoomId);
        limits.Spend(actor, Limited.Messages);
        if (draft.ClientMessageId is { Length: 0 or > Message.MaxClientIdLength })
        {
            throw RefusedException.Invalid($"A client message id has 1 to {Message.MaxClientIdLength} characters.");
        }

        var sender = await people.GetAsync(actor.UserId);
        if (draft.Alias is not null && !sender.IsBot)
        {
            throw RefusedException.Forbidden("Only a bot may speak under another name.");
        }

        var alias = draft.Alias is { Name: { } name } ? draft.Alias with { Name = filter.Clean(name, "name", "choose another") } : draft.Alias;
        var (rendered, verdict) = await RenderAsync(actor, scopes, draft.RoomId, draft.Text);
        if (verdict.Action == FilterAction.Block && !await IsStoredAsync(actor, draft.ClientMessageId))
        {
            throw FilteredText.Refused(verdict, "message");
        }

        var post = new PendingPost(actor, sender, new Message
        {
            RoomId = draft.RoomId,
            SenderId = actor.UserId,
            Text = rendered.Text,
            Html = rendered.Html,
            RendererVersion = MessageRenderer.Version,
            ClientMessageId = draft.ClientMessageId,
            ReplyToId = draft.ReplyToId,
            AliasName = alias?.Name,
            AliasEmoji = alias?.Emoji,
            Callout = rendered.Callout,
        }, rendered.Mentions)
        {
            Scopes = scopes,
            Held = verdict.Action == FilterAction.Hold ? verdict.Found : null,
            HeldWords = verdict.Explanation,
        };
        try
        {
            return new SentMessage(await writer.WriteAsync(post), post.IsResend);
        }
        catch (RefusedException refused) when (refused.Refusal == Refusal.Held)
        {
            chat.Raise(new MessageHeld());
            throw;
        }
    }

    /// <summary>Changes the text of the actor's own message.</summary>
    /// <exception cref="RefusedException">Not theirs, deleted, or a text that would not be posted.</exception>
    public async Task<MessageView> EditAsync(Actor actor, long messageId, string text)
    {
        var roomId = await RoomOfAsync(actor, messageId);
        var scopes = await sessions.RequireAsync(actor, Scope.Write, roomId);
        limits.Spend(actor, Limited.Messages);
        var (rendered, verdict) = await RenderAsync(actor, scopes, roomId, text);
        if (verdict.Action is FilterAction.Block)
        {
            throw FilteredText.Refused(verdict, "message");
        }

        if (verdict.Action is FilterAction.Hold)
        {
            throw RefusedException.Invalid($"{HeldPosts.Words(verdict.Explanation)}An edit cannot wait for that: send it as a new message, or take out “{verdict.Found}”.");
        }

        return await writer.WriteAsync(new PendingChange(actor, messageId, scopes, rendered));
    }

    /// <summary>
    /// Deletes the actor's own message, which leaves nothing; or removes somebody else's as <see cref="RemoveAsync"/> does. Deleting
    /// twice changes nothing.
    /// </summary>
    /// <param name="actor">Who deletes.</param>
    /// <param name="messageId">The message.</param>
    /// <param name="reason">Why, for the author of somebody else's to read; without one it says that none was given.</param>
    /// <exception cref="RefusedException">Neither theirs, nor theirs to remove.</exception>
    public async Task DeleteAsync(Actor actor, long messageId, string? reason = null)
    {
        var given = string.IsNullOrWhiteSpace(reason) ? RemovalReason.None : RemovalReason.Parse(reason);
        var scopes = await sessions.RequireAsync(actor, Scope.Write, await RoomOfAsync(actor, messageId));
        limits.Spend(actor, Limited.Messages);
        await writer.WriteAsync(new PendingRemoval(actor, messageId, scopes, given));
    }

    /// <summary>
    /// Removes somebody else's message, in a room where the actor may and whose author they outrank: its text is gone for everyone at
    /// once, can be restored for <see cref="RemovedMessage.KeptDays"/> days, and its author can read why.
    /// </summary>
    /// <exception cref="RefusedException">No reason or too long a one, not theirs to remove, or somebody was faster.</exception>
    public async Task<MessageView> RemoveAsync(Actor actor, long messageId, string reason)
    {
        var given = RemovalReason.Parse(reason);
        var scopes = await sessions.RequireAsync(actor, Scope.Write, await RoomOfAsync(actor, messageId));
        limits.Spend(actor, Limited.Messages);
        return await writer.WriteAsync(new PendingRemoval(actor, messageId, scopes, given) { IsFirst = true });
    }

    /// <summary>The Markdown source of the actor's own message, to edit it.</summary>
    public async Task<string> SourceAsync(Actor actor, long messageId)
    {
        await sessions.RequireAsync(actor, Scope.Write, await RoomOfAsync(actor, messageId));
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Messages
            .Where(m => m.Id == messageId && m.SenderId == actor.UserId && m.DeletedAt == null)
            .Where(m => db.Memberships.Any(s => s.RoomId == m.RoomId && s.UserId == actor.UserId))
            .Select(m => m.Text)
            .SingleOrDefaultAsync() ?? throw RefusedException.NotFound("This message");
    }

    private async Task<long> RoomOfAsync(Actor actor, long messageId)
    {
        // A message beyond a token's one room looks like one that is not there.
        var only = await sessions.RequireInRoomsAsync(actor, Scope.Write);
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Messages
            .Where(m => m.Id == messageId && (only == null || m.RoomId == only) && db.Memberships.Any(s => s.RoomId == m.RoomId && s.UserId == actor.UserId))
            .Select(m => (long?)m.RoomId)
            .SingleOrDefaultAsync() ?? throw RefusedException.NotFound("This message");
    }

    /// <summary>
    /// Judges a text and renders what may be shown of it. The word filter reads the source and also what is seen of it: formatting
    /// in the middle of a word hides the word from nobody.
    /// </summary>
    internal async Task<(RenderedText Rendered, Verdict Verdict)> RenderAsync(Actor actor, Scope scopes, long roomId, string text)
    {
        var verdict = filter.Judge(MessageText.Parse(text));
        var rendered = await RenderParsedAsync(actor, scopes, roomId, verdict.Text);
        return (rendered, verdict.Action == FilterAction.Block || !ShownText.MayDiffer(verdict.Text) ? verdict : Stricter(verdict, ShownText.Of(rendered.Html)));
    }

    private Verdict Stricter(Verdict verdict, string shown)
    {
        var seen = filter.Judge(shown);
        return seen.Action switch
        {
            FilterAction.Block => seen,
            FilterAction.Hold when verdict.Action != FilterAction.Hold => seen with { Text = verdict.Text },
            // Where in the source the word begins and ends is anybody's guess.
            _ when seen.Text != shown => new Verdict(
                FilterAction.Block, verdict.Text, "A word in this message is covered here, and formatting in the middle of it prevents that. Write it without the formatting."),
            _ => verdict,
        };
    }

    private async Task<RenderedText> RenderParsedAsync(Actor actor, Scope scopes, long roomId, string parsed)
    {
        var names = MessageText.MentionCandidates(parsed);
        if (names.Count == 0)
        {
            return renderer.Render(parsed, NoPeople);
        }

        await using var db = await contexts.CreateDbContextAsync();
        var mayCall = names.Any(n => Callouts.Find(n) != Callout.None) && await MayCallAsync(db, actor, scopes, roomId);
        return renderer.Render(parsed, await NamedAsync(db, roomId, names), mayCall);
    }

    /// <summary>Whether this is a resend of what was stored before the word filter had a rule against it.</summary>
    private async Task<bool> IsStoredAsync(Actor actor, string? clientMessageId)
    {
        if (clientMessageId is null)
        {
            return false;
        }

        await using var db = await contexts.CreateDbContextAsync();
        return await db.Messages.AnyAsync(m => m.SenderId == actor.UserId && m.ClientMessageId == clientMessageId);
    }

    private static async Task<bool> MayCallAsync(ChatDbContext db, Actor actor, Scope scopes, long roomId) => RoomPolicy.CanCall(
        await db.StandingAsync(actor, roomId, scopes), await db.Memberships.CountAsync(m => m.RoomId == roomId));

    /// <summary>Those of the names that belong to somebody in the room.</summary>
    internal static async Task<IReadOnlyDictionary<string, PersonView>> NamedAsync(ChatDbContext db, long roomId, IReadOnlyCollection<string> names) =>
        await db.Users.AsNoTracking()
            .Where(u => names.Contains(u.NormalizedUserName) && db.Memberships.Any(m => m.RoomId == roomId && m.UserId == u.Id))
            .ToDictionaryAsync(u => u.NormalizedUserName!, u => new PersonView(u.Id, u.UserName!, u.Avatar, u.Role, u.IsBot));

    private static readonly IReadOnlyDictionary<string, PersonView> NoPeople = new Dictionary<string, PersonView>();
}
