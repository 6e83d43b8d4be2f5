using BlazorChat.Accounts;
using BlazorChat.Data;
using BlazorChat.Live;
using BlazorChat.Messages;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Moderation;

/// <summary>
/// Removes the messages that a ban takes with it. They may be thousands, and the ban does not wait for them: what a crash or a full disk
/// cut off goes on later, from what the ban says.
/// </summary>
public sealed class BanRemovals(IDbContextFactory<ChatDbContext> contexts, MessageRemovals removals, TimeProvider time, ILogger<BanRemovals> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);

    private readonly Alarm _alarm = new(time);

    /// <summary>Removes what a ban says; what could not be is tried again until it is done or the ban is lifted.</summary>
    internal async Task RemoveAsync(Actor actor, Ban ban)
    {
        try
        {
            await removals.RemoveOfAsync(actor, ban.UserId!.Value, ban.RemovedSince!.Value, ban.Id, ban.Reason);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            logger.LogWarning(exception, "The messages that ban {BanId} removes could not all be removed; trying again.", ban.Id);
            _alarm.Ring();
        }
    }

    /// <summary>Brings back what was removed with a ban and is still kept.</summary>
    internal Task<int> RestoreAsync(Actor actor, Ban ban) => removals.RestoreOfAsync(actor, ban.Id);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await GoOnAsync();
                await _alarm.WaitAsync(stoppingToken);
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task GoOnAsync()
    {
        try
        {
            await using var db = await contexts.CreateDbContextAsync();
            foreach (var ban in await db.Bans.AsNoTracking().Where(b => b.RemovedSince != null && b.LiftedAt == null).OrderBy(b => b.Id).ToListAsync())
            {
                // In the name of who banned them. One that has come to its end knows it.
                await RemoveAsync(new Actor(ban.ById, Guid.Empty), ban);
            }
        }
        catch (Exception exception)
        {
            logger.LogWarning(exception, "Bans whose messages are to be removed could not be looked up; trying again.");
            _alarm.Ring();
        }
    }
}
