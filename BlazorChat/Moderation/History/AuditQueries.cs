using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Data;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Moderation.History;

/// <summary>Reads the audit log: a page of a million entries as fast as one of a hundred, whatever it is narrowed to.</summary>
public sealed class AuditQueries(IDbContextFactory<ChatDbContext> contexts, PolicyGate gate, PeopleDirectory people, ILookupNormalizer normalizer)
{
    /// <summary>Most people that <see cref="PeopleAsync"/> finds.</summary>
    public const int MaxFound = 10;

    /// <summary>
    /// A page of entries, the newest first. Where several things are asked for that rarely meet, it may end before it is full and say
    /// how far it searched.
    /// </summary>
    /// <param name="actor">Who reads.</param>
    /// <param name="filter">Which entries.</param>
    /// <param name="before">Those older than this one; <see langword="null"/> for the newest.</param>
    public async Task<AuditSlice> ListAsync(Actor actor, AuditFilter filter, long? before = null)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await gate.RequireAsync(db, actor, Right.ReadAuditLog);
        return await ReadAsync(db, filter, before, Slice.PageSize);
    }

    /// <summary>
    /// Whom somebody may mean who types, to narrow the log by them: those with the text in their name, and where the actor sees addresses,
    /// in theirs. Whose name begins with it comes first.
    /// </summary>
    /// <returns>At most <see cref="MaxFound"/>; none for no text.</returns>
    public async Task<IReadOnlyList<FoundPerson>> PeopleAsync(Actor actor, string? text)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var role = await gate.RequireAsync(db, actor, Right.ReadAuditLog);
        return await FindAsync(db, text, Policy.Allows(role, Right.ManagePeople));
    }

    /// <summary>Who is meant by a text, to narrow the log by them: who is called so or has this address, or else the only one with the text in one of them.</summary>
    /// <exception cref="RefusedException">Nobody is found by it, or several are.</exception>
    public async Task<PersonView> PersonAsync(Actor actor, string text)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var role = await gate.RequireAsync(db, actor, Right.ReadAuditLog);
        var byEmail = Policy.Allows(role, Right.ManagePeople);
        var wanted = Normalized(text);
        var id = await db.Users.Where(u => u.NormalizedUserName == wanted).Select(u => (long?)u.Id).SingleOrDefaultAsync()
            ?? (byEmail ? await db.Users.Where(u => u.NormalizedEmail == wanted).Select(u => (long?)u.Id).SingleOrDefaultAsync() : null);
        if (id is { } exactly)
        {
            return await people.GetAsync(exactly);
        }

        var found = await FindAsync(db, text, byEmail);
        return found.Count switch
        {
            0 => throw RefusedException.Invalid($"Nobody has “{text.Trim()}” in their name{(byEmail ? " or e-mail address" : "")}."),
            1 => found[0].Person,
            _ => throw RefusedException.Invalid($"“{text.Trim()}” may be {Either([.. found.Select(f => f.Person.Name)], "somebody else")}. Choose one of them."),
        };
    }

    /// <summary>Which room is meant by a text, to narrow the log by it: the one that is called so, or else the only one with the text in its name.</summary>
    /// <exception cref="RefusedException">None is found by it, or several are.</exception>
    public async Task<(long Id, string Name)> RoomAsync(Actor actor, string text)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await gate.RequireAsync(db, actor, Right.ReadAuditLog);
        var wanted = text.Trim().TrimStart('#').Trim();
        var rooms = db.Rooms.Where(r => r.Kind != RoomKind.Direct);
        var found = await rooms.Where(r => r.Name == wanted).OrderBy(r => r.Kind).Select(r => new { r.Id, r.Name }).Take(1).ToListAsync();
        if (found.Count == 0 && wanted.Length > 0 && PasswordRules.IsWellFormed(wanted))
        {
            // LIKE, which knows no case, with what it would take for wildcards escaped.
            var anywhere = $"%{wanted.Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_")}%";
            found = await rooms.Where(r => EF.Functions.Like(r.Name, anywhere, "\\")).OrderBy(r => r.Name).Select(r => new { r.Id, r.Name }).Take(3).ToListAsync();
        }

        return found.Count switch
        {
            0 => throw RefusedException.Invalid($"No room has “{wanted}” in its name."),
            1 => (found[0].Id, found[0].Name),
            _ => throw RefusedException.Invalid($"“{wanted}” may be {Either([.. found.Select(r => r.Name)], "another room")}. Write more of its name."),
        };
    }

    /// <summary>A page for whoever checked the right to it.</summary>
    internal async Task<AuditSlice> ReadAsync(ChatDbContext db, AuditFilter filter, long? before, int size)
    {
        var (first, last) = await RangeAsync(db, filter);
        var search = await AuditSearch.MakeAsync(db, filter, first, Math.Min(last, (before ?? long.MaxValue) - 1));
        var entries = await search.Entries.OrderByDescending(e => e.Id).Take(size + 1).ToListAsync();
        var isFull = entries.Count > size;
        var rows = await ShowAsync(db, isFull ? entries[..size] : entries);
        return isFull ? new AuditSlice(rows, rows[^1].Entry.Id) : new AuditSlice(rows, search.EndedAt?.Id, search.EndedAt?.At);
    }

    private static string Either(IReadOnlyList<string> names, string more) =>
        names.Count == 2 ? $"{names[0]} or {names[1]}" : $"{names[0]}, {names[1]} or {more}";

    private string Normalized(string? text) =>
        text?.Trim() is { Length: > 0 and <= EmailAddress.MaxLength } some && PasswordRules.IsWellFormed(some) ? normalizer.NormalizeName(some.TrimStart('@')) : "";

    // Each of the two is a walk through an index that has nothing else in it; both at once would look up every account.
    private async Task<IReadOnlyList<FoundPerson>> FindAsync(ChatDbContext db, string? text, bool byEmail)
    {
        var wanted = Normalized(text);
        if (wanted.Length == 0)
        {
            return [];
        }

        var ids = await db.Users.Where(u => u.NormalizedUserName!.Contains(wanted))
            .OrderBy(u => !u.NormalizedUserName!.StartsWith(wanted)).ThenBy(u => u.NormalizedUserName).Select(u => u.Id).Take(MaxFound).ToListAsync();
        if (byEmail && ids.Count < MaxFound)
        {
            ids = [.. ids.Union(await db.Users.Where(u => u.NormalizedEmail!.Contains(wanted)).OrderBy(u => u.NormalizedEmail).Select(u => u.Id).Take(MaxFound).ToListAsync()).Take(MaxFound)];
        }

        var found = await db.Users.AsNoTracking().Where(u => ids.Contains(u.Id))
            .Select(u => new FoundPerson(new PersonView(u.Id, u.UserName!, u.Avatar, u.Role, u.IsBot), byEmail ? u.Email : null)).ToListAsync();
        return [.. found.OrderBy(f => ids.IndexOf(f.Person.Id))];
    }

    // Entries are numbered in the order of time, so that a span of time is one of numbers, and every index goes by number.
    private static async Task<(long First, long Last)> RangeAsync(ChatDbContext db, AuditFilter filter)
    {
        long first = 0, last = long.MaxValue;
        if (filter.From is { } from)
        {
            first = await db.AuditEntries.Where(e => e.At >= from).OrderBy(e => e.At).ThenBy(e => e.Id).Select(e => (long?)e.Id).FirstOrDefaultAsync() ?? long.MaxValue;
        }

        if (filter.Until is { } until)
        {
            last = await db.AuditEntries.Where(e => e.At < until).OrderByDescending(e => e.At).ThenByDescending(e => e.Id)
                .Select(e => (long?)e.Id).FirstOrDefaultAsync() ?? -1;
        }

        return (first, last);
    }

    private async Task<IReadOnlyList<AuditRow>> ShowAsync(ChatDbContext db, List<AuditEntry> entries)
    {
        var concerned = await people.GetAsync([.. entries.Where(e => e.Subject != AuditSubject.Person && e.PersonId is not null).Select(e => e.PersonId!.Value).Distinct()]);
        long[] roomIds = [.. entries.Where(e => e.RoomId is not null).Select(e => e.RoomId!.Value).Distinct()];
        var rooms = roomIds.Length == 0
            ? []
            : await db.Rooms.Where(r => roomIds.Contains(r.Id) && r.Kind != RoomKind.Direct).ToDictionaryAsync(r => r.Id, r => r.Name);
        return [.. entries.Select(e => new AuditRow(
            e, e.PersonId is { } person ? concerned.GetValueOrDefault(person)?.Name : null, e.RoomId is { } room ? rooms.GetValueOrDefault(room) : null))];
    }
}
