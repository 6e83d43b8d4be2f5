using System.Diagnostics;
using System.Text;
using BlazorChat.Bench.Http;
using BlazorChat.Bench.Wire;

namespace BlazorChat.Bench.Push;

/// <summary>
/// People who post at a steady rate, whatever else goes on, and how long each waited for the acknowledgement: from when the message
/// was due. They have a thread of their own, so that what else this program does is not taken for the server's.
/// </summary>
internal sealed class SteadySenders(Uri server, IReadOnlyList<(string Token, long RoomId)> people, double rate)
{
    private const int Created = 201;

    /// <summary>What was not acknowledged as it should.</summary>
    public string Unexpected { get; private set; } = "";

    /// <summary>Posts until something else has come to its end, and for a time at least; returns the acknowledgements' times.</summary>
    public async Task<Statistics> RunAsync(TimeSpan atLeast, Func<Task> meanwhile, CancellationToken cancellation)
    {
        var isOver = false;
        var until = Stopwatch.GetTimestamp() + (long)(atLeast.TotalSeconds * Stopwatch.Frequency);
        var posting = Task.Factory.StartNew(
            () => Post(until, () => Volatile.Read(ref isOver), cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await meanwhile();
        }
        finally
        {
            Volatile.Write(ref isOver, true);
        }

        return await posting;
    }

    private Statistics Post(long until, Func<bool> isOver, CancellationToken cancellation)
    {
        using var loop = new SocketLoop();
        var times = new RequestTimes(Created);
        List<long> waits = [];
        Sender[] senders = [.. people.Select(p => new Sender(server, p.Token, p.RoomId, times, waits))];
        Array.ForEach(senders, loop.Add);

        var interval = (long)(Stopwatch.Frequency / rate);
        var due = Stopwatch.GetTimestamp();
        loop.RunUntil(long.MaxValue, Step, () => Stopwatch.GetTimestamp() >= until && isOver(), cancellation);
        // Those under way count as well: they may be the slow ones.
        loop.RunUntil(Stopwatch.GetTimestamp() + (10 * Stopwatch.Frequency), _ => long.MaxValue, () => !senders.Any(s => s.IsBusy && s.Ended is null), cancellation);
        Unexpected = string.Join(" ", [.. new[] { times.Unexpected, times.FirstError ?? "" }.Where(t => t.Length > 0)]);
        return new Statistics(waits);

        long Step(long now)
        {
            while (due <= now && Array.Find(senders, s => !s.IsBusy && s.Ended is null) is { } free)
            {
                free.Due = due;
                free.Next();
                due += interval;
            }

            // With nobody free an answer wakes the loop.
            return due <= now ? long.MaxValue : due;
        }
    }

    private sealed class Sender(Uri server, string token, long roomId, RequestTimes times, List<long> waits) : RestConnection(server, token, times)
    {
        private readonly string _path = $"/api/rooms/{roomId}/messages";
        private readonly byte[] _body = Encoding.UTF8.GetBytes("""{"text":"Something to say, at a steady pace and at some length, as people do."}""");

        public long Due { get; set; }

        public override void Next() => Post(_path, _body);

        protected override void Answered(int status, ReadOnlySpan<byte> body) => waits.Add(Stopwatch.GetTimestamp() - Due);
    }
}
