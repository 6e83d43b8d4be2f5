using BlazorChat.Data;

namespace BlazorChat.Accounts.Audit;

/// <summary>What an act was about.</summary>
/// <param name="Subject">The kind of thing.</param>
/// <param name="Id">Its key.</param>
/// <param name="Name">Its name now.</param>
/// <param name="PersonId">The person concerned, where that is not the subject.</param>
/// <param name="RoomId">The room concerned.</param>
public sealed record AuditMatter(AuditSubject Subject, long? Id = null, string? Name = null, long? PersonId = null, long? RoomId = null)
{
    /// <summary>About a person.</summary>
    public static AuditMatter Of(AppUser person, long? roomId = null) => new(AuditSubject.Person, person.Id, person.Name, person.Id, roomId);

    /// <summary>About a person.</summary>
    public static AuditMatter Of(PersonView person, long? roomId = null) => new(AuditSubject.Person, person.Id, person.Name, person.Id, roomId);
}

/// <summary>Writes the audit log: in the transaction of what it tells of, so that neither is stored without the other.</summary>
public sealed class AuditLog(PeopleDirectory people, Sightings sightings, TimeProvider time)
{
    /// <summary>Adds a line to the caller's transaction, who saves it.</summary>
    internal async Task AddAsync(
        ChatDbContext db, Actor actor, AuditAct act, AuditMatter matter, string? before = null, string? after = null, string? reason = null) =>
        db.AuditEntries.Add(new AuditEntry
        {
            At = time.GetUtcNow(),
            ActorId = actor.UserId,
            ActorName = (await people.GetAsync(actor.UserId)).Name,
            Address = sightings.AddressOf(actor.SessionId),
            Act = act,
            Subject = matter.Subject,
            SubjectId = matter.Id,
            SubjectName = Cut(matter.Name),
            PersonId = matter.PersonId ?? (matter.Subject == AuditSubject.Person ? matter.Id : null),
            RoomId = matter.RoomId,
            Before = Cut(before),
            After = Cut(after),
            Reason = Cut(reason),
        });

    private static string? Cut(string? text) => text?.Length > AuditEntry.MaxTextLength ? text[..AuditEntry.MaxTextLength] : text;
}
