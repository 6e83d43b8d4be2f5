using BlazorChat.Live;
using Microsoft.Extensions.Time.Testing;

namespace BlazorChat.Tests.Live;

public sealed class AlarmTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Alarm _alarm;

    public AlarmTests() => _alarm = new Alarm(_time);

    [Fact]
    public async Task WaitAsync_RungBeforeOrMeanwhile_Ends_OnceForSeveralRings()
    {
        _alarm.Ring();
        _alarm.Ring();
        await _alarm.WaitAsync(null, CancellationToken.None).WaitAsync(Wait.Limit);
        var wait = _alarm.WaitAsync(null, CancellationToken.None);
        Assert.False(wait.IsCompleted);
        _alarm.Ring();
        await wait.WaitAsync(Wait.Limit);
        Assert.False(_alarm.WaitAsync(CancellationToken.None).IsCompleted);
    }

    [Fact]
    public async Task WaitAsync_UntilATime_EndsThen_OrAtOnceWhenItIsOver()
    {
        var wait = _alarm.WaitAsync(_time.GetUtcNow().AddMinutes(1), CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(wait.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        await wait.WaitAsync(Wait.Limit);
        await _alarm.WaitAsync(_time.GetUtcNow(), CancellationToken.None).WaitAsync(Wait.Limit);
    }

    [Fact]
    public async Task WaitAsync_TheProcessStops_Throws()
    {
        using var stopping = new CancellationTokenSource();
        var wait = _alarm.WaitAsync(null, stopping.Token);
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.WaitAsync(Wait.Limit));
    }
}
