using System.Globalization;
using BlazorChat.Accounts.TwoFactor;

namespace BlazorChat.Accounts;

/// <summary>
/// Leads banned people to the page that tells them why, though they are signed out. Only who has proved who they are gets a link: by a
/// cookie of theirs, or by password and code. So nobody learns from outside who is banned.
/// </summary>
public sealed class BanLinks(Tickets tickets)
{
    /// <summary>The page.</summary>
    public const string Path = "/account/banned";

    /// <summary>How long a link is good: time enough to read and to write an appeal. Then one signs in again, and gets another.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(2);

    private const string Purpose = "banned";

    /// <summary>The page as somebody may see it, relative to the site.</summary>
    public string To(long userId) => $"{Path}?ticket={Uri.EscapeDataString(Ticket(userId))}";

    /// <summary>Whom a ticket of the page's address was made for; <see langword="null"/> when it is none, or too old.</summary>
    public long? Read(string? ticket) =>
        tickets.Read(Purpose, ticket) is { } id && long.TryParse(id, CultureInfo.InvariantCulture, out var userId) ? userId : null;

    private string Ticket(long userId) => tickets.Issue(Purpose, userId.ToString(CultureInfo.InvariantCulture), Lifetime);
}
