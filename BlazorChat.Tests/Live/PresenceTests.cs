using BlazorChat.Accounts;
using BlazorChat.Live;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace BlazorChat.Tests.Live;

public sealed class PresenceTests
{
    private static readonly Actor Ann = new(1, Guid.NewGuid());
    private static readonly Actor Bob = new(2, Guid.NewGuid());
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly ChatService _chat;

    public PresenceTests() => _chat = new ChatService(_time, NullLogger<ChatService>.Instance);

    [Fact]
    public async Task PresenceOf_ComesTurnsAwayAndGoes_ShowsComingAtOnceAndGoingAfterTheGrace()
    {
        using var ear = new Ear(_chat, Ann, Topic.Presence(Bob.UserId));
        var tab = _chat.Connect(Bob, ConnectionKind.Circuit);
        Assert.Equal(PresenceState.Online, _chat.PresenceOf(Bob.UserId));

        tab.SetVisible(false);
        _time.Advance(ChatService.PresenceGrace - Moment);
        Assert.Equal(PresenceState.Online, _chat.PresenceOf(Bob.UserId));
        _time.Advance(Moment);
        Assert.Equal(PresenceState.Away, _chat.PresenceOf(Bob.UserId));

        tab.SetVisible(true);
        Assert.Equal(PresenceState.Online, _chat.PresenceOf(Bob.UserId));

        tab.Dispose();
        _time.Advance(ChatService.PresenceGrace);
        Assert.Equal(PresenceState.Offline, _chat.PresenceOf(Bob.UserId));
        Assert.Equal(
            [PresenceState.Online, PresenceState.Away, PresenceState.Online, PresenceState.Offline],
            (await ear.DrainedAsync<PresenceChanged>()).Select(e => e.State));
    }

    [Fact]
    public async Task PresenceOf_ReloadWithinTheGrace_DoesNotBlink()
    {
        using var ear = new Ear(_chat, Ann, Topic.Presence(Bob.UserId));
        _chat.Connect(Bob, ConnectionKind.Circuit).Dispose();
        _time.Advance(ChatService.PresenceGrace / 2);
        using var again = _chat.Connect(Bob, ConnectionKind.Circuit);
        _time.Advance(ChatService.PresenceGrace * 2);

        Assert.Equal([PresenceState.Online], (await ear.DrainedAsync<PresenceChanged>()).Select(e => e.State));
    }

    [Fact]
    public void PresenceOf_TwoTabs_IsTheMorePresentOfThem()
    {
        using var phone = _chat.Connect(Bob, ConnectionKind.Circuit);
        var desk = _chat.Connect(Bob, ConnectionKind.Circuit);
        phone.SetVisible(false);
        desk.SetUp(false);
        _time.Advance(ChatService.PresenceGrace);
        Assert.Equal(PresenceState.Away, _chat.PresenceOf(Bob.UserId));

        desk.SetUp(true);
        Assert.Equal(PresenceState.Online, _chat.PresenceOf(Bob.UserId));
        desk.Dispose();
        _time.Advance(ChatService.PresenceGrace);
        Assert.Equal(PresenceState.Away, _chat.PresenceOf(Bob.UserId));
        Assert.Equal((1, 1), (_chat.ConnectionsOf(Bob.UserId), _chat.ConnectionCount(ConnectionKind.Circuit)));
    }

    [Fact]
    public void Connect_AsManyAreUp_IsRefused_AndThoseThatLostTheirNetworkDoNotCount()
    {
        var first = _chat.Connect(Bob, ConnectionKind.Circuit, 2)!;
        var second = _chat.Connect(Bob, ConnectionKind.Circuit, 2)!;
        Assert.Null(_chat.Connect(Bob, ConnectionKind.Circuit, 2));
        Assert.Equal((2, 2), (_chat.ConnectionsOf(Bob.UserId), _chat.ConnectionCount(ConnectionKind.Circuit)));
        using var program = _chat.Connect(Bob, ConnectionKind.Hub, 1);
        using var other = _chat.Connect(Ann, ConnectionKind.Circuit, 2);
        Assert.True(program is not null && other is not null);

        first.SetUp(false);
        var third = _chat.Connect(Bob, ConnectionKind.Circuit, 2)!;
        Assert.False(third.IsOneTooMany(2));
        first.SetUp(true);
        Assert.True(first.IsOneTooMany(2));

        first.Dispose();
        second.Dispose();
        Assert.NotNull(_chat.Connect(Bob, ConnectionKind.Circuit, 2));
    }

    [Fact]
    public void IsLookingAt_TabHiddenDisconnectedOrElsewhere_IsFalse()
    {
        using var tab = _chat.Connect(Bob, ConnectionKind.Circuit);
        tab.RoomId = 5;
        Assert.True(_chat.IsLookingAt(Bob.UserId, 5));
        Assert.False(_chat.IsLookingAt(Bob.UserId, 6));
        Assert.False(_chat.IsLookingAt(Ann.UserId, 5));

        tab.SetVisible(false);
        Assert.False(_chat.IsLookingAt(Bob.UserId, 5));
        tab.SetVisible(true);
        tab.SetUp(false);
        Assert.False(_chat.IsLookingAt(Bob.UserId, 5));
        tab.SetUp(true);
        Assert.True(_chat.IsLookingAt(Bob.UserId, 5));
        tab.Dispose();
        Assert.False(_chat.IsLookingAt(Bob.UserId, 5));
    }
}
