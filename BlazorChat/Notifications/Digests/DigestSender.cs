using System.Collections.Concurrent;
using BlazorChat.Accounts;
using BlazorChat.Data;
using BlazorChat.Live;
using BlazorChat.Mail;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Notifications.Digests;

/// <summary>
/// Sends people by e-mail what they have not read for long. All that matters is in the database: what was noted is removed after
/// the mail server took it, so a crash in between sends the same e-mail, by its id, once more.
/// </summary>
public sealed class DigestSender(
    IDbContextFactory<ChatDbContext> contexts, DigestLog log, DigestReader reader, UnsubscribeLinks unsubscribe, IEmailSender sender, EmailLinks links,
    CommunityService community, ChatService chat, TimeProvider time, ILogger<DigestSender> logger) : BackgroundService
{
    /// <summary>How often it looks for who is due. Nobody is within seconds, so it need not hear of every message.</summary>
    public static readonly TimeSpan Round = TimeSpan.FromMinutes(1);

    /// <summary>Between two e-mails to one person, at least.</summary>
    public static readonly TimeSpan Gap = TimeSpan.FromHours(1);

    /// <summary>After this time nobody needs an e-mail any more, whatever held it up.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    /// <summary>After failures in a row to one person, before the next attempt; the last one repeats.</summary>
    public static readonly TimeSpan[] Delays = [TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1)];

    /// <summary>E-mails on their way at once: more than connections, which are used again only while somebody waits for one.</summary>
    private const int MaxAtOnce = 2 * SmtpSender.MaxConnections;

    /// <summary>Rows removed in one transaction, so that senders never wait long for the database.</summary>
    private const int Group = 1_000;

    /// <summary>After so many failures in a row it is the server and not the addresses: the others wait for the next round.</summary>
    private const int MaxFailures = 3;

    // Who is to be left alone until when. Not stored: trying again after a restart is right.
    private readonly ConcurrentDictionary<long, (int Failures, DateTimeOffset Until)> _failed = new();

    /// <summary>When the last round that has ended began.</summary>
    internal DateTimeOffset LastRoundAt { get; private set; }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Round, time);
        try
        {
            do
            {
                await TryRoundAsync(stoppingToken);
            }
            while (links.AreOn && await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task TryRoundAsync(CancellationToken stopping)
    {
        var began = time.GetUtcNow();
        try
        {
            await RoundAsync(stopping);
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            logger.LogWarning(exception, "E-mail that is due could not be sent; trying again.");
        }

        LastRoundAt = began;
    }

    /// <summary>Notes what was said meanwhile, and sends to everybody who is due.</summary>
    internal async Task RoundAsync(CancellationToken stopping)
    {
        await log.AdvanceAsync(stopping);
        if (!links.AreOn)
        {
            return;
        }

        await ForgetAsync(stopping);
        var failures = 0;
        await Parallel.ForEachAsync(
            await DueAsync(stopping),
            new ParallelOptions { MaxDegreeOfParallelism = MaxAtOnce, CancellationToken = stopping },
            async (userId, cancel) =>
            {
                if (Volatile.Read(ref failures) < MaxFailures)
                {
                    Interlocked.Exchange(ref failures, await TryAttemptAsync(userId, cancel) ? 0 : Volatile.Read(ref failures) + 1);
                }
            });
    }

    /// <summary>Forgets what was read, which is most of it, of whom wants no e-mail any more, and what is too old.</summary>
    private async Task ForgetAsync(CancellationToken stopping)
    {
        await using var db = await contexts.CreateDbContextAsync(stopping);
        var before = time.GetUtcNow() - Kept;
        var gone = await db.DigestItems
            .Where(i => db.Messages.Any(m => m.Id == i.MessageId
                    && (m.SentAt < before || db.Memberships.Any(s => s.RoomId == m.RoomId && s.UserId == i.UserId && s.LastReadSeq >= m.Seq)))
                || db.NotificationSettings.Any(s => s.UserId == i.UserId && s.EmailAfterMinutes == null))
            .AsNoTracking().ToListAsync(stopping);

        // Found before it is removed: looking takes its time, and nobody can write while a statement that removes looks.
        foreach (var group in gone.Chunk(Group))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(stopping);
            await DigestRows.RemoveAsync(db, group.Select(i => (i.UserId, i.MessageId)));
            await transaction.CommitAsync(stopping);
        }
    }

    /// <summary>Who has waited for long enough, and is not here, the longest first.</summary>
    private async Task<IReadOnlyList<long>> DueAsync(CancellationToken stopping)
    {
        await using var db = await contexts.CreateDbContextAsync(stopping);
        var waiting = await (
            from item in db.DigestItems
            join message in db.Messages on item.MessageId equals message.Id
            group message.SentAt by item.UserId into mine
            select new { UserId = mine.Key, Oldest = mine.Min() }).ToListAsync(stopping);
        if (waiting.Count == 0)
        {
            return [];
        }

        var settings = await db.NotificationSettings.AsNoTracking().Where(s => db.DigestItems.Any(i => i.UserId == s.UserId)).ToDictionaryAsync(s => s.UserId, stopping);
        var (byDefault, now) = (new NotificationSettings(), time.GetUtcNow());
        return [..
            from one in waiting
            let wants = settings.GetValueOrDefault(one.UserId, byDefault)
            where wants.EmailAfterMinutes is { } minutes && one.Oldest.AddMinutes(minutes) <= now
            where !(wants.LastEmailAt > now - Gap)
            where !_failed.TryGetValue(one.UserId, out var failed) || failed.Until <= now
            where chat.PresenceOf(one.UserId) != PresenceState.Online
            orderby one.Oldest
            select one.UserId];
    }

    /// <summary>Sends to one person; <see langword="false"/> where that must be tried again.</summary>
    private async Task<bool> TryAttemptAsync(long userId, CancellationToken cancel)
    {
        try
        {
            await AttemptAsync(userId, cancel);
            _failed.TryRemove(userId, out _);
            return true;
        }
        catch (EmailFailedException failed)
        {
            logger.LogWarning("An e-mail to user {UserId} about unread messages could not be sent: {Reason}", userId, failed.Message);
        }
        catch (Exception exception) when (!cancel.IsCancellationRequested)
        {
            logger.LogWarning(exception, "An e-mail to user {UserId} about unread messages failed.", userId);
        }

        _failed.AddOrUpdate(userId, _ => After(1), (_, before) => After(before.Failures + 1));
        return false;
    }

    /// <summary>Sends to one person, if there is still something to send.</summary>
    private async Task AttemptAsync(long userId, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var (digest, told, settled) = await reader.OfAsync(db, userId);
        if (digest is null)
        {
            await NoteAsync(db, userId, settled);
            return;
        }

        var site = (await community.GetAsync()).Name;
        try
        {
            await sender.SendAsync(DigestLetter.Write(digest, site, links.To, unsubscribe.For(userId)), cancel);
        }
        catch (EmailFailedException failed) when (failed.IsFinal)
        {
            // As if it had been sent: there is no second attempt before there is something new, and then one an hour at the most.
            logger.LogWarning("The address of user {UserId} takes no e-mail: {Reason}", userId, failed.Message);
        }

        await NoteAsync(db, userId, [.. settled, .. told], isSent: true);
    }

    /// <summary>Removes what is dealt with, and notes when that was by an e-mail. Not to be cancelled once that is out.</summary>
    private async Task NoteAsync(ChatDbContext db, long userId, long[] messageIds, bool isSent = false)
    {
        if (messageIds.Length == 0)
        {
            return;
        }

        await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
        await DigestRows.RemoveAsync(db, messageIds.Select(id => (userId, id)));
        if (isSent)
        {
            await UnsubscribeLinks.ChangeAsync(db, userId, settings => settings.LastEmailAt = time.GetUtcNow());
        }

        await transaction.CommitAsync(CancellationToken.None);
    }

    private (int Failures, DateTimeOffset Until) After(int failures) => (failures, time.GetUtcNow() + Delays[Math.Min(failures, Delays.Length) - 1]);
}
