using System.Diagnostics;
using BlazorChat.Accounts;
using BlazorChat.Bench.Server;

namespace BlazorChat.Bench.Store;

/// <summary>
/// People who post at a steady pace, each in their own room and from when it was due: what they wait for is what something else costs them.
/// Whoever is refused ends the run.
/// </summary>
/// <param name="host">Where they post.</param>
/// <param name="seed">Whose first people they are.</param>
/// <param name="actors">Their sessions.</param>
/// <param name="rate">Messages a second of all together.</param>
internal sealed class SteadyPosts(StoreHost host, Seed seed, IReadOnlyList<Actor> actors, double rate)
{
    /// <summary>Posts for a time, or until something is over.</summary>
    public async Task<Statistics> SendAsync(TimeSpan time, Task over)
    {
        var texts = new SampleTexts(seed: 4);
        var start = Stopwatch.GetTimestamp();
        var interval = (long)(Stopwatch.Frequency * actors.Count / rate);
        var all = await Task.WhenAll(actors.Select((actor, i) => Task.Run(async () =>
        {
            List<long> waits = [];
            for (var due = start + (interval * i / actors.Count); Stopwatch.GetElapsedTime(start) < time && !over.IsCompleted; due += interval)
            {
                var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
                if (wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait);
                    due = Math.Max(due, Stopwatch.GetTimestamp());
                }

                string text;
                lock (texts)
                {
                    text = texts.Next();
                }

                await host.Messages.PostAsync(actor, seed.Users[i].RoomId, text, Guid.NewGuid().ToString("N"));
                waits.Add(Stopwatch.GetTimestamp() - due);
            }

            return waits;
        })));
        return new Statistics(all.SelectMany(w => w));
    }
}
