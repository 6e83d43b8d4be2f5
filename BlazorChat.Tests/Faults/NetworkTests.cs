using System.Globalization;
using BlazorChat.Tests.Journeys;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Faults;

/// <summary>The network goes away in the middle of a sentence, and comes back.</summary>
public sealed class NetworkTests(Stage stage) : Journey(stage)
{
    // What the outbox keeps is one message, and that was refused.
    private const string OnlyFailed = """
        async () => {
          const result = request => new Promise(resolve => { request.onsuccess = () => resolve(request.result); });
          const database = await result(indexedDB.open('blazorchat', 1));
          const entries = await result(database.transaction('outbox').objectStore('outbox').getAll());
          database.close();
          return entries.length === 1 && entries[0].state === 'failed';
        }
        """;

    private readonly List<Wire> _wires = [];

    [Fact]
    public async Task CutWhileSending_ThenRestored_AllIsThereOnceAndInOrder()
    {
        var wire = Wire();
        var bob = await Community.JoinAsync("Bob", address: wire.Address);
        bob.ExpectsLostConnections();
        var room = await bob.CreateRoomAsync("Tunnel");
        var ada = await Community.AdaAsync();
        await ada.JoinRoomAsync(room);
        await bob.TypeAndSendAsync("message 0");
        await bob.TypeAndSendAsync("message 1");

        wire.Cut();
        for (var i = 2; i < 12; i++)
        {
            await bob.TypeAndSendAsync($"message {i}");
        }

        await bob.Input.FillAsync("and half a");
        await Expect(bob.Connection).Not.ToHaveAttributeAsync("data-state", "online");
        await Expect(bob.Connection).ToBeVisibleAsync();
        await Expect(bob.Page.Locator("[data-testid=message][data-state=pending]")).Not.ToHaveCountAsync(0);
        await ada.SayAsync("meanwhile");
        wire.Restore();

        await AllArriveAsync(room, bob, ada, 12);
        await Expect(bob.Connection).ToHaveAttributeAsync("data-state", "online");
        await Expect(bob.Connection).ToBeHiddenAsync();
        await bob.SeesAsync("meanwhile");
        await Expect(bob.Input).ToHaveValueAsync("and half a");
        await bob.Input.PressAsync("End");
        await bob.Input.PressSequentiallyAsync(" sentence");
        await bob.Input.PressAsync("Enter");
        await ada.SeesAsync("and half a sentence");
    }

    [Fact]
    public async Task CutAfterTheServerStoredIt_ResendStoresNothingTwice()
    {
        var wire = Wire();
        var bob = await Community.JoinAsync("Bob", address: wire.Address);
        bob.ExpectsLostConnections();
        var room = await bob.CreateRoomAsync("Echo");
        var ada = await Community.AdaAsync();
        await ada.JoinRoomAsync(room);

        // Cut in the moment when the other sees it: the acknowledgement is then most likely still under way.
        for (var i = 0; i < 5; i++)
        {
            await bob.TypeAndSendAsync($"message {i}");
            await ada.SeesAsync($"message {i}");
            wire.Cut();
            await bob.TypeAndSendAsync($"during {i}");
            wire.Restore();
            await ada.SeesAsync($"during {i}");
        }

        await bob.AllSentAsync();
        var texts = await TextsAsync(room);
        Assert.Equal(Enumerable.Range(0, 5).SelectMany(i => new[] { $"message {i}", $"during {i}" }), texts);
    }

    [Fact]
    public async Task StalledConnection_TypingAndSendingGoOn_AndArriveAfterwards()
    {
        var wire = Wire();
        var bob = await Community.JoinAsync("Bob", address: wire.Address);
        bob.ExpectsLostConnections();
        var room = await bob.CreateRoomAsync("Elevator");
        var ada = await Community.AdaAsync();
        await ada.JoinRoomAsync(room);

        wire.Stall();
        for (var i = 0; i < 5; i++)
        {
            await bob.TypeAndSendAsync($"message {i}");
        }

        await Expect(bob.Page.Locator("[data-testid=message][data-state=pending]")).ToHaveCountAsync(5);
        await Expect(bob.Connection).Not.ToHaveAttributeAsync("data-state", "online", new() { Timeout = 40_000 });
        await Expect(bob.Input).ToBeEditableAsync();
        wire.Restore();
        await AllArriveAsync(room, bob, ada, 5);
    }

    [Fact]
    public async Task BrowserOffline_SaysSo_AndSendsAfterwards()
    {
        var bob = await Community.JoinAsync("Bob");
        bob.ExpectsLostConnections();
        var room = await bob.CreateRoomAsync("Plane");
        var ada = await Community.AdaAsync();
        await ada.JoinRoomAsync(room);
        await bob.Context.SetOfflineAsync(true);
        for (var i = 0; i < 5; i++)
        {
            await bob.TypeAndSendAsync($"message {i}");
        }

        await Expect(bob.Connection).ToHaveAttributeAsync("data-state", "offline");
        await Expect(bob.Connection).ToContainTextAsync("Offline");
        await bob.Context.SetOfflineAsync(false);
        await AllArriveAsync(room, bob, ada, 5);
        await Expect(bob.Connection).ToHaveAttributeAsync("data-state", "online");
    }

    [Fact]
    public async Task RemovedWhileOffline_TheMessageIsRefusedAndItsTextKept()
    {
        var wire = Wire();
        var ada = await Community.JoinAsync("Amy");
        var bob = await Community.JoinAsync("Bob", address: wire.Address);
        bob.ExpectsLostConnections();
        var room = await ada.CreateRoomAsync("Closed", isPrivate: true);
        await ada.AddToRoomAsync(bob);
        await bob.OpenAsync($"/rooms/{room}");
        wire.Cut();
        await bob.TypeAndSendAsync("my last word");
        await ada.RemoveFromRoomAsync(bob);
        wire.Restore();

        await Expect(bob.Page.Locator($"[data-testid=message-list][data-room-id='{room}']")).ToHaveCountAsync(0);
        await bob.OpenAsync("/");
        await bob.Page.WaitForFunctionAsync(OnlyFailed);
        await ada.AddToRoomAsync(bob);
        await bob.OpenAsync($"/rooms/{room}");
        var row = bob.Page.Locator("[data-testid=message][data-state=failed]", new() { HasText = "my last word" });
        await Expect(row).ToContainTextAsync("Not sent");
        await row.Locator("[data-action=edit]").ClickAsync();
        await Expect(bob.Input).ToHaveValueAsync("my last word");
        await bob.Input.PressAsync("Enter");
        await ada.SeesAsync("my last word");
        Assert.Equal(["my last word"], await TextsAsync(room));
    }

    [Fact]
    public async Task LongGap_HealsCompletely()
    {
        var wire = Wire();
        var ada = await Community.JoinAsync("Amy");
        var bob = await Community.JoinAsync("Bob", address: wire.Address);
        bob.ExpectsLostConnections();
        var room = await ada.CreateRoomAsync("Gap");
        await bob.JoinRoomAsync(room);
        wire.Cut();
        await Expect(bob.Connection).Not.ToHaveAttributeAsync("data-state", "online");
        for (var i = 0; i < 80; i++)
        {
            await ada.TypeAndSendAsync($"message {i}");
        }

        await ada.AllSentAsync();
        wire.Restore();
        await bob.SeesAsync("message 79");
        await Expect(bob.Page.Locator("[data-testid=message][data-id]")).ToHaveCountAsync(80);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var wire in _wires)
        {
            await wire.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    private Wire Wire()
    {
        var wire = new Wire(Community.Server.Port);
        _wires.Add(wire);
        return wire;
    }

    private async Task<IEnumerable<string>> TextsAsync(long room) =>
        (await Community.Server.RowsAsync($"""SELECT "Text" FROM "Messages" WHERE "RoomId" = {room} ORDER BY "Seq" """)).Select(r => (string)r[0]);

    private async Task AllArriveAsync(long room, Person sender, Person reader, int count)
    {
        await Expect(reader.Sent($"message {count - 1}").Last).ToBeVisibleAsync(new() { Timeout = 40_000 });
        await Expect(sender.Page.Locator("[data-outbox] [data-testid=message]")).ToHaveCountAsync(0, new() { Timeout = 40_000 });
        var texts = (await TextsAsync(room)).Where(t => t.StartsWith("message ", StringComparison.Ordinal));
        Assert.Equal(Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"message {i}")), texts);
        foreach (var person in new[] { sender, reader })
        {
            for (var i = 0; i < count; i++)
            {
                await Expect(person.Page.Locator("[data-testid=message] .message-body").GetByText($"message {i}", new() { Exact = true })).ToHaveCountAsync(1);
            }
        }
    }
}
