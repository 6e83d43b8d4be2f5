using System.Diagnostics;
using System.Globalization;

namespace BlazorChat.Bench.Admin;

/// <summary>Asks things many times each, and reports how long that took.</summary>
internal sealed class Questions(Report report, int times)
{
    /// <summary>What every page is to answer within, in milliseconds.</summary>
    private const double Budget = 200;

    private readonly List<(string Name, double P99)> _asked = [];

    /// <summary>Asks one thing, once to warm up and then as often as it is to be measured.</summary>
    public async Task AskAsync(string name, Func<Task> ask)
    {
        await ask();
        var ticks = new List<long>(times);
        for (var i = 0; i < times; i++)
        {
            var before = Stopwatch.GetTimestamp();
            await ask();
            ticks.Add(Stopwatch.GetTimestamp() - before);
        }

        var statistics = new Statistics(ticks);
        _asked.Add((name, statistics.P99));
        report.AtMost(string.Create(CultureInfo.InvariantCulture, $"{name} (p50 {statistics.Median:0.0} ms): p99"), statistics.P99, Budget, "ms");
    }

    /// <summary>Reports how many things were asked, and which took longest.</summary>
    public void Sum()
    {
        var (name, worst) = _asked.MaxBy(a => a.P99);
        report.Add("pages, sorts and searches", _asked.Count, "");
        report.Add($"the slowest: {name}", worst, "ms");
    }
}
