using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Live;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Moderation;

/// <summary>That a report was taken in.</summary>
/// <param name="Id">The report.</param>
/// <param name="IsNew">Whether there was something new to look at; otherwise it changed the reason and the note of one that waits.</param>
public sealed record ReportReceipt(long Id, bool IsNew);

/// <summary>Members ask the moderators to look at a message.</summary>
public sealed class ReportService(
    IDbContextFactory<ChatDbContext> contexts, SessionRegistry sessions, RateLimits limits, ChatService chat, TimeProvider time)
{
    /// <summary>
    /// Reports a message that the actor can read. The text is kept as it is now, so that editing or deleting it afterwards hides
    /// nothing. A person has one report of a message: another one changes its reason and note, and opens it again where a
    /// moderator has decided and the message says something else since.
    /// </summary>
    /// <exception cref="RefusedException">
    /// Not there to read, deleted, one's own, without a note where one is needed, decided on already, too many, or of the only owner.
    /// </exception>
    public async Task<ReportReceipt> ReportAsync(Actor actor, long messageId, ReportReason reason, string? note)
    {
        var only = await sessions.RequireInRoomsAsync(actor, Scope.Write);
        var added = ParseNote(reason, note);
        limits.Spend(actor, Limited.Reports);
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var message = await db.Messages.AsNoTracking()
            .Where(m => m.Id == messageId && (only == null || m.RoomId == only))
            .Where(m => db.Memberships.Any(s => s.RoomId == m.RoomId && s.UserId == actor.UserId))
            .Select(m => new { m.Id, m.RoomId, m.SenderId, m.Text, IsGone = m.DeletedAt != null })
            .SingleOrDefaultAsync() ?? throw RefusedException.NotFound("This message");
        await RequireReportableAsync(db, actor, message.SenderId, message.IsGone);

        var report = await db.Reports.AsTracking().SingleOrDefaultAsync(r => r.MessageId == messageId && r.ReporterId == actor.UserId);
        var isNew = report is null || report.State is ReportState.Resolved or ReportState.Dismissed;
        if (isNew && report is not null && report.Text == message.Text)
        {
            throw new RefusedException(Refusal.Conflict, "You reported this message before, and a moderator has decided about it.");
        }

        if (report is null)
        {
            db.Reports.Add(report = new Report { MessageId = message.Id, RoomId = message.RoomId, SenderId = message.SenderId, ReporterId = actor.UserId });
        }

        if (isNew)
        {
            await OpenAsync(db, report, message.Text);
        }

        (report.Reason, report.Note) = (reason, added);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        chat.Raise(new ModerationChanged(ModerationList.Reports));
        return new ReportReceipt(report.Id, isNew);
    }

    /// <summary>A note as it is stored: trimmed.</summary>
    /// <exception cref="RefusedException">Too long, or missing where only it says what is wrong.</exception>
    private static string ParseNote(ReportReason reason, string? note)
    {
        var parsed = (note ?? "").Trim();
        return !Enum.IsDefined(reason) ? throw RefusedException.Invalid("Choose a reason.")
            : parsed.Length > Report.MaxNoteLength ? throw RefusedException.Invalid($"A note has at most {Report.MaxNoteLength:N0} characters.", InputField.Text)
            : reason == ReportReason.Other && parsed.Length == 0 ? throw RefusedException.Invalid("Say in the note what is wrong with it.", InputField.Text)
            : parsed;
    }

    private static async Task RequireReportableAsync(ChatDbContext db, Actor actor, long senderId, bool isGone)
    {
        var role = await db.Users.Where(u => u.Id == actor.UserId).Select(u => u.Role).SingleAsync();
        if (!Policy.Allows(role, Right.Report))
        {
            throw RefusedException.Forbidden("Programs do not report messages.");
        }

        if (senderId == actor.UserId)
        {
            throw RefusedException.Forbidden("This message is your own: delete it if it should not be here.");
        }

        if (isGone)
        {
            throw new RefusedException(Refusal.Conflict, "This message is gone already.");
        }

        if (await db.Users.AnyAsync(u => u.Id == senderId && u.Role == Role.Owner) && !await db.Users.AnyAsync(u => u.Id != senderId && u.Role == Role.Owner))
        {
            throw RefusedException.Forbidden("This message is the owner's, and nobody here could decide about it. Write to them directly.");
        }
    }

    private async Task OpenAsync(ChatDbContext db, Report report, string text)
    {
        // Who works on the message already gets this report of it too.
        var taken = await db.Reports.AsNoTracking().FirstOrDefaultAsync(r => r.MessageId == report.MessageId && r.State == ReportState.Claimed);
        (report.Text, report.At, report.Outcome) = (text, time.GetUtcNow(), "");
        (report.State, report.HandledById, report.HandledAt) = (taken?.State ?? ReportState.Open, taken?.HandledById, taken?.HandledAt);
    }
}
