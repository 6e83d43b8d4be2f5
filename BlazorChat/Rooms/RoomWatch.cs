using BlazorChat.Accounts;
using BlazorChat.Live;

namespace BlazorChat.Rooms;

/// <summary>
/// Follows rooms live. The topic is followed first and the membership looked up after: a removal in between either is seen
/// by the look-up or ends the subscription itself, so an ex-member hears nothing. What arrives between the two waits for the answer.
/// </summary>
public sealed class RoomWatch(RoomQueries rooms)
{
    /// <summary>Follows a topic of a room.</summary>
    /// <exception cref="RefusedException">The subscriber is not in the room.</exception>
    /// <exception cref="ArgumentException">The topic is not a room's.</exception>
    public async Task FollowAsync(Subscription subscription, Topic topic)
    {
        if (topic.Audience is not (Audience.Room or Audience.RoomState or Audience.RoomSigns))
        {
            throw new ArgumentException($"{topic.Audience} is no topic of a room.", nameof(topic));
        }

        using var hold = subscription.Hold();
        subscription.Follow(topic);
        if (!await rooms.IsMemberAsync(subscription.Actor, topic.Id))
        {
            subscription.Unfollow(topic);
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
