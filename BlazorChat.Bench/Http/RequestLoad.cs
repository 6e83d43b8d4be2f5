using System.Diagnostics;
using BlazorChat.Bench.Server;
using BlazorChat.Bench.Wire;

namespace BlazorChat.Bench.Http;

/// <summary>Several connections at once, each with one request under way at any time.</summary>
internal static class RequestLoad
{
    private static readonly long DrainLimit = 10 * Stopwatch.Frequency;

    /// <summary>Runs them for a while, and for a warm-up before that; returns what the counted while has cost.</summary>
    public static Usage Run(ServerProcess server, IReadOnlyList<RestConnection> connections, RequestTimes times, int warmUp, int seconds,
        CancellationToken cancellation)
    {
        using var loop = new SocketLoop();
        foreach (var connection in connections)
        {
            loop.Add(connection);
        }

        var counts = Stopwatch.GetTimestamp() + (warmUp * Stopwatch.Frequency);
        times.Until = counts + (seconds * Stopwatch.Frequency);
        foreach (var connection in connections)
        {
            connection.Next();
        }

        loop.RunUntil(counts, static _ => long.MaxValue, static () => false, cancellation);
        var usage = Usage.Begin(server);
        times.Counts = true;
        loop.RunUntil(times.Until, static _ => long.MaxValue, static () => false, cancellation);
        times.Counts = false;
        var used = usage();
        // The last ones are answered too: they are stored, and must be found.
        loop.RunUntil(times.Until + DrainLimit, static _ => long.MaxValue, () => !connections.Any(c => c.IsBusy && c.Ended is null), cancellation);
        return used;
    }
}
