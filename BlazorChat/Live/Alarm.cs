using System.Threading.Channels;

namespace BlazorChat.Live;

/// <summary>What a worker sleeps by: until it is rung, or until a time. A ring while it works is not lost; several are one.</summary>
public sealed class Alarm(TimeProvider time)
{
    private readonly Channel<bool> _rung = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>There is something to do.</summary>
    public void Ring() => _rung.Writer.TryWrite(true);

    /// <summary>Sleeps until it is rung.</summary>
    /// <exception cref="OperationCanceledException">The process stops.</exception>
    public async Task WaitAsync(CancellationToken stopping) => await _rung.Reader.ReadAsync(stopping);

    /// <summary>Sleeps until it is rung, or until a time; <see langword="null"/> for none.</summary>
    /// <exception cref="OperationCanceledException">The process stops.</exception>
    public async Task WaitAsync(DateTimeOffset? until, CancellationToken stopping)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var rung = _rung.Reader.WaitToReadAsync(over.Token).AsTask();
        var wait = until - time.GetUtcNow();
        var timer = Task.Delay(wait is null ? Timeout.InfiniteTimeSpan : wait > TimeSpan.Zero ? wait.Value : TimeSpan.Zero, time, over.Token);

        // The clock may have been set forward before the timer was.
        if (until is null || time.GetUtcNow() < until)
        {
            await Task.WhenAny(rung, timer);
        }

        await over.CancelAsync();
        _rung.Reader.TryRead(out _);
        stopping.ThrowIfCancellationRequested();
    }
}
