using System.Net;
using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Data;
using BlazorChat.Live;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Moderation;

/// <summary>What passes between the banned and the moderators: the reason, one note at a time, and the answer.</summary>
public sealed class BanAppeals(
    IDbContextFactory<ChatDbContext> contexts, BanLinks links, BanService bans, PeopleDirectory people, AuditLog audit, ChatService chat,
    TimeProvider time) : IDisposable
{
    /// <summary>What a link says that is none, or too old.</summary>
    public const string LinkRefused = "This page was open for too long. Sign in again to come back to it.";

    private readonly AddressLimit _limit = new(burst: 10, perMinute: 1);

    /// <summary>What somebody is told of their ban; <see langword="null"/> when they are not banned.</summary>
    internal async Task<BanNotice?> FindAsync(long userId)
    {
        await using var db = await contexts.CreateDbContextAsync();
        if (await CurrentAsync(db, userId) is not { } ban)
        {
            return null;
        }

        var person = await people.GetAsync(userId);
        return new BanNotice(person.Name, ban.Reason, ban.At, ban.Until, await BanQueries.AppealOfAsync(ban, people));
    }

    /// <summary>Writes to the moderators: whom the ticket of the page's address was made for, once until they are answered.</summary>
    /// <exception cref="RefusedException">The ticket is too old, they are not banned, nothing or too much is said, or a note waits already.</exception>
    public async Task AppealAsync(string? ticket, string? text, IPAddress? address)
    {
        _limit.Spend(address);
        var userId = links.Read(ticket) ?? throw new RefusedException(Refusal.SignedOut, LinkRefused);
        var appeal = BanText.Appeal(text);
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var ban = await CurrentAsync(db, userId) ?? throw new RefusedException(Refusal.Conflict, "You are not banned any more. Sign in.");
        if (ban is { Appeal: not null, AnsweredAt: null })
        {
            throw new RefusedException(Refusal.Conflict, "You have written to the moderators already. Wait for their answer.");
        }

        (ban.Appeal, ban.AppealedAt) = (appeal, time.GetUtcNow());
        (ban.AppealAnswer, ban.AnsweredAt, ban.AnsweredById) = (null, null, null);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        chat.Raise(new ModerationChanged(ModerationList.Bans));
    }

    /// <summary>Answers an appeal, and keeps the ban or lifts it.</summary>
    /// <param name="actor">Who answers.</param>
    /// <param name="banId">The ban.</param>
    /// <param name="lift">Whether it is lifted.</param>
    /// <param name="text">The answer, for the banned to read.</param>
    /// <exception cref="RefusedException">
    /// No such ban, not the actor's to do, nothing said; or a Conflict: nobody waits for an answer, or somebody has given one.
    /// </exception>
    public async Task AnswerAsync(Actor actor, long banId, bool lift, string? text)
    {
        var answer = BanText.Answer(text);
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var ban = await bans.FindAsync(db, actor, banId);
        if (ban.Appeal is null || ban.AnsweredById is not null)
        {
            throw new RefusedException(Refusal.Conflict, ban.AnsweredById is { } other
                ? $"{(await people.GetAsync(other)).Name} has answered already."
                : "Nobody has appealed this ban.");
        }

        (ban.AppealAnswer, ban.AnsweredAt, ban.AnsweredById) = (answer, time.GetUtcNow(), actor.UserId);
        var person = await people.GetAsync(ban.UserId!.Value);
        await audit.AddAsync(db, actor, AuditAct.AppealAnswered, AuditMatter.Of(person), ban.Appeal, lift ? "lifted" : "kept", answer);
        var lifted = lift ? await bans.LiftAsync(db, actor, ban, answer) : null;
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        await (lifted?.Invoke() ?? Task.CompletedTask);
        chat.Raise(new ModerationChanged(ModerationList.Bans));
    }

    /// <inheritdoc/>
    public void Dispose() => _limit.Dispose();

    private Task<Ban?> CurrentAsync(ChatDbContext db, long userId)
    {
        var now = time.GetUtcNow();
        return db.Bans.AsTracking().Where(b => b.UserId == userId && b.LiftedAt == null && (b.Until == null || b.Until > now))
            .OrderByDescending(b => b.Id).FirstOrDefaultAsync();
    }
}
