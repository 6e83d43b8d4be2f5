using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Operations;

/// <summary>Has old messages deleted, and what else is over, every hour and shortly after the start.</summary>
public sealed class Retention(MessageRetention messages, PastSilences silences, TimeProvider time, ILogger<Retention> logger) : BackgroundService
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>After the start, when people have come back.</summary>
    private static readonly TimeSpan Delay = TimeSpan.FromMinutes(2);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(Delay, time, stoppingToken);
            using var timer = new PeriodicTimer(Interval, time);
            do
            {
                await TryRoundAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task TryRoundAsync(CancellationToken stopping)
    {
        try
        {
            if (await messages.RoundAsync(stopping) is > 0 and var count)
            {
                logger.LogInformation("{Count} messages that are not kept any more were deleted.", count);
            }

            await silences.ForgetAsync(stopping);
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            logger.LogWarning(exception, "What is not kept any more could not be deleted; trying again in an hour.");
        }
    }
}
