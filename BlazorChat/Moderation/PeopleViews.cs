using BlazorChat.Accounts;

namespace BlazorChat.Moderation;

/// <summary>Whether somebody can take part.</summary>
public enum PersonStatus
{
    /// <summary>Nothing keeps them from it.</summary>
    Active,

    /// <summary>They may not post anywhere for a time.</summary>
    Muted,

    /// <summary>They are kept out.</summary>
    Banned,

    /// <summary>The account was ended, as bots are.</summary>
    Ended,

    /// <summary>Its owner deleted it.</summary>
    Deleted,
}

/// <summary>By what people are sorted.</summary>
public enum PeopleOrder
{
    /// <summary>Their names.</summary>
    Name,

    /// <summary>Their roles.</summary>
    Role,

    /// <summary>When their accounts were made.</summary>
    Created,

    /// <summary>When they were last seen.</summary>
    LastSeen,
}

/// <summary>Which people are looked for.</summary>
/// <param name="Search">Part of a name, or of an e-mail address where the reader may see those.</param>
/// <param name="Role">Only people of this role.</param>
/// <param name="Status">Only people of this status.</param>
/// <param name="Order">By what they are sorted.</param>
/// <param name="Descending">The other way round.</param>
/// <param name="Page">Which page; they count from 0.</param>
public sealed record PeopleQuery(
    string? Search = null, Role? Role = null, PersonStatus? Status = null, PeopleOrder Order = PeopleOrder.Name, bool Descending = false, int Page = 0);

/// <summary>Somebody in the list of people.</summary>
/// <param name="Person">As everybody sees them.</param>
/// <param name="Email">By which they sign in; <see langword="null"/> for a bot, and for readers who may not manage people.</param>
/// <param name="Status">Whether they can take part.</param>
/// <param name="StatusUntil">Until when they are banned or muted; <see langword="null"/> for good, and for everybody else.</param>
/// <param name="CreatedAt">When the account was made.</param>
/// <param name="LastSeenAt">When they were last here; <see langword="null"/> for never.</param>
/// <param name="HasTwoFactor">Whether signing in takes a code besides the password.</param>
public sealed record PersonRow(
    PersonView Person, string? Email, PersonStatus Status, DateTimeOffset? StatusUntil, DateTimeOffset CreatedAt, DateTimeOffset? LastSeenAt,
    bool HasTwoFactor);

/// <summary>Somebody on a page of their own, with what the reader may do about them.</summary>
/// <param name="Row">As in the list.</param>
/// <param name="SeesDetails">Whether the reader sees their address, sessions and tokens.</param>
/// <param name="ReadsLog">Whether the reader sees their history.</param>
/// <param name="MayManage">Whether the reader may sign them out and help them with their password.</param>
/// <param name="MayMute">Whether the reader may mute them everywhere.</param>
/// <param name="MayBan">Whether the reader may ban them.</param>
/// <param name="MayBecome">The roles that the reader may give them, the highest first; empty for none.</param>
public sealed record PersonFile(
    PersonRow Row, bool SeesDetails, bool ReadsLog, bool MayManage, bool MayMute, bool MayBan, IReadOnlyList<Role> MayBecome);
