using System.Globalization;
using BlazorChat.Mail;
using BlazorChat.Rooms;

namespace BlazorChat.Notifications.Digests;

/// <summary>A digest in words.</summary>
internal static class DigestLetter
{
    /// <summary>Writes it.</summary>
    /// <param name="digest">What it tells of.</param>
    /// <param name="site">The community's name.</param>
    /// <param name="linkTo">The whole address of a path of this site.</param>
    /// <param name="unsubscribePath">Where e-mails like this are ended.</param>
    public static Email Write(Digest digest, string site, Func<string, string> linkTo, string unsubscribePath)
    {
        var subject = Subject(digest);
        var content = new EmailContent(site).Title(subject);
        foreach (var room in digest.Rooms)
        {
            content.Room(NameOf(room, digest.ShowsText), linkTo($"/rooms/{room.Id}/{room.FirstId}"));
            if (room.Count > room.Shown.Count)
            {
                content.Quiet(Messages(room.Count - room.Shown.Count, room.Shown.Count == 0 ? "" : "earlier "));
            }

            foreach (var message in room.Shown)
            {
                content.Message(message.Sender, When(message.SentAt, digest.Zone), message.Excerpt);
            }
        }

        var unsubscribe = linkTo(unsubscribePath);
        var first = digest.Rooms.MinBy(r => r.FirstId)!;
        content.Button(digest.Count == 1 ? "Read it" : "Read them", linkTo($"/rooms/{first.Id}/{first.FirstId}"));
        if (digest.ShowsText)
        {
            content.Footer($"Times are those of {digest.Zone.Id}.");
        }

        content
            .Footer("These messages were still unread. An e-mail like this comes once an hour at the most.", "Change when", linkTo("/account/notifications"))
            .Footer("Enough of it?", "Stop these e-mails", unsubscribe);
        return new Email(
            digest.Name, digest.Address, $"{subject} · {site}", content.Text, content.Html,
            // The same if it is sent again, because nobody knows whether it arrived.
            $"digest-{digest.UserId}-{digest.LastId}", unsubscribe);
    }

    private static string Subject(Digest digest)
    {
        var unread = Messages(digest.Count, "unread ");
        return digest switch
        {
            { Rooms: [{ Kind: RoomKind.Direct } one], ShowsText: true } => $"{unread} from {one.Name}",
            { Rooms: [{ Kind: RoomKind.Direct }] } => unread,
            { Rooms: [var one] } => $"{unread} in {NameOf(one, digest.ShowsText)}",
            _ => $"{unread} in {digest.Rooms.Count} conversations",
        };
    }

    // The name of a direct conversation says who writes: whoever wants no text on the screen does not want that there either.
    private static string NameOf(DigestRoom room, bool showsText) => room.Kind switch
    {
        RoomKind.Public => $"# {room.Name}",
        RoomKind.Direct when !showsText => "A direct conversation",
        _ => room.Name,
    };

    private static string Messages(int count, string kind = "") => count == 1 ? $"1 {kind}message" : $"{count} {kind}messages";

    private static string When(DateTimeOffset time, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(time, zone).ToString("d MMM, HH:mm", CultureInfo.InvariantCulture);
}
