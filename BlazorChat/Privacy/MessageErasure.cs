using System.Globalization;
using BlazorChat.Accounts;
using BlazorChat.Data;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Moderation;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Privacy;

/// <summary>
/// Deletes everything that people said who deleted their accounts and wanted that. The wish is stored in the transaction that deletes
/// the account, and goes when the last message is gone: a server that stops in between goes on with it at its next start.
/// </summary>
public sealed class MessageErasure(IDbContextFactory<ChatDbContext> contexts, MessageRemovals removals, TimeProvider time, ILogger<MessageErasure> logger)
    : BackgroundService
{
    private const string Prefix = "erase:";

    private static readonly TimeSpan Retry = TimeSpan.FromMinutes(1);

    private readonly Alarm _alarm = new(time);

    /// <summary>Stores the wish with the caller's transaction, who calls <see cref="Wake"/> after the commit.</summary>
    internal static void Wish(ChatDbContext db, long userId) =>
        db.LogCursors.Add(new LogCursor { Name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{userId}") });

    /// <summary>There is something to do.</summary>
    internal void Wake() => _alarm.Ring();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Wake();
        try
        {
            while (true)
            {
                await _alarm.WaitAsync(stoppingToken);
                await TryEraseAsync(stoppingToken);
            }
        }
        catch (Exception) when (stoppingToken.IsCancellationRequested)
        {
            // The writer takes nothing more. What is left is erased after the next start.
        }
    }

    private async Task TryEraseAsync(CancellationToken stopping)
    {
        try
        {
            await using var db = await contexts.CreateDbContextAsync(stopping);
            foreach (var wish in await db.LogCursors.AsNoTracking().Where(c => c.Name.StartsWith(Prefix)).Select(c => c.Name).ToListAsync(stopping))
            {
                // Nobody's session: its person has none any more, and wished for it while they had.
                var userId = long.Parse(wish.AsSpan(Prefix.Length), CultureInfo.InvariantCulture);
                await removals.DeleteAllOfAsync(new Actor(userId, Guid.Empty), stopping);

                // The copy that a report keeps is evidence until a moderator has decided.
                await db.Reports.Where(r => r.SenderId == userId && (r.State == ReportState.Resolved || r.State == ReportState.Dismissed))
                    .ExecuteUpdateAsync(set => set.SetProperty(r => r.Text, ""), stopping);
                await db.LogCursors.Where(c => c.Name == wish).ExecuteDeleteAsync(stopping);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException && !stopping.IsCancellationRequested)
        {
            logger.LogWarning(exception, "Messages of a deleted account could not be erased; trying again in a minute.");
            await Task.Delay(Retry, time, stopping);
            Wake();
        }
    }
}
