using BlazorChat.Live;

namespace BlazorChat.Messages;

/// <summary>A message was posted and is on disk.</summary>
/// <param name="Message">As it is shown.</param>
/// <param name="Mentions">Whom it names.</param>
public sealed record MessagePosted(MessageView Message, IReadOnlyList<long> Mentions) : ChatEvent(Topic.Room(Message.RoomId));

/// <summary>Messages were stored; for those who follow the whole log behind a cursor of their own, such as webhooks.</summary>
public sealed record LogGrew() : ChatEvent(Topic.Log);

/// <summary>A message's text changed, or came back after it was removed.</summary>
public sealed record MessageEdited(MessageView Message) : ChatEvent(Topic.Room(Message.RoomId));

/// <summary>A message was deleted: its text is gone for everyone, and from the quotes of its replies.</summary>
public sealed record MessageDeleted(MessageView Message) : ChatEvent(Topic.Room(Message.RoomId));

/// <summary>Other messages of a room are pinned now than before.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="MessageIds">Those that are pinned, the last one pinned first.</param>
public sealed record PinsChanged(long RoomId, IReadOnlyList<long> MessageIds) : ChatEvent(Topic.RoomState(RoomId));

/// <summary>A message waits for a moderator. Nothing of it: who follows this may have been demoted since.</summary>
public sealed record MessageHeld() : ChatEvent(Topic.Moderation);

/// <summary>A room's oldest messages are not kept any more.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="ThroughSeq">The last one that is gone: nothing is left up to it.</param>
/// <param name="MessageIds">Those that went now, which replies may quote.</param>
public sealed record MessagesExpired(long RoomId, long ThroughSeq, IReadOnlyList<long> MessageIds) : ChatEvent(Topic.Room(RoomId));
