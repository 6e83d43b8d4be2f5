using System.Net;
using BlazorChat.Live;

namespace BlazorChat.Operations;

/// <summary>
/// What the process has used, for measurements from outside. The budget "heap a circuit" means live objects, and only the process
/// itself can collect the dead ones first; a heap read without that is mostly garbage. Whoever may ask can also stop the process
/// for the length of a full collection: so it exists only with <c>Diagnostics:Enabled</c>, and only for callers on this machine.
/// </summary>
public static class Diagnostics
{
    /// <summary>The setting that makes the endpoints exist.</summary>
    public const string EnabledSetting = "Diagnostics:Enabled";

    /// <summary>Maps <c>GET /diagnostics</c>, which only reads, and <c>POST /diagnostics/collect</c>, which collects garbage first.</summary>
    public static void MapDiagnostics(this IEndpointRouteBuilder endpoints)
    {
        if (!endpoints.ServiceProvider.GetRequiredService<IConfiguration>().GetValue<bool>(EnabledSetting))
        {
            return;
        }

        var group = endpoints.MapGroup("/diagnostics").AllowAnonymous().ExcludeFromDescription();
        group.AddEndpointFilter(async (context, next) =>
            context.HttpContext.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
                ? await next(context)
                : Results.NotFound());
        group.MapGet("", (ChatService chat) => Figures.Read(chat));
        group.MapPost("/collect", (ChatService chat) =>
        {
            Collect();
            return Figures.Read(chat);
        });
    }

    /// <summary>Leaves only what is alive: the second round takes what the finalizers of the first let go.</summary>
    private static void Collect()
    {
        for (var i = 0; i < 2; i++)
        {
            // Collecting by hand is wrong everywhere else: the collector knows better when. Here it is the measurement itself.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    /// <summary>The process's use of its machine.</summary>
    /// <param name="HeapBytes">Objects on the managed heap; only live ones just after a collection.</param>
    /// <param name="CommittedBytes">Memory that the managed heap holds, as of the last collection.</param>
    /// <param name="RssBytes">Memory of the whole process that is resident.</param>
    /// <param name="CpuMilliseconds">Processor time since the start, all threads.</param>
    /// <param name="AllocatedBytes">Everything ever allocated on the managed heap.</param>
    /// <param name="Threads">Threads of the pool.</param>
    /// <param name="Circuits">Open circuits of signed-in people.</param>
    public sealed record Figures(
        long HeapBytes, long CommittedBytes, long RssBytes, double CpuMilliseconds, long AllocatedBytes, int Threads, int Circuits)
    {
        internal static Figures Read(ChatService chat) => new(
            GC.GetTotalMemory(forceFullCollection: false),
            GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes,
            Environment.WorkingSet,
            Environment.CpuUsage.TotalTime.TotalMilliseconds,
            GC.GetTotalAllocatedBytes(precise: true),
            ThreadPool.ThreadCount,
            chat.ConnectionCount(ConnectionKind.Circuit));
    }
}
