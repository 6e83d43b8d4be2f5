using System.Diagnostics;
using BlazorChat.Bench.Server;
using BlazorChat.Bench.Store;

namespace BlazorChat.Bench.Circuits;

/// <summary>All the people with their tabs: tab i is of user i, in the room that the seed put that user in.</summary>
internal sealed class RoomTabs : IAsyncDisposable
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(15);

    private readonly Seed _seed;
    private readonly CircuitsOptions _options;
    private readonly Visitor[] _visitors;
    private readonly RoomPage?[] _pages;
    private readonly SampleTexts _texts = new(seed: 1);
    private int _nextSender;
    private int _failedSends;
    private string? _sendError;
    private long _batches;

    public RoomTabs(Uri address, Seed seed, CircuitsOptions options)
    {
        _seed = seed;
        _options = options;
        _visitors = [.. Enumerable.Range(0, options.Circuits).Select(_ => new Visitor(address))];
        _pages = new RoomPage?[options.Circuits];
        Deliveries = new Deliveries(options.Circuits);
    }

    public Deliveries Deliveries { get; }

    /// <summary>Tabs whose circuit died, and sends that failed.</summary>
    public int Failed => _failedSends + _pages.Count(p => p?.Error is not null);

    public string? FirstError => _sendError ?? _pages.FirstOrDefault(p => p?.Error is not null)?.Error;

    /// <summary>Render batches since this was last asked.</summary>
    public long TakeBatches() => Interlocked.Exchange(ref _batches, 0);

    public Task SignInAsync(CancellationToken cancellation) => Together(4, _visitors.Length,
        i => _visitors[i].SignInAsync(_seed.Users[i].Email, _seed.Users[i].Password, cancellation), cancellation);

    /// <summary>Opens and closes one tab a room, so that what is loaded once is not counted as a circuit's.</summary>
    public Task WarmUpAsync(CancellationToken cancellation) => Together(2, Math.Min(_options.Rooms, _visitors.Length), async i =>
    {
        await using var page = await RoomPage.OpenAsync(_visitors[i], _seed.Users[i].RoomId, static _ => { }, _options.Compress, cancellation);
        await page.SendAsync("warming up", cancellation);
        await Task.Delay(500, cancellation);
    }, cancellation);

    public async Task OpenAsync(CancellationToken cancellation)
    {
        await Together(8, _pages.Length, async i =>
        {
            _pages[i] = await RoomPage.OpenAsync(_visitors[i], _seed.Users[i].RoomId, batch =>
            {
                Interlocked.Increment(ref _batches);
                Deliveries.Rendered(i, batch);
            }, _options.Compress, cancellation);
        }, cancellation);
        TakeBatches();
    }

    /// <summary>Sends at the chosen rate and returns how long each acknowledgement took.</summary>
    public async Task<long[]> SendSteadilyAsync(int seconds, CancellationToken cancellation)
    {
        TakeBatches();
        var sends = new List<Task<long>>();
        var since = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(since) is var elapsed && elapsed.TotalSeconds < seconds)
        {
            while (sends.Count < elapsed.TotalSeconds * _options.Rate)
            {
                sends.Add(SendAsync(_nextSender++ % _pages.Length, cancellation));
            }

            await Task.Delay(1, cancellation);
        }

        return await Task.WhenAll(sends);
    }

    /// <summary>Sends this many messages to each room, all at once.</summary>
    public async Task SendAtOnceAsync(int messages, CancellationToken cancellation)
    {
        TakeBatches();
        var sends = Enumerable.Range(0, messages * _options.Rooms).Select(_ => SendAsync(_nextSender++ % _pages.Length, cancellation));
        await Task.WhenAll(sends.ToArray());
    }

    /// <summary>Waits until every viewer has seen every message from the first on, but not for ever.</summary>
    public async Task UntilAllSeenAsync(int first, CancellationToken cancellation)
    {
        var since = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(since) < DrainLimit && Deliveries.Since(first, _options.Rooms).Missing > 0)
        {
            await Task.Delay(200, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The server is about to be killed: its tabs need no farewell.
        await Task.WhenAll(_pages.OfType<RoomPage>().Select(p => p.AbandonAsync().AsTask()));
        foreach (var visitor in _visitors)
        {
            visitor.Dispose();
        }
    }

    private async Task<long> SendAsync(int sender, CancellationToken cancellation)
    {
        var (_, marker) = Deliveries.Sending(sender % _options.Rooms);
        var since = Stopwatch.GetTimestamp();
        try
        {
            await _pages[sender]!.SendAsync($"{_texts.Next()} {marker}", cancellation);
        }
        catch (Exception exception) when (exception is InvalidOperationException or TimeoutException)
        {
            Interlocked.Increment(ref _failedSends);
            _sendError ??= exception.Message;
        }

        return Stopwatch.GetElapsedTime(since).Ticks * Stopwatch.Frequency / TimeSpan.TicksPerSecond;
    }

    private static Task Together(int atOnce, int count, Func<int, Task> action, CancellationToken cancellation) =>
        Parallel.ForEachAsync(Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellation },
            async (i, _) => await action(i));
}
