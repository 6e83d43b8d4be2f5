using BlazorChat.Accounts;

namespace BlazorChat.Messages;

/// <summary>A message that is to be posted.</summary>
/// <param name="RoomId">Where.</param>
/// <param name="Text">The Markdown source.</param>
/// <param name="ClientMessageId">The sender's own id of it, so that a resend stores nothing twice.</param>
/// <param name="ReplyToId">The message of the same room that it answers.</param>
/// <param name="Alias">Another name and face; only a bot may.</param>
public sealed record Draft(long RoomId, string Text, string? ClientMessageId = null, long? ReplyToId = null, MessageAlias? Alias = null);

/// <summary>A message that is stored.</summary>
/// <param name="Message">As it is shown.</param>
/// <param name="IsResend">Whether an earlier send of the same client message id had stored it.</param>
public sealed record SentMessage(MessageView Message, bool IsResend);
