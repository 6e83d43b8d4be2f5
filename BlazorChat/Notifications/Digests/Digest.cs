using BlazorChat.Rooms;

namespace BlazorChat.Notifications.Digests;

/// <summary>What somebody gets in one e-mail.</summary>
/// <param name="UserId">Who.</param>
/// <param name="Name">Their name.</param>
/// <param name="Address">Where it is sent to.</param>
/// <param name="Zone">Where the times are theirs.</param>
/// <param name="ShowsText">Whether they want to read what was said, or only how much and where.</param>
/// <param name="Rooms">The rooms, the one with the oldest message first.</param>
internal sealed record Digest(long UserId, string Name, string Address, TimeZoneInfo Zone, bool ShowsText, IReadOnlyList<DigestRoom> Rooms)
{
    /// <summary>Messages that an e-mail shows at the most: the newest ones.</summary>
    public const int MaxShown = 20;

    /// <summary>How many messages it tells of.</summary>
    public int Count => Rooms.Sum(r => r.Count);

    /// <summary>The oldest message, where reading begins.</summary>
    public long FirstId => Rooms.Min(r => r.FirstId);

    /// <summary>The newest message.</summary>
    public long LastId => Rooms.Max(r => r.LastId);
}

/// <summary>One room of a digest.</summary>
/// <param name="Id">The room.</param>
/// <param name="Kind">What kind it is.</param>
/// <param name="Name">Its name, or who else is in it.</param>
/// <param name="Count">How many messages of it are unread and for this person.</param>
/// <param name="FirstId">The oldest of them.</param>
/// <param name="LastId">The newest of them.</param>
/// <param name="Shown">Those that are shown, oldest first.</param>
internal sealed record DigestRoom(long Id, RoomKind Kind, string Name, int Count, long FirstId, long LastId, IReadOnlyList<DigestMessage> Shown);

/// <summary>One message of a digest.</summary>
internal sealed record DigestMessage(string Sender, DateTimeOffset SentAt, string Excerpt);
