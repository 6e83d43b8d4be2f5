using BlazorChat.Accounts;
using BlazorChat.Live;

namespace BlazorChat.Rooms;

/// <summary>
/// Follows rooms live. The topic is followed first and the membership looked up after: a removal in between either is seen
/// by the look-up or ends the subscription itself, so an ex-member hears nothing. What arrives between the two waits for the answer.
/// </summary>
public sealed class RoomWatch(RoomQueries rooms)
{
    private static readonly Audience[] OfARoom = [Audience.Room, Audience.RoomState, Audience.RoomSigns, Audience.RoomPresence];

    /// <summary>Follows topics of one room.</summary>
    /// <exception cref="RefusedException">The subscriber is not in the room.</exception>
    /// <exception cref="ArgumentException">The topics are not a room's.</exception>
    public async Task FollowAsync(Subscription subscription, params Topic[] topics)
    {
        var roomId = topics[0].Id;
        if (!Array.TrueForAll(topics, t => t.Id == roomId && OfARoom.Contains(t.Audience)))
        {
            throw new ArgumentException("Only topics of one room can be followed by its membership.", nameof(topics));
        }

        using var hold = subscription.Hold();
        Array.ForEach(topics, subscription.Follow);
        if (!await rooms.IsMemberAsync(subscription.Actor, roomId))
        {
            Array.ForEach(topics, subscription.Unfollow);
            throw RoomAccess.NotFound();
        }
    }

    /// <summary>Follows all rooms of the subscriber, and returns them.</summary>
    public async Task<IReadOnlyList<RoomSummary>> FollowMineAsync(Subscription subscription)
    {
        using var hold = subscription.Hold();
        foreach (var room in await rooms.MineAsync(subscription.Actor))
        {
            subscription.Follow(Topic.Room(room.Id));
            subscription.Follow(Topic.RoomState(room.Id));
        }

        var mine = await rooms.MineAsync(subscription.Actor);
        var ids = mine.Select(r => r.Id).ToHashSet();
        subscription.KeepOnly(Audience.Room, ids);
        subscription.KeepOnly(Audience.RoomState, ids);
        return mine;
    }
}
