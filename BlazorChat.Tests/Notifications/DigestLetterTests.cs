using BlazorChat.Notifications.Digests;
using BlazorChat.Rooms;

namespace BlazorChat.Tests.Notifications;

public sealed class DigestLetterTests
{
    private static readonly DateTimeOffset Noon = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<string, string> Subjects => new()
    {
        { "public 1", "1 unread message in # Harbour" },
        { "private 2", "2 unread messages in Harbour" },
        { "direct 1", "1 unread message from Harbour" },
        { "direct 3 private", "3 unread messages" },
        { "private 2 private", "2 unread messages in Harbour" },
    };

    [Theory]
    [MemberData(nameof(Subjects))]
    public void Subject_SaysHowMuchAndWhere(string room, string subject)
    {
        var parts = room.Split(' ');
        var digest = Of(parts.Length < 3, Room(1, Enum.Parse<RoomKind>(parts[0], ignoreCase: true), "Harbour", int.Parse(parts[1]), 7));
        Assert.Equal($"{subject} · Ours", Write(digest).Subject);
    }

    [Fact]
    public void SeveralRooms_LinkToTheOldestFirst_AndAreNamedByTheNewest()
    {
        var email = Write(Of(true, Room(1, RoomKind.Public, "General", 2, 30), Room(2, RoomKind.Direct, "Bob", 1, 20)));
        Assert.Equal("3 unread messages in 2 conversations · Ours", email.Subject);
        Assert.Equal("digest-5-31", email.Id);
        Assert.Contains("Read them:\nhttps://chat.example.com/rooms/2/20\n", email.Text, StringComparison.Ordinal);
        Assert.Equal("https://chat.example.com/account/unsubscribe?token=t", email.UnsubscribeUrl);
    }

    [Fact]
    public void Times_FollowTheZonesSummer() => Assert.Contains(
        "Bob, 1 Jul, 14:00", Write(Of(true, Room(1, RoomKind.Direct, "Bob", 1, 1, new DigestMessage("Bob", Noon, "hello")))).Text, StringComparison.Ordinal);

    private static BlazorChat.Mail.Email Write(Digest digest) => DigestLetter.Write(digest, "Ours", path => $"https://chat.example.com{path}", "/account/unsubscribe?token=t");

    private static Digest Of(bool showsText, params DigestRoom[] rooms) =>
        new(5, "Ann", "ann@example.com", TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"), showsText, rooms);

    private static DigestRoom Room(long id, RoomKind kind, string name, int count, long firstId, params DigestMessage[] shown) =>
        new(id, kind, name, count, firstId, firstId + count - 1, shown);
}
