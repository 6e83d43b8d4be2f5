using BlazorChat.Accounts;
using BlazorChat.Components.Shared;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Components.Messages;

/// <summary>Takes what the composer asks for to the services, as the person in the tab.</summary>
public sealed class ComposerHost(
    CircuitState circuit, MessageService messages, RoomQueries rooms, PeopleDirectory people, ChatService chat) : IComposerHost
{
    private const int MaxMentions = 8;

    private static readonly MentionChoice[] Callouts =
    [
        new(0, "all", null, "Everybody in this room"), new(0, "here", null, "Who is here now"),
    ];

    /// <inheritdoc/>
    public async Task PostAsync(long roomId, string text, string clientMessageId, long? replyToId) =>
        await messages.PostAsync(await circuit.ActorAsync(), roomId, text, clientMessageId, replyToId);

    /// <inheritdoc/>
    public async Task EditAsync(long messageId, string text) =>
        await messages.EditAsync(await circuit.ActorAsync(), messageId, text);

    /// <inheritdoc/>
    public async Task<string?> SourceOfAsync(long messageId) =>
        await messages.SourceAsync(await circuit.ActorAsync(), messageId);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<MentionChoice>> MentionsAsync(long roomId, string prefix)
    {
        var actor = await circuit.ActorAsync();
        var members = await rooms.MembersAsync(actor, roomId, prefix, MaxMentions);
        var people = members.Select(m => new MentionChoice(m.Person.Id, m.Person.Name, m.Person.Avatar is { } file ? $"/avatars/{file}" : null));
        var callouts = Callouts.Where(c => c.Name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)).ToList();
        return callouts.Count == 0 || !(await rooms.FindAsync(actor, roomId)).CanCall ? [.. people]
            // Who only typed the mark is looking for a person.
            : prefix.Length == 0 ? [.. people, .. callouts] : [.. callouts, .. people];
    }

    /// <inheritdoc/>
    public void Typing(long roomId) => _ = TypingAsync(roomId);

    private async Task TypingAsync(long roomId)
    {
        var actor = await circuit.ActorAsync();
        if (await rooms.CanTypeAsync(actor, roomId))
        {
            chat.Raise(new Typing(roomId, actor.UserId, (await people.GetAsync(actor.UserId)).Name));
        }
    }
}
