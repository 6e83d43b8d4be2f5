using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using BlazorChat.Tests.Journeys;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Faults;

/// <summary>The server dies under load. What it acknowledged is there afterwards; what it did not is sent again, once.</summary>
[Collection(Lane.Second)]
public sealed class KillTests(Stage stage, ITestOutputHelper output) : Journey(stage)
{
    private const int Senders = 4;
    private const int MessagesEach = 60;
    private const int Kills = 3;

    // Sends as a person would, through the composer, but faster than any.
    private const string Burst = """
        async ([name, from, to]) => {
          const input = document.querySelector('[data-testid=composer-input]');
          for (let i = from; i < to; i++) {
            input.value = `${name} says ${i}`;
            input.dispatchEvent(new Event('input', { bubbles: true }));
            input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
            await new Promise(resolve => setTimeout(resolve, 10 + Math.random() * 20));
          }
        }
        """;

    // Tells of every message that this page shows as stored, its own and the others'.
    private const string Witness = """
        new MutationObserver(() => {
          for (const row of document.querySelectorAll('[data-testid=message][data-state=sent][data-client-id]:not([data-told])')) {
            row.dataset.told = '';
            window.acknowledged(row.dataset.clientId);
          }
        }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-state'] });
        """;

    private readonly ConcurrentDictionary<string, byte> _acknowledged = new();

    protected override bool IsShared => false;

    [Fact]
    public async Task KilledDuringABurst_NothingAcknowledgedIsLost_AndNothingIsDoubled()
    {
        var community = await FoundAsync();
        var people = new List<Person>();
        for (var i = 0; i < Senders; i++)
        {
            people.Add(await community.JoinAsync("Sender"));
        }

        var room = people[0].RoomId;
        var bystander = await community.JoinAsync("Bystander");
        List<Person> everyone = [.. people, bystander];
        foreach (var person in everyone)
        {
            person.ExpectsLostConnections();
            await person.Context.ExposeFunctionAsync("acknowledged", (string id) => { _acknowledged.TryAdd(id, 0); });
            await person.Context.AddInitScriptAsync(Witness);
            await person.OpenAsync($"/rooms/{room}");
        }

        // The first two send from a second tab at the same time.
        List<Person> tabs = [.. people, await people[0].TabAsync($"/rooms/{room}"), await people[1].TabAsync($"/rooms/{room}")];
        await bystander.Input.FillAsync("I was just about to say");
        var atKill = new List<(int Acknowledged, long Stored)>();
        for (var round = 0; round < Kills; round++)
        {
            // A page that has lost its circuit loads itself anew, and would take the sending loop with it.
            foreach (var tab in tabs)
            {
                await tab.CircuitAsync();
                await tab.ReadyAsync();
            }

            var from = round * MessagesEach / Kills;
            var to = (round + 1) * MessagesEach / Kills;
            var before = _acknowledged.Count;
            var sending = tabs.Select((tab, i) => SendAsync(tab, $"tab{i}", from, to)).ToArray();
            var some = before + 15 + (round * 10);
            await WaitAsync(() => Task.FromResult(_acknowledged.Count >= some), seconds: 30);
            await community.Server.KillAsync();
            await Task.WhenAll(sending);
            var acknowledged = _acknowledged.Keys.ToHashSet();
            var stored = await StoredAsync(community.Server);
            Assert.Empty(acknowledged.Except(stored));
            atKill.Add((acknowledged.Count, stored.Count));
            await community.Server.StartAsync();
        }

        var sent = tabs.Count * MessagesEach;
        await WaitAsync(async () => await community.Server.QueryAsync<long>("""SELECT COUNT(*) FROM "Messages" """) >= sent, seconds: 90);
        await Task.WhenAll(everyone.Select(p => Expect(p.Connection).ToHaveAttributeAsync("data-state", "online", new() { Timeout = 30_000 })));
        foreach (var tab in tabs)
        {
            await tab.CircuitAsync();
            await tab.ReadyAsync();
            await tab.AllSentAsync();
        }

        await bystander.ReadyAsync();
        await Expect(bystander.Input).ToHaveValueAsync("I was just about to say");
        var last = await community.Server.QueryAsync<long>($"""SELECT MAX("Seq") FROM "Messages" WHERE "RoomId" = {room}""");
        await people[2].Page.BringToFrontAsync();
        await Expect(people[2].Page.Locator($"[data-seq='{last}']")).ToHaveCountAsync(1, new() { Timeout = 30_000 });

        var rows = await community.Server.RowsAsync($"""SELECT "Seq", "Text", "ClientMessageId" FROM "Messages" WHERE "RoomId" = {room} ORDER BY "Seq" """);
        var ids = rows.Select(r => (string)r[2]).ToList();
        var lost = _acknowledged.Keys.Except(ids).Count();
        var doubled = ids.Count - ids.Distinct().Count() + (rows.Count - rows.Select(r => (string)r[1]).Distinct().Count());
        var summary = string.Create(CultureInfo.InvariantCulture,
            $"kill -9, {Kills} times, {tabs.Count} tabs of {Senders} people: sent {sent}, acknowledged before the kills {string.Join("/", atKill.Select(k => k.Acknowledged))} (stored {string.Join("/", atKill.Select(k => k.Stored))}), stored at the end {rows.Count}, acknowledged and lost {lost}, doubled {doubled}");
        output.WriteLine(summary);
        Console.WriteLine(summary);

        Assert.Equal(0, lost);
        Assert.Equal(0, doubled);
        Assert.Equal(sent, rows.Count);
        Assert.Equal(Enumerable.Range(1, rows.Count).Select(i => (long)i), rows.Select(r => (long)r[0]));
        for (var i = 0; i < tabs.Count; i++)
        {
            var prefix = $"tab{i} says ";
            Assert.Equal(Enumerable.Range(0, MessagesEach).Select(n => $"{prefix}{n}"), rows.Select(r => (string)r[1]).Where(t => t.StartsWith(prefix, StringComparison.Ordinal)));
        }

        Assert.Equal("ok", await community.Server.QueryAsync<string>("PRAGMA integrity_check"));
    }

    [Fact]
    public async Task Terminated_UnderLoad_EndsWithinTenSeconds_AndLosesNothing()
    {
        var community = await FoundAsync();
        var bob = await community.JoinAsync("Bob");
        var cem = await community.JoinAsync("Cem");
        bob.ExpectsLostConnections();
        cem.ExpectsLostConnections();
        var sending = Task.WhenAll(SendAsync(bob, "bob", 0, 60), SendAsync(cem, "cem", 0, 60));
        await Expect(cem.Sent("bob says 5").First).ToBeVisibleAsync();

        var took = await community.Server.StopAsync();
        await sending;
        await bob.Input.FillAsync("half a thought");
        await community.Server.StartAsync();
        Console.WriteLine($"SIGTERM under load: ended after {took.TotalSeconds:0.0} s");
        Assert.InRange(took.TotalSeconds, 0, 10);

        await WaitAsync(async () => await community.Server.QueryAsync<long>("""SELECT COUNT(*) FROM "Messages" """) >= 120, seconds: 60);
        await bob.CircuitAsync();
        await bob.ReadyAsync();
        await bob.AllSentAsync();
        await Expect(bob.Input).ToHaveValueAsync("half a thought");
        Assert.Equal(120, await community.Server.QueryAsync<long>("""SELECT COUNT(DISTINCT "Text") FROM "Messages" """));
        Assert.Equal(120, await community.Server.QueryAsync<long>("""SELECT COUNT(*) FROM "Messages" """));
    }

    private static async Task SendAsync(Person tab, string name, int from, int to) => await tab.Page.EvaluateAsync(Burst, new object[] { name, from, to });

    private static async Task<HashSet<string>> StoredAsync(ServerProcess server) =>
        [.. (await server.RowsAsync("""SELECT "ClientMessageId" FROM "Messages" """)).Select(r => (string)r[0])];

    /// <summary>Looks again and again; what has not come true by then is left to the test's own assertions.</summary>
    private static async Task WaitAsync(Func<Task<bool>> condition, int seconds)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var watch = Stopwatch.StartNew();
        while (!await condition() && watch.Elapsed.TotalSeconds < seconds)
        {
            await timer.WaitForNextTickAsync();
        }
    }
}
