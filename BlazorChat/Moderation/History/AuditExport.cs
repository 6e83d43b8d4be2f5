using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Moderation.History;

/// <summary>The audit log as a table for spreadsheets (RFC 4180). That it was taken is an entry of the log itself.</summary>
public sealed class AuditExport(IDbContextFactory<ChatDbContext> contexts, PolicyGate gate, AuditQueries queries, AuditLog audit)
{
    /// <summary>Entries in one file at the most: what spreadsheets open without complaint. The newest are taken.</summary>
    public const int MaxRows = 100_000;

    private const int BatchSize = 1_000;

    private static readonly string[] Header =
        ["Id", "When (UTC)", "Who", "Who (id)", "From", "What", "Subject", "Subject (id)", "Subject's name", "Whom", "Whom (id)", "Room", "Room (id)", "Before", "After", "Reason"];

    /// <summary>The lines of the table, read as they are taken.</summary>
    /// <exception cref="RefusedException">Not for the actor to read.</exception>
    public async Task<IAsyncEnumerable<string>> ExportAsync(Actor actor, AuditFilter filter)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await gate.RequireAsync(db, actor, Right.ReadAuditLog);
        await audit.AddAsync(db, actor, AuditAct.AuditExported, new AuditMatter(AuditSubject.None, Name: Describe(filter)));
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return LinesAsync(filter);
    }

    /// <summary>
    /// A cell: quoted, and with an apostrophe before what a spreadsheet would take for a formula. A name or a reason is anybody's text.
    /// </summary>
    public static string Cell(string? text)
    {
        text ??= "";
        var safe = text.TrimStart(' ', '\u00a0') is ['=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠', ..] ? "'" + text : text;
        return $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private async IAsyncEnumerable<string> LinesAsync(AuditFilter filter, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        yield return Line(Header);
        var (count, next) = (0, (long?)null);
        do
        {
            cancel.ThrowIfCancellationRequested();
            AuditSlice slice;
            await using (var db = await contexts.CreateDbContextAsync(cancel))
            {
                slice = await queries.ReadAsync(db, filter, next, Math.Min(BatchSize, MaxRows - count));
            }

            foreach (var row in slice.Rows)
            {
                yield return Line(Cells(row));
            }

            count += slice.Rows.Count;
            next = slice.Next;
        }
        while (next is not null && count < MaxRows);

        if (next is not null)
        {
            yield return Line([$"Cut here: a file has at most {MaxRows.ToString("N0", CultureInfo.InvariantCulture)} entries. Narrow the time to get older ones."]);
        }
    }

    private static string?[] Cells(AuditRow row)
    {
        var entry = row.Entry;
        return
        [
            Number(entry.Id), entry.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), entry.ActorName, Number(entry.ActorId),
            entry.Address, entry.Act.ToString(), entry.Subject.ToString(), Number(entry.SubjectId), entry.SubjectName,
            row.PersonName ?? (entry.Subject == AuditSubject.Person ? entry.SubjectName : null), Number(entry.PersonId), row.RoomName, Number(entry.RoomId),
            entry.Before, entry.After, entry.Reason,
        ];
    }

    private static string? Number(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string Line(IEnumerable<string?> cells) => new StringBuilder().AppendJoin(',', cells.Select(Cell)).Append("\r\n").ToString();

    private static string Describe(AuditFilter filter)
    {
        List<string> parts = [];
        Add("by", filter.ActorId);
        Add("about", filter.PersonId);
        Add("act", filter.Act);
        Add("room", filter.RoomId);
        Add("from", filter.From?.ToString("u", CultureInfo.InvariantCulture));
        Add("until", filter.Until?.ToString("u", CultureInfo.InvariantCulture));
        return parts.Count == 0 ? "everything" : string.Join(", ", parts);

        void Add(string name, object? value)
        {
            if (value is not null)
            {
                parts.Add($"{name} {value}");
            }
        }
    }
}
