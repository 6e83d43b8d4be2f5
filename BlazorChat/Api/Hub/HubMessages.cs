using System.Runtime.CompilerServices;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace BlazorChat.Api.Hub;

/// <summary>Events as hub clients get them. Each is serialised once a protocol, however many clients get it.</summary>
internal static class HubMessages
{
    private static readonly ConditionalWeakTable<ChatEvent, SerializedHubMessage> Made = [];

    /// <summary>What clients get of an event; <see langword="null"/> when it is nothing to them.</summary>
    public static SerializedHubMessage? Of(ChatEvent e) => e switch
    {
        MessagePosted or MessageEdited or MessageDeleted or Typing or PresenceInRoom or MemberRemoved => Made.GetValue(e, Make),
        _ => null,
    };

    public static SerializedHubMessage Resync(long roomId) => Invoke("resync", new RoomIdBody(roomId));

    public static SerializedHubMessage Removed(long roomId) => Invoke("removedFromRoom", new RoomIdBody(roomId));

    public static SerializedHubMessage Presence(long userId, PresenceState state) => Invoke("presence", PresenceBody.Of(userId, state));

    private static SerializedHubMessage Make(ChatEvent e) => e switch
    {
        MessagePosted posted => Invoke("newMessage", MessageBody.Of(posted.Message)),
        MessageEdited edited => Invoke("messageEdited", MessageBody.Of(edited.Message)),
        MessageDeleted { Message: var m } => Invoke("messageDeleted", new DeletedBody(m.Id, m.RoomId, m.Seq, m.IsRemoved)),
        Typing typing => Invoke("typing", new TypingBody(typing.RoomId, typing.UserId, typing.Name)),
        PresenceInRoom presence => Presence(presence.UserId, presence.State),
        MemberRemoved removed => Removed(removed.RoomId),
        _ => throw new ArgumentException($"{e.GetType().Name} is not for clients.", nameof(e)),
    };

    private static SerializedHubMessage Invoke(string method, object body) => new(new InvocationMessage(method, [body]));
}
