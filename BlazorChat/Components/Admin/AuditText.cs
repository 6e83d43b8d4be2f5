using BlazorChat.Accounts.Audit;
using BlazorChat.Moderation.History;

namespace BlazorChat.Components.Admin;

/// <summary>Entries of the audit log in words.</summary>
internal static class AuditText
{
    /// <summary>Whom or what it was done to.</summary>
    public static string Subject(AuditRow row)
    {
        var entry = row.Entry;
        var what = entry.SubjectName ?? (entry.Subject == AuditSubject.None ? "" : $"{AdminText.Words(entry.Subject)} {entry.SubjectId}");
        var whose = row.PersonName is { } person && entry.Subject != AuditSubject.Person && person != entry.SubjectName ? $" of {person}" : "";
        var where = row.RoomName is { } room && entry.Subject != AuditSubject.Room ? $" in {room}" : "";
        return (what + whose + where).Trim();
    }

    /// <summary>What was before and after, in short.</summary>
    public static string Change(AuditEntry entry) => (entry.Before, entry.After) switch
    {
        ({ Length: > 0 } before, { Length: > 0 } after) => $"{before} → {after}",
        ({ Length: > 0 } before, _) => before,
        (_, { Length: > 0 } after) => after,
        _ => entry.Reason ?? "",
    };
}
