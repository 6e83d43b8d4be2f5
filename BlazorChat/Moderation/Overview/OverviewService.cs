using System.Reflection;
using BlazorChat.Accounts;
using BlazorChat.Data;
using BlazorChat.Live;
using BlazorChat.Mail;
using BlazorChat.Notifications;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Moderation.Overview;

/// <summary>How the community and its server are, at a glance. What takes counting is counted at most every few seconds, however many look.</summary>
public sealed class OverviewService(
    IDbContextFactory<ChatDbContext> contexts, PolicyGate gate, ChatService chat, Pulse pulse, PushNotes push, MailHealth mail, IEmailSender sender,
    TimeProvider time, ILogger<OverviewService> logger) : IDisposable
{
    /// <summary>How old what was counted may be.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    private static readonly string Version =
        typeof(OverviewService).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    // SQLite's log and shared memory stand beside the database.
    private static readonly string[] Files = ["", "-wal", "-shm"];

    private readonly SemaphoreSlim _one = new(1);
    private Counted? _counted;

    /// <summary>How things are now.</summary>
    public async Task<OverviewView> GetAsync(Actor actor)
    {
        await gate.RequireAsync(actor, Right.SeeCommunity);
        var counted = await CountAsync();
        var (online, away) = chat.PresenceCounts();
        var (pushed, mailed) = (push.Health.Read(), mail.Read());
        return new OverviewView(
            online, away, chat.ConnectionCount(ConnectionKind.Circuit), chat.ConnectionCount(ConnectionKind.Hub), await pulse.LastHourAsync(),
            new DeliveryFigures(pushed.Sent, pushed.Failed, pushed.LastSentAt, pushed.LastErrorAt, pushed.LastError), pushed.Gone, push.Retries, counted.Browsers,
            sender.IsOn, new DeliveryFigures(mailed.Sent, mailed.Failed, mailed.LastSentAt, mailed.LastErrorAt, mailed.LastError), counted.MailWaiting, counted.Storage, counted.Totals,
            pulse.StartedAt, Version);
    }

    /// <summary>How many messages are older than some days, in rooms that have no retention of their own: what a retention of so many days deletes first.</summary>
    public async Task<long> OlderThanAsync(Actor actor, int days)
    {
        await gate.RequireAsync(actor, Right.ChangeSettings);
        await using var db = await contexts.CreateDbContextAsync();
        var last = await MessageTimes.LastIdAsync(db);
        var first = await MessageTimes.FirstIdAsync(db, time.GetUtcNow().AddDays(-Math.Clamp(days, 0, CommunityChoices.MaxRetentionDays)), 1, last);
        var older = await db.Messages.LongCountAsync(m => m.Id < first);
        long[] own = await db.Rooms.Where(r => r.RetentionDays != null).Select(r => r.Id).ToArrayAsync();
        return own.Length == 0 ? older : older - await db.Messages.LongCountAsync(m => own.Contains(m.RoomId) && m.Id < first);
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private async Task<Counted> CountAsync()
    {
        await _one.WaitAsync();
        try
        {
            if (_counted is { } known && time.GetUtcNow() - known.At < Fresh)
            {
                return known;
            }

            await using var db = await contexts.CreateDbContextAsync();
            var totals = new CommunityTotals(
                await db.Users.CountAsync(), await db.Rooms.CountAsync(r => r.Kind != RoomKind.Direct), await db.Rooms.SumAsync(r => r.LastSeq));
            return _counted = new Counted(
                time.GetUtcNow(), totals, Storage(db.Database.GetDbConnection().DataSource), await db.PushSubscriptions.CountAsync(),
                await db.DigestItems.CountAsync() + await db.PasswordResetRequests.CountAsync());
        }
        finally
        {
            _one.Release();
        }
    }

    private StorageFigures Storage(string database)
    {
        try
        {
            var file = new FileInfo(database);
            return file.Exists
                ? new StorageFigures(
                    Files.Select(end => new FileInfo(file.FullName + end)).Where(f => f.Exists).Sum(f => f.Length),
                    new DriveInfo(file.DirectoryName!).AvailableFreeSpace)
                : new StorageFigures(null, null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            logger.LogDebug(exception, "The size of the database could not be told.");
            return new StorageFigures(null, null);
        }
    }

    private sealed record Counted(DateTimeOffset At, CommunityTotals Totals, StorageFigures Storage, int Browsers, int MailWaiting);
}
