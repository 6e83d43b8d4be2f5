using System.Diagnostics;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Journeys;

/// <summary>A moderator and two members side by side: what one does in the room is on the others' screens within a second.</summary>
public sealed class RoomModerationJourney(Stage stage) : Journey(stage)
{
    [Fact]
    public async Task LockedRoom_OnlyItsModeratorPosts_AndWhatOthersTypedIsKept()
    {
        var (mo, bob, dora) = await DebateAsync();
        await bob.Input.FillAsync("one more thing");
        await mo.Page.GetByTestId("room-settings").ClickAsync();
        await mo.Page.GetByTestId("lock-room").ClickAsync();
        await Expect(mo.Page.GetByTestId("room-locked")).ToBeVisibleAsync();
        var locked = Stopwatch.StartNew();
        foreach (var member in (Person[])[bob, dora])
        {
            await Expect(Refusal(member)).ToContainTextAsync("This room is locked. Only its moderators can post.");
            await Expect(member.Page.GetByTestId("room-locked")).ToBeVisibleAsync();
            await Expect(member.Input).ToBeDisabledAsync();
        }

        Assert.InRange(locked.Elapsed.TotalSeconds, 0, 1);
        await mo.SayAsync("Let us breathe.");
        await bob.SeesAsync("Let us breathe.");

        await mo.Page.GetByTestId("room-settings").ClickAsync();
        await mo.Page.GetByTestId("lock-room").ClickAsync();
        await Expect(bob.Input).ToBeEnabledAsync();
        await Expect(bob.Input).ToHaveValueAsync("one more thing");
        await bob.Input.PressAsync("Enter");
        await dora.SeesAsync("one more thing");
    }

    [Fact]
    public async Task SlowedRoom_CountsDownAfterEachMessage_AndLosesNothing()
    {
        var (mo, bob, dora) = await DebateAsync();
        await SlowDownAsync(mo, 5);
        await Expect(bob.Page.GetByTestId("room-slow")).ToBeVisibleAsync();
        await Expect(Slow(bob)).ToHaveTextAsync("Slow mode: one message every 5 seconds.");
        await Expect(Slow(mo)).ToContainTextAsync("Moderators do not wait.");

        await bob.SayAsync("first");
        await Expect(Slow(bob)).ToContainTextAsync("you can send the next message in");
        await bob.Input.FillAsync("second");
        await Expect(Send(bob)).ToBeDisabledAsync();
        await Expect(Send(bob)).ToHaveAttributeAsync("data-wait", new System.Text.RegularExpressions.Regex("^[1-5]$"));
        await bob.Input.PressAsync("Enter");
        await Expect(bob.Input).ToHaveValueAsync("second");

        // The other's turn is their own, and the moderator waits for none.
        await dora.SayAsync("mine");
        await mo.SayAsync("one");
        await mo.SayAsync("two");

        // A reload counts on where it was; then the message goes out.
        await bob.Page.ReloadAsync();
        await bob.ReadyAsync();
        await Expect(bob.Input).ToHaveValueAsync("second");
        await Expect(Send(bob)).ToBeEnabledAsync();
        await bob.Input.PressAsync("Enter");
        await dora.SeesAsync("second");
        await bob.AllSentAsync();

        await SlowDownAsync(mo, 0);
        await Expect(Slow(bob)).ToHaveTextAsync("");
        await bob.SayAsync("at");
        await bob.SayAsync("once");
    }

    [Fact]
    public async Task MessageThatComesTooEarly_WaitsInTheOutbox_WhileOtherRoomsGoOn()
    {
        var (mo, bob, dora) = await DebateAsync();
        var quick = mo.RoomId;
        var other = await bob.CreateRoomAsync("Somewhere else");
        await bob.OpenAsync($"/rooms/{quick}");
        await SlowDownAsync(mo, 10);
        var phone = await bob.TabAsync($"/rooms/{quick}");
        await Expect(Slow(phone)).ToContainTextAsync("every 10 seconds");

        // The phone learns of the turn that was taken elsewhere; a message that was on its way regardless waits for the next.
        await bob.SayAsync("from the desk");
        await Expect(Send(phone)).ToHaveAttributeAsync("data-wait", new System.Text.RegularExpressions.Regex("."));
        await SendRegardlessAsync(phone, quick, "too early");
        await phone.OpenAsync($"/rooms/{other}");
        await phone.SayAsync("meanwhile");
        await dora.SeesAsync("too early");
        await phone.AllSentAsync();

        // Of a long wait the row says when it ends, and nobody has to wait for what they do not want to say any more.
        await SlowDownAsync(mo, 900);
        await phone.OpenAsync($"/rooms/{quick}");
        await SendRegardlessAsync(phone, quick, "on second thoughts");
        await Expect(Unsent(phone)).ToContainTextAsync("Waiting for its turn: it is sent by itself at ");
        await SendRegardlessAsync(phone, quick, "and another");
        await Expect(Unsent(phone).Last).ToContainTextAsync("after the one before");
        await Unsent(phone).First.GetByText("Discard").ClickAsync();
        await Expect(Unsent(phone)).ToContainTextAsync("and anotherWaiting for its turn: it is sent by itself at ");
        await Unsent(phone).GetByText("Discard").ClickAsync();
        await phone.AllSentAsync();
    }

    [Fact]
    public async Task MutedPerson_ReadsWhyInEveryTab_UntilItIsEnded()
    {
        var (mo, bob, dora) = await DebateAsync();
        var tab = await bob.TabAsync($"/rooms/{bob.RoomId}");
        await bob.Input.FillAsync("what I wanted to say");
        await mo.ShowMembersAsync();
        await dora.ShowMembersAsync();
        await mo.Member(bob).HoverAsync();
        await mo.Member(bob).GetByTestId("member-more").ClickAsync();
        await mo.Member(bob).GetByTestId("mute-member").ClickAsync();
        await Expect(mo.Page.GetByTestId("confirm")).ToBeDisabledAsync();
        await mo.Field("mute-reason").FillAsync("Shouting at Dora.");
        await mo.ConfirmAsync();
        await Expect(mo.Member(bob).GetByTestId("member-muted")).ToContainTextAsync("Muted for 10 minutes");
        var muted = Stopwatch.StartNew();
        foreach (var view in (Person[])[bob, tab])
        {
            await Expect(Refusal(view)).ToContainTextAsync("You are muted in this room until ");
            await Expect(Refusal(view)).ToContainTextAsync("Reason: Shouting at Dora.");
        }

        Assert.InRange(muted.Elapsed.TotalSeconds, 0, 1);
        await Expect(dora.Member(bob)).ToBeVisibleAsync();
        await Expect(dora.Page.GetByTestId("member-muted")).ToHaveCountAsync(0);
        await dora.Member(bob).GetByTestId("member-more").PressAsync("Enter");
        await Expect(dora.Member(bob).Locator(".acts button")).ToHaveTextAsync([$"Block {bob.Name}"]);
        await dora.SayAsync("Thank you");
        await bob.SeesAsync("Thank you");

        // What was on its way regardless is kept, and says why it waits, also after a reload; trying again is offered once it can help.
        await SendRegardlessAsync(bob, bob.RoomId, "just before");
        await Expect(Unsent(bob)).ToContainTextAsync("Not sent: You are muted in this room until ");
        await bob.Page.ReloadAsync();
        await bob.ReadyAsync();
        await Expect(Unsent(bob)).ToContainTextAsync("Reason: Shouting at Dora.");
        await Expect(Unsent(bob).GetByText("Try again")).ToBeDisabledAsync();
        await Expect(Unsent(bob).GetByText("Discard")).ToBeEnabledAsync();

        await mo.Member(bob).GetByTestId("unmute-member").ClickAsync();
        await Expect(bob.Input).ToBeEnabledAsync();
        await Expect(bob.Input).ToHaveValueAsync("what I wanted to say");
        await Expect(Unsent(bob)).ToContainTextAsync("Not sent. You can write here again.");
        await Unsent(bob).GetByText("Try again").ClickAsync();
        await dora.SeesAsync("just before");
        await bob.Input.PressAsync("Enter");
        await dora.SeesAsync("what I wanted to say");
    }

    [Fact]
    public async Task Moderator_OfTheRoom_IsMadeAndRemovesSomebody()
    {
        var (mo, bob, dora) = await DebateAsync();
        var room = mo.RoomId;
        await bob.ShowMembersAsync();
        await bob.Member(dora).GetByTestId("member-more").PressAsync("Enter");
        await Expect(bob.Member(dora).GetByTestId("block-member")).ToBeVisibleAsync();
        await Expect(bob.Page.GetByTestId("remove-member")).ToHaveCountAsync(0);
        await bob.Member(dora).GetByTestId("member-more").PressAsync("Enter");

        await mo.ShowMembersAsync();
        await mo.Member(bob).HoverAsync();
        await mo.Member(bob).GetByTestId("member-more").ClickAsync();
        await mo.Member(bob).GetByTestId("make-moderator").ClickAsync();
        await Expect(bob.Member(bob)).ToContainTextAsync("Moderates this room");

        await bob.RemoveFromRoomAsync(dora);
        await Expect(dora.RoomLink(room)).ToHaveCountAsync(0);
        await bob.Member(mo).GetByTestId("member-more").PressAsync("Enter");
        await Expect(bob.Member(mo).Locator(".acts button")).ToHaveTextAsync([$"Block {mo.Name}"]);
    }

    /// <summary>A public room of Mo's with Bob and Dora in it, all looking at it.</summary>
    private async Task<(Person Mo, Person Bob, Person Dora)> DebateAsync()
    {
        var (mo, bob, dora) = (await Community.JoinAsync("Mo"), await Community.JoinAsync("Bob"), await Community.JoinAsync("Dora"));
        var room = await mo.CreateRoomAsync($"Debate of {mo.Name}");
        await bob.JoinRoomAsync(room);
        await dora.JoinRoomAsync(room);
        return (mo, bob, dora);
    }

    private static async Task SlowDownAsync(Person moderator, int seconds)
    {
        await moderator.Page.GetByTestId("room-settings").ClickAsync();
        await moderator.Page.GetByTestId("room-slow-mode").SelectOptionAsync($"{seconds}");
        await Expect(moderator.Page.GetByTestId("room-slow")).ToHaveCountAsync(seconds == 0 ? 0 : 1);
        await moderator.Page.Locator(".mud-dialog-actions button").First.ClickAsync();
        await Expect(moderator.Page.Locator(".mud-dialog")).ToHaveCountAsync(0);
    }

    /// <summary>Puts a message into the outbox past the composer, as when it was sent before the page knew.</summary>
    private static async Task SendRegardlessAsync(Person person, long roomId, string text) => await person.Page.EvaluateAsync("""
        async ([roomId, text]) => {
          const { openOutbox } = await import('/js/outbox.js');
          const userId = Number(document.querySelector('[data-composer]').dataset.userId);
          await openOutbox({ userId, isReady: () => false, send: async () => ({ status: 'retry' }), onChange() {} }).add({ clientId: crypto.randomUUID(), roomId, text });
        }
        """, new object[] { roomId, text });

    private static ILocator Unsent(Person person) => person.Page.Locator("[data-outbox] [data-testid=message]");

    private static ILocator Refusal(Person person) => person.Page.GetByTestId("composer-refusal");

    private static ILocator Slow(Person person) => person.Page.GetByTestId("composer-slow");

    private static ILocator Send(Person person) => person.Page.GetByTestId("composer-send");
}
