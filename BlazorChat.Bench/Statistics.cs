using System.Diagnostics;

namespace BlazorChat.Bench;

/// <summary>Percentiles of measured durations, in milliseconds.</summary>
internal sealed class Statistics
{
    private readonly double[] _sorted;

    public Statistics(IEnumerable<long> ticks)
    {
        _sorted = [.. ticks.Select(t => t * 1000.0 / Stopwatch.Frequency)];
        Array.Sort(_sorted);
    }

    public int Count => _sorted.Length;

    public double Median => At(0.5);

    public double P99 => At(0.99);

    public double Max => _sorted is [] ? double.NaN : _sorted[^1];

    private double At(double share) =>
        _sorted is [] ? double.NaN : _sorted[Math.Min(_sorted.Length - 1, (int)(share * _sorted.Length))];
}
