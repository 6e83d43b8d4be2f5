using BlazorChat.Data;
using BlazorChat.Live;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Moderation.Overview;

/// <summary>Takes the community's pulse once a minute and keeps an hour of it in memory.</summary>
public sealed class Pulse(IDbContextFactory<ChatDbContext> contexts, ChatService chat, TimeProvider time, ILogger<Pulse> logger) : BackgroundService
{
    /// <summary>How many minutes are kept.</summary>
    public const int Minutes = 60;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Queue<PulseMinute> _minutes = new(Minutes);
    private readonly SemaphoreSlim _one = new(1);
    private long? _lastId;

    /// <summary>When the process began to take it.</summary>
    public DateTimeOffset StartedAt { get; } = time.GetUtcNow();

    /// <summary>The last hour, the oldest minute first. What was posted before the process started is read from the database.</summary>
    public async Task<IReadOnlyList<PulseMinute>> LastHourAsync()
    {
        await _one.WaitAsync();
        try
        {
            if (_lastId is null)
            {
                await using var db = await contexts.CreateDbContextAsync();
                await FillAsync(db);
            }

            return [.. _minutes];
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Minute, time);
        while (await WaitAsync(timer, stoppingToken))
        {
            try
            {
                await TakeAsync();
            }
            catch (Exception exception)
            {
                logger.LogWarning(exception, "The community's pulse could not be taken.");
            }
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _one.Dispose();
        base.Dispose();
    }

    private async Task TakeAsync()
    {
        await _one.WaitAsync();
        try
        {
            await using var db = await contexts.CreateDbContextAsync();
            if (_lastId is not { } before)
            {
                await FillAsync(db);
                return;
            }

            var last = await MessageTimes.LastIdAsync(db);
            Put(new PulseMinute(time.GetUtcNow(), Math.Max(0, last - before), chat.PresenceCounts().Online, Connections()));
            _lastId = last;
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task FillAsync(ChatDbContext db)
    {
        var now = time.GetUtcNow();
        var last = await MessageTimes.LastIdAsync(db);
        var from = await MessageTimes.FirstIdAsync(db, now - Minutes * Minute, 1, last);
        for (var i = Minutes - 1; i >= 0; i--)
        {
            var end = now - i * Minute;
            var next = i == 0 ? last + 1 : await MessageTimes.FirstIdAsync(db, end, from, last);
            Put(i == 0 ? new PulseMinute(end, next - from, chat.PresenceCounts().Online, Connections()) : new PulseMinute(end, next - from, null, null));
            from = next;
        }

        _lastId = last;
    }

    private int Connections() => chat.ConnectionCount(ConnectionKind.Circuit) + chat.ConnectionCount(ConnectionKind.Hub);

    private void Put(PulseMinute minute)
    {
        while (_minutes.Count >= Minutes)
        {
            _minutes.Dequeue();
        }

        _minutes.Enqueue(minute);
    }

    private static async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken stopping)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
