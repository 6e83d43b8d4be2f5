using BlazorChat.Accounts;

namespace BlazorChat.Live;

/// <summary>By what a person is connected.</summary>
public enum ConnectionKind
{
    /// <summary>A browser tab.</summary>
    Circuit,

    /// <summary>A token client.</summary>
    Hub,
}

/// <summary>One open circuit or hub connection. Dispose when it is gone.</summary>
public sealed class Connection : IDisposable
{
    private readonly ChatService _chat;

    internal Connection(ChatService chat, Actor actor, ConnectionKind kind)
    {
        _chat = chat;
        Actor = actor;
        Kind = kind;
    }

    /// <summary>Who is connected.</summary>
    public Actor Actor { get; }

    /// <summary>By what.</summary>
    public ConnectionKind Kind { get; }

    /// <summary>Whether the network connection stands: a circuit outlives a lost one for a while.</summary>
    public bool IsUp { get; private set; } = true;

    /// <summary>Whether the person can see it: a tab in front, a hub connection always.</summary>
    public bool IsVisible { get; private set; } = true;

    /// <summary>The room that is open in it, if any.</summary>
    public long? RoomId { get; set; }

    /// <summary>Notes that the tab came to the front or went behind.</summary>
    public void SetVisible(bool visible)
    {
        IsVisible = visible;
        _chat.PresenceMayHaveChanged(Actor.UserId);
    }

    /// <summary>Notes that the network connection was lost or came back.</summary>
    public void SetUp(bool up)
    {
        IsUp = up;
        _chat.PresenceMayHaveChanged(Actor.UserId);
    }

    /// <summary>Whether more of this kind than so many are up, this one among them: some came while this one was away.</summary>
    public bool IsOneTooMany(int most) => IsUp && _chat.CountUp(Actor.UserId, Kind) > most;

    /// <inheritdoc/>
    public void Dispose() => _chat.Disconnect(this);
}
