using System.Diagnostics;

namespace BlazorChat.Bench.Server;

/// <summary>Processor time over a while: the server's, and this program's, which runs on the same cores.</summary>
internal readonly record struct Usage(TimeSpan Server, TimeSpan Client, TimeSpan Elapsed)
{
    /// <summary>The server's share of one core.</summary>
    public double ServerShare => Server / Elapsed;

    /// <summary>This program's share of one core.</summary>
    public double ClientShare => Client / Elapsed;

    /// <summary>The server's processor time beyond what the same while costs when nothing happens.</summary>
    public TimeSpan ServerBeyond(Usage idle) => Server - (idle.ServerShare * Elapsed);

    /// <summary>Begins a while; what is returned ends it.</summary>
    public static Func<Usage> Begin(ServerProcess server)
    {
        var (used, own, since) = (server.CpuTime, Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        return () => new Usage(server.CpuTime - used, Environment.CpuUsage.TotalTime - own, Stopwatch.GetElapsedTime(since));
    }
}
