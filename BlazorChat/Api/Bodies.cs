using System.Text.Json.Serialization;
using BlazorChat.Live;
using BlazorChat.Messages;
using MessagePack;

namespace BlazorChat.Api;

/// <summary>
/// A message as clients get it, from REST and from the hub. <c>isRemoved</c> tells one that a moderator took away, and may restore, from
/// one that its author deleted.
/// </summary>
[MessagePackObject]
public sealed record MessageBody(
    [property: Key("id")] long Id,
    [property: Key("roomId")] long RoomId,
    [property: Key("seq")] long Seq,
    [property: Key("senderId")] long SenderId,
    [property: Key("senderName")] string SenderName,
    [property: Key("senderIsBot")] bool SenderIsBot,
    [property: Key("text")] string Text,
    [property: Key("html")] string Html,
    [property: Key("clientMessageId")] string? ClientMessageId,
    [property: Key("replyToId")] long? ReplyToId,
    [property: Key("sentAt")] DateTime SentAt,
    [property: Key("editedAt")] DateTime? EditedAt,
    [property: Key("deletedAt")] DateTime? DeletedAt,
    [property: Key("isRemoved")] bool IsRemoved = false)
{
    /// <summary>A message in this shape.</summary>
    public static MessageBody Of(MessageView m) => new(
        m.Id, m.RoomId, m.Seq, m.Sender.Id, m.SenderName, m.Sender.IsBot, m.Text, m.Html, m.ClientMessageId, m.ReplyTo?.Id,
        m.SentAt.UtcDateTime, m.EditedAt?.UtcDateTime, m.DeletedAt?.UtcDateTime, m.IsRemoved);
}

/// <summary>A run of messages.</summary>
/// <param name="Messages">Oldest first in a room, newest first in a search.</param>
/// <param name="HasMore">Whether there are more in the direction that was asked for.</param>
[MessagePackObject]
public sealed record MessagesBody(
    [property: Key("messages")] IReadOnlyList<MessageBody> Messages,
    [property: Key("hasMore")] bool HasMore)
{
    /// <summary>A run in this shape.</summary>
    public static MessagesBody Of(IReadOnlyList<MessageView> messages, bool hasMore) => new([.. messages.Select(MessageBody.Of)], hasMore);
}

/// <summary>A message that waits for a moderator: it is stored, and nobody sees it.</summary>
/// <param name="Held">Always true.</param>
/// <param name="Detail">Why, in words.</param>
public sealed record HeldBody(bool Held, string Detail);

/// <summary>What a search found.</summary>
/// <param name="Messages">Newest first.</param>
/// <param name="HasMore">Whether there may be older ones.</param>
/// <param name="NextBeforeId">The <c>beforeId</c> to go on with; it may lie far before the last message.</param>
public sealed record FoundBody(IReadOnlyList<MessageBody> Messages, bool HasMore, long? NextBeforeId);

/// <summary>That a client follows a room, and its last message at that moment.</summary>
[MessagePackObject]
public sealed record JoinedBody([property: Key("roomId")] long RoomId, [property: Key("lastSeq")] long LastSeq);

/// <summary>A deleted message; <c>isRemoved</c> where a moderator took it away, and, in JSON, nothing of the kind where its author did.</summary>
[MessagePackObject]
public sealed record DeletedBody(
    [property: Key("id")] long Id,
    [property: Key("roomId")] long RoomId,
    [property: Key("seq")] long Seq,
    [property: Key("isRemoved"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IsRemoved = false);

/// <summary>Somebody is typing.</summary>
[MessagePackObject]
public sealed record TypingBody([property: Key("roomId")] long RoomId, [property: Key("userId")] long UserId, [property: Key("name")] string Name);

/// <summary>Somebody came, turned away or left: <c>online</c>, <c>away</c> or <c>offline</c>.</summary>
[MessagePackObject]
public sealed record PresenceBody([property: Key("userId")] long UserId, [property: Key("state")] string State)
{
    /// <summary>A presence in this shape.</summary>
    public static PresenceBody Of(long userId, PresenceState state) => new(userId, NameOf(state));

    /// <summary>A state as clients get it.</summary>
    public static string NameOf(PresenceState state) => state switch
    {
        PresenceState.Online => "online", PresenceState.Away => "away", _ => "offline",
    };
}

/// <summary>A room that something is said about.</summary>
[MessagePackObject]
public sealed record RoomIdBody([property: Key("roomId")] long RoomId);

/// <summary>Signing in by password.</summary>
public sealed record LoginBody(string? Email, string? Password, string? TwoFactorCode = null);

/// <summary>Exchanging a refresh token.</summary>
public sealed record RefreshBody(string? RefreshToken);

/// <summary>A new pair of tokens (RFC 6749, section 5.1).</summary>
/// <param name="TokenType">Always <c>Bearer</c>.</param>
/// <param name="AccessToken">For the <c>Authorization</c> header.</param>
/// <param name="ExpiresIn">Seconds until it expires.</param>
/// <param name="RefreshToken">Good for one new pair.</param>
public sealed record TokensBody(string TokenType, string AccessToken, int ExpiresIn, string RefreshToken);

/// <summary>Who the token speaks for.</summary>
public sealed record MeBody(long Id, string Name, string? Email, string Role, bool IsBot);

/// <summary>A room in the caller's list.</summary>
/// <param name="Id">The room.</param>
/// <param name="Name">Its name; of a direct conversation the names of the others.</param>
/// <param name="Kind"><c>public</c>, <c>private</c> or <c>direct</c>.</param>
/// <param name="IsMember">Whether the caller is in it.</param>
/// <param name="Unread">How many messages wait.</param>
/// <param name="LastSeq">Its newest message.</param>
/// <param name="IsLocked">Whether only its moderators post.</param>
/// <param name="SlowSeconds">How many seconds everybody else waits from one message to their next; 0 for none.</param>
public sealed record RoomBody(
    long Id, string Name, string Kind, bool IsMember, long Unread, long LastSeq, bool IsLocked = false, int SlowSeconds = 0);

/// <summary>For how many minutes to mute somebody, 1 to 525,600 (a year), and why: they read it.</summary>
public sealed record MuteBody(int Minutes, string? Reason);

/// <summary>How many seconds to wait from one message to the next, 0 to 21,600 (six hours); 0 for none.</summary>
public sealed record SlowBody(int? Seconds);

/// <summary>Whether only moderators post.</summary>
public sealed record LockBody(bool? Locked);

/// <summary>A room to make: <c>public</c>, <c>private</c>, or <c>direct</c> with its people and without a name.</summary>
public sealed record NewRoomBody(string? Name, string? Kind, IReadOnlyList<long>? MemberIds = null);

/// <summary>A person in a room.</summary>
public sealed record MemberBody(long Id, string Name, bool IsBot, bool IsManager, string Presence);

/// <summary>A message to post.</summary>
public sealed record NewMessageBody(string? Text, string? ClientMessageId = null, long? ReplyToId = null);

/// <summary>A message's new text.</summary>
public sealed record EditBody(string? Text);

/// <summary>A pinned message, who pinned it and when.</summary>
public sealed record PinBody(MessageBody Message, long PinnedById, string PinnedByName, DateTime PinnedAt);

/// <summary>How far the caller has read.</summary>
public sealed record ReadBody(long Seq);

/// <summary>The key that a browser allows notifications for: VAPID, base64url.</summary>
public sealed record PushKeyBody(string PublicKey);

/// <summary>A browser to notify, as its <c>PushSubscription</c> writes itself to JSON.</summary>
/// <param name="Endpoint">Where its push service takes notifications.</param>
/// <param name="Keys">For whom they are encrypted.</param>
/// <param name="Replaces">The endpoint that it had before, which is forgotten.</param>
public sealed record NewSubscriptionBody(string? Endpoint, SubscriptionKeysBody? Keys, string? Replaces = null);

/// <summary>The keys of a browser, base64url (RFC 8291): a point on P-256, and a secret of 16 bytes.</summary>
public sealed record SubscriptionKeysBody(string? P256dh, string? Auth);

/// <summary>A browser that is notified.</summary>
public sealed record SubscriptionBody(long Id, string Device, DateTime CreatedAt);

/// <summary>A browser to notify no more.</summary>
public sealed record EndpointBody(string? Endpoint);

/// <summary>What the caller is told of: <c>everything</c>, <c>mentions</c> or <c>nothing</c> of rooms without a level of their own, outside the quiet hours.</summary>
public sealed record NotificationsBody(
    string? DefaultLevel, string? QuietFrom, string? QuietUntil, string? TimeZone, bool ShowsText = true, int? EmailAfterMinutes = null);

/// <summary>What the caller is told of one room.</summary>
/// <param name="Level">As chosen for it; <see langword="null"/> as the account says.</param>
/// <param name="MutedUntil">Until when it is muted.</param>
/// <param name="EffectiveLevel">What holds; answered, and ignored when it is sent.</param>
public sealed record RoomNotificationsBody(string? Level, DateTime? MutedUntil, string? EffectiveLevel = null);

/// <summary>The shapes that are written often, without reflection.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(MessageBody))]
[JsonSerializable(typeof(HeldBody))]
[JsonSerializable(typeof(MessagesBody))]
[JsonSerializable(typeof(FoundBody))]
[JsonSerializable(typeof(JoinedBody))]
[JsonSerializable(typeof(DeletedBody))]
[JsonSerializable(typeof(TypingBody))]
[JsonSerializable(typeof(PresenceBody))]
[JsonSerializable(typeof(RoomIdBody))]
[JsonSerializable(typeof(NewMessageBody))]
[JsonSerializable(typeof(EditBody))]
[JsonSerializable(typeof(ReadBody))]
[JsonSerializable(typeof(NewBanBody))]
[JsonSerializable(typeof(BanBody))]
[JsonSerializable(typeof(BansBody))]
[JsonSerializable(typeof(IReadOnlyList<RoomBody>))]
internal sealed partial class BodiesJson : JsonSerializerContext;
