using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Live;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Moderation;

/// <summary>Somebody has seen enough of an announcement, in one of their tabs.</summary>
public sealed record AnnouncementDismissed(long UserId, long AnnouncementId) : ChatEvent(Topic.User(UserId));

/// <summary>An announcement in the list of those who may make them.</summary>
/// <param name="Announcement">As everyone sees it.</param>
/// <param name="By">Who made it.</param>
/// <param name="EndedAt">When it was ended or replaced before its time.</param>
public sealed record AnnouncementRow(AnnouncementView Announcement, PersonView By, DateTimeOffset? EndedAt);

/// <summary>What everyone is told on top of every page. There is one at a time: a new one takes the place of the one before.</summary>
public sealed class Announcements(
    IDbContextFactory<ChatDbContext> contexts, PolicyGate gate, SessionRegistry sessions, PeopleDirectory people, AuditLog audit,
    CurrentAnnouncement current, ChatService chat, TimeProvider time)
{
    /// <summary>Longest time that an announcement is shown.</summary>
    public static readonly TimeSpan MaxTime = TimeSpan.FromDays(90);

    /// <summary>Announcements that the list holds.</summary>
    public const int MaxListed = 50;

    /// <summary>Shows an announcement to everyone, at once, until a time.</summary>
    /// <returns>What is shown.</returns>
    /// <exception cref="RefusedException">Not theirs to do, no text, too long, or an end that is past or more than <see cref="MaxTime"/> away.</exception>
    public async Task<AnnouncementView> AnnounceAsync(Actor actor, string? text, DateTimeOffset endsAt)
    {
        var parsed = ParseText(text);
        var now = time.GetUtcNow();
        if (endsAt <= now || endsAt > now + MaxTime)
        {
            throw RefusedException.Invalid($"An announcement ends in the future, at most {MaxTime.TotalDays:0} days from now.", InputField.Expiry);
        }

        await using var db = await contexts.CreateDbContextAsync();
        await using (var transaction = await db.Database.BeginTransactionAsync())
        {
            await gate.RequireAsync(db, actor, Right.Announce);
            await db.Announcements.Where(a => a.EndedAt == null && a.EndsAt > now).ExecuteUpdateAsync(set => set.SetProperty(a => a.EndedAt, now));
            // Nobody sees the ones before again.
            await db.AnnouncementDismissals.ExecuteDeleteAsync();
            var announcement = new Announcement { Text = parsed, ById = actor.UserId, At = now, EndsAt = endsAt };
            db.Announcements.Add(announcement);
            await db.SaveChangesAsync();
            await audit.AddAsync(db, actor, AuditAct.Announced, new AuditMatter(AuditSubject.Announcement, announcement.Id), after: $"Until {endsAt:u}: {parsed}");
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
        }

        await current.LookAsync();
        return current.Shown ?? throw new RefusedException(Refusal.Conflict, "Somebody has ended it again already.");
    }

    /// <summary>Takes an announcement away before its time, at once and for everyone.</summary>
    /// <exception cref="RefusedException">Not theirs to do, not there, or over already.</exception>
    public async Task EndAsync(Actor actor, long id)
    {
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync();
        await using (var transaction = await db.Database.BeginTransactionAsync())
        {
            await gate.RequireAsync(db, actor, Right.Announce);
            var announcement = await db.Announcements.AsTracking().SingleOrDefaultAsync(a => a.Id == id) ?? throw RefusedException.NotFound("This announcement");
            if (announcement.EndedAt is not null || announcement.EndsAt <= now)
            {
                throw new RefusedException(Refusal.Conflict, "This announcement is over already.");
            }

            announcement.EndedAt = now;
            await audit.AddAsync(db, actor, AuditAct.AnnouncementEnded, new AuditMatter(AuditSubject.Announcement, id), before: announcement.Text);
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
        }

        await current.LookAsync();
    }

    /// <summary>The newest announcements, the current one first.</summary>
    /// <exception cref="RefusedException">Not theirs to see.</exception>
    public async Task<IReadOnlyList<AnnouncementRow>> ListAsync(Actor actor)
    {
        await gate.RequireAsync(actor, Right.Announce);
        await using var db = await contexts.CreateDbContextAsync();
        var found = await db.Announcements.AsNoTracking().OrderByDescending(a => a.Id).Take(MaxListed).ToListAsync();
        var by = await people.GetAsync([.. found.Select(a => a.ById).Distinct()]);
        return [.. found.Select(a => new AnnouncementRow(new AnnouncementView(a.Id, a.Text, a.At, a.EndsAt), by[a.ById], a.EndedAt))];
    }

    /// <summary>What the actor is shown; <see langword="null"/> for nothing, or when they have dismissed it. Asks the database only while there is one.</summary>
    /// <exception cref="RefusedException">Signed out.</exception>
    public async Task<AnnouncementView?> FindAsync(Actor actor)
    {
        await sessions.RequireInRoomsAsync(actor, Scope.Read);
        if (current.Shown is not { } shown)
        {
            return null;
        }

        await using var db = await contexts.CreateDbContextAsync();
        return await db.AnnouncementDismissals.AnyAsync(d => d.AnnouncementId == shown.Id && d.UserId == actor.UserId) ? null : shown;
    }

    /// <summary>Shows an announcement to the actor no more, in all their tabs and on all their devices.</summary>
    /// <exception cref="RefusedException">Signed out.</exception>
    public async Task DismissAsync(Actor actor, long id)
    {
        await sessions.RequireInRoomsAsync(actor, Scope.Write);
        if (current.Shown?.Id == id)
        {
            await using var db = await contexts.CreateDbContextAsync();
            // Two tabs may do so at the same time.
            await db.Database.ExecuteSqlAsync(
                $"""INSERT INTO "AnnouncementDismissals" ("AnnouncementId", "UserId") VALUES ({id}, {actor.UserId}) ON CONFLICT DO NOTHING""");
        }

        chat.Raise(new AnnouncementDismissed(actor.UserId, id));
    }

    /// <summary>A text as it is stored: trimmed, with plain line ends.</summary>
    private static string ParseText(string? text)
    {
        var parsed = (text ?? "").ReplaceLineEndings("\n").Trim();
        return parsed.Length == 0 ? throw RefusedException.Invalid("Write what everyone is to read.", InputField.Text)
            : parsed.Length > Announcement.MaxLength ? throw RefusedException.Invalid($"An announcement has at most {Announcement.MaxLength} characters.", InputField.Text)
            : parsed;
    }
}
