namespace BlazorChat.Bench.Privacy;

/// <summary>By how much this process grows from now on, at its peak, looked at many times a second.</summary>
internal sealed class PeakMemory
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly TaskCompletionSource _enough = new();
    private readonly long _before;
    private readonly Task<long> _peak;

    public PeakMemory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        _before = Environment.WorkingSet;
        _peak = Task.Run(async () =>
        {
            var peak = _before;
            while (!_enough.Task.IsCompleted)
            {
                peak = Math.Max(peak, Environment.WorkingSet);
                await Task.Delay(Interval);
            }

            return peak;
        });
    }

    /// <summary>Ends it. Bytes.</summary>
    public async Task<long> GrowthAsync()
    {
        _enough.SetResult();
        return await _peak - _before;
    }
}
