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

    /// <summary>Who has a name, to narrow the log by them.</summary>
    /// <exception cref="RefusedException">Nobody has it.</exception>
    public async Task<PersonView> PersonAsync(Actor actor, string name)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await gate.RequireAsync(db, actor, Right.ReadAuditLog);
        var wanted = PasswordRules.IsWellFormed(name) ? normalizer.NormalizeName(name.Trim().TrimStart('@')) : "";
        var id = await db.Users.Where(u => u.NormalizedUserName == wanted).Select(u => (long?)u.Id).SingleOrDefaultAsync();
        return id is { } found ? await people.GetAsync(found) : throw RefusedException.Invalid($"Nobody is called “{name.Trim()}”.");
    }

    /// <summary>Which room has a name, to narrow the log by it.</summary>
    /// <exception cref="RefusedException">None has it.</exception>
    public async Task<(long Id, string Name)> RoomAsync(Actor actor, string name)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await gate.RequireAsync(db, actor, Right.ReadAuditLog);
        var wanted = name.Trim().TrimStart('#').Trim();
        var room = await db.Rooms.Where(r => r.Kind != RoomKind.Direct && r.Name == wanted).OrderBy(r => r.Kind).Select(r => new { r.Id, r.Name }).FirstOrDefaultAsync();
        return room is null ? throw RefusedException.Invalid($"No room is called “{wanted}”.") : (room.Id, room.Name);
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
