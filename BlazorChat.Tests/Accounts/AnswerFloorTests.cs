using BlazorChat.Accounts;
using Microsoft.Extensions.Time.Testing;

namespace BlazorChat.Tests.Accounts;

public sealed class AnswerFloorTests
{
    private static readonly TimeSpan Floor = TimeSpan.FromMilliseconds(500);

    [Theory]
    [InlineData(0, 500)]
    [InlineData(499.9, 500)]
    [InlineData(500, 1000)]
    [InlineData(730.25, 1000)]
    public async Task ReachAsync_TimersThatEndEarly_StillReachesTheFloor(double took, double answeredAt)
    {
        var time = new EarlyTimers();
        var started = time.GetTimestamp();
        time.Advance(TimeSpan.FromMilliseconds(took));

        await AnswerFloor.ReachAsync(time, started, Floor);

        Assert.InRange(time.GetElapsedTime(started).TotalMilliseconds, answeredAt, answeredAt + 1);
    }

    /// <summary>A clock whose timers end a little before they are due, as those of an operating system may.</summary>
    private sealed class EarlyTimers : TimeProvider
    {
        private readonly FakeTimeProvider _clock = new();

        public void Advance(TimeSpan by) => _clock.Advance(by);

        public override long TimestampFrequency => _clock.TimestampFrequency;

        public override long GetTimestamp() => _clock.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = _clock.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            _clock.Advance(dueTime - (dueTime > TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(0.2) : TimeSpan.Zero));
            return timer;
        }
    }
}
