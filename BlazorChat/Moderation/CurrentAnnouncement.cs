using BlazorChat.Data;
using BlazorChat.Live;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Moderation;

/// <summary>An announcement as everyone sees it.</summary>
/// <param name="Id">The announcement.</param>
/// <param name="Text">What it says, plain.</param>
/// <param name="At">When it was made.</param>
/// <param name="EndsAt">When it goes by itself.</param>
public sealed record AnnouncementView(long Id, string Text, DateTimeOffset At, DateTimeOffset EndsAt);

/// <summary>Another announcement is shown, or none any more.</summary>
public sealed record AnnouncementChanged(AnnouncementView? Announcement) : ChatEvent(Topic.Everyone);

/// <summary>
/// The announcement that is shown now, kept in memory because every page asks for it. It ends by itself at its time, also when the
/// server was started again meanwhile.
/// </summary>
public sealed class CurrentAnnouncement(
    IDbContextFactory<ChatDbContext> contexts, ChatService chat, TimeProvider time, ILogger<CurrentAnnouncement> logger) : IHostedService, IDisposable
{
    /// <summary>A timer takes 49 days at the most, and an announcement may last longer.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    /// <summary>After which time the database is asked again when it did not answer.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _one = new(1);
    private volatile AnnouncementView? _shown;
    private ITimer? _timer;

    /// <summary>What is shown; <see langword="null"/> for nothing.</summary>
    public AnnouncementView? Shown => _shown is { } shown && shown.EndsAt > time.GetUtcNow() ? shown : null;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = time.CreateTimer(_ => _ = LookAgainAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await LookAsync();
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _timer?.Dispose();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer?.Dispose();
        _one.Dispose();
    }

    /// <summary>Takes up what is stored now, and tells everyone where that is another one than before.</summary>
    internal async Task LookAsync()
    {
        await _one.WaitAsync();
        try
        {
            await using var db = await contexts.CreateDbContextAsync();
            var now = time.GetUtcNow();
            var stored = await db.Announcements.AsNoTracking().Where(a => a.EndedAt == null && a.EndsAt > now).OrderByDescending(a => a.Id)
                .Select(a => new AnnouncementView(a.Id, a.Text, a.At, a.EndsAt))
                .FirstOrDefaultAsync();
            var before = _shown;
            _shown = stored;
            if (stored is not null)
            {
                Wait(stored.EndsAt - now);
            }

            if (before?.Id != stored?.Id)
            {
                chat.Raise(new AnnouncementChanged(stored));
            }
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task LookAgainAsync()
    {
        try
        {
            await LookAsync();
        }
        catch (Exception exception)
        {
            logger.LogWarning(exception, "The announcements could not be read.");
            Wait(RetryAfter);
        }
    }

    private void Wait(TimeSpan left) => _timer?.Change(left < LongestWait ? left : LongestWait, Timeout.InfiniteTimeSpan);
}
