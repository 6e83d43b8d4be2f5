using BlazorChat.Accounts;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.SignalR;

namespace BlazorChat.Api.Hub;

/// <summary>
/// What token clients call. It decides nothing: the services do, as for the page and for REST. What they hear comes from
/// their <see cref="HubClient"/>.
/// </summary>
public sealed class ChatHub(HubClients clients, MessageService messages, MessageQueries queries, ReadPointers pointers)
    : Microsoft.AspNetCore.SignalR.Hub
{
    /// <inheritdoc/>
    public override Task OnConnectedAsync() => clients.AddAsync(Context);

    /// <inheritdoc/>
    public override Task OnDisconnectedAsync(Exception? exception)
    {
        HubClients.Remove(Context);
        return Task.CompletedTask;
    }

    /// <summary>Follows a room that the caller is in, and answers its last sequence number: fetch from there what was missed.</summary>
    public Task<JoinedBody> JoinRoom(long roomId) => Client.JoinAsync(roomId);

    /// <summary>Stops following a room; the caller stays a member.</summary>
    public void LeaveRoom(long roomId) => Client.Leave(roomId);

    /// <summary>Posts a message; answers once it is stored. Resending with the same client message id stores nothing twice.</summary>
    public Task<MessageBody> SendMessage(long roomId, string text, string? clientMessageId) =>
        SendReply(roomId, text, clientMessageId, replyToId: null);

    /// <summary>Posts a message that answers another one of the room.</summary>
    public async Task<MessageBody> SendReply(long roomId, string text, string? clientMessageId, long? replyToId) =>
        MessageBody.Of((await messages.SendAsync(Actor, new Draft(roomId, text ?? "", clientMessageId, replyToId))).Message);

    /// <summary>Changes the text of a message of the caller's.</summary>
    public async Task<MessageBody> EditMessage(long messageId, string text) =>
        MessageBody.Of(await messages.EditAsync(Actor, messageId, text ?? ""));

    /// <summary>Deletes a message of the caller's, or removes somebody else's in a room that they moderate, without a reason.</summary>
    public Task DeleteMessage(long messageId) => messages.DeleteAsync(Actor, messageId);

    /// <summary>The same with a reason, for the author to read.</summary>
    public Task RemoveMessage(long messageId, string? reason) => messages.DeleteAsync(Actor, messageId, reason);

    /// <summary>Tells a room that is followed that the caller is typing; more than one a second is dropped.</summary>
    public Task Typing(long roomId) => Client.TypingAsync(roomId);

    /// <summary>The messages after one, oldest first.</summary>
    public Task<MessagesBody> GetMessages(long roomId, long afterSeq, int limit) =>
        MessageEndpoints.PageAsync(queries, Actor, roomId, before: null, afterSeq, limit);

    /// <summary>Notes that the caller has read up to a message.</summary>
    public async Task MarkRead(long roomId, long seq) => await pointers.AdvanceAsync(Actor, roomId, seq);

    private Actor Actor => Client.Actor;

    private HubClient Client => HubClients.Of(Context) ?? throw new HubException("The connection has ended.");
}
