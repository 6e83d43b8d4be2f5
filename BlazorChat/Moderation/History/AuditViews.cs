using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;

namespace BlazorChat.Moderation.History;

/// <summary>Which entries of the audit log are looked for; what is left out narrows nothing.</summary>
/// <param name="ActorId">Who did it.</param>
/// <param name="PersonId">Whom it concerned.</param>
/// <param name="Act">What was done.</param>
/// <param name="RoomId">In which room.</param>
/// <param name="From">Not before.</param>
/// <param name="Until">Before.</param>
public sealed record AuditFilter(
    long? ActorId = null, long? PersonId = null, AuditAct? Act = null, long? RoomId = null, DateTimeOffset? From = null, DateTimeOffset? Until = null)
{
    /// <summary>Everything.</summary>
    public static AuditFilter None { get; } = new();
}

/// <summary>An entry as it is shown.</summary>
/// <param name="Entry">As it was stored.</param>
/// <param name="PersonName">What the person concerned is called now, where the entry is not about them itself.</param>
/// <param name="RoomName">What the room is called now; <see langword="null"/> for a direct conversation or none.</param>
public sealed record AuditRow(AuditEntry Entry, string? PersonName, string? RoomName);

/// <summary>A page of the audit log, newest first.</summary>
/// <param name="Rows">The entries.</param>
/// <param name="Next">The page of older ones begins before this entry; <see langword="null"/> when there are none.</param>
/// <param name="SearchedTo">How far back was searched, where that ended before the page was full.</param>
public sealed record AuditSlice(IReadOnlyList<AuditRow> Rows, long? Next, DateTimeOffset? SearchedTo = null);

/// <summary>Somebody whom a text may mean.</summary>
/// <param name="Person">As everybody sees them.</param>
/// <param name="Email">By which they sign in; <see langword="null"/> for a bot, and for readers who may not manage people.</param>
public sealed record FoundPerson(PersonView Person, string? Email);
