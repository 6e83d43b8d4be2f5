using BlazorChat.Accounts;
using BlazorChat.Rooms;

namespace BlazorChat.Messages;

/// <summary>
/// Decides inside the writer's transaction who of a group may post now. What was stored before counts: a lock, a mute or a demotion that
/// was answered is in force for the next message, whatever page its sender still has open.
/// </summary>
internal sealed class PostGate(PostStatements statements, DateTimeOffset now)
{
    // Null for those whom nothing keeps from posting: nearly everybody, always.
    private readonly Dictionary<(long RoomId, long UserId), PostFacts?> _members = [];

    /// <summary>Looks up the senders of a group.</summary>
    public void LookUp(IEnumerable<PendingPost> posts)
    {
        foreach (var (roomId, senderId) in posts.Select(Key).Distinct())
        {
            if (statements.IsOrdinary(roomId, senderId, now) is { } isOrdinary)
            {
                _members.Add((roomId, senderId), isOrdinary ? null : Facts(roomId, senderId));
            }
        }
    }

    /// <summary>Refuses those who have no business in the room: they do not even learn what they stored there before.</summary>
    public RefusedException? Admit(PendingPost post) =>
        !_members.TryGetValue(Key(post), out var facts) ? RoomAccess.NotFound()
        : facts is { IsBanned: true } ? RefusedException.SignedOut()
        : null;

    /// <summary>Refuses those who cannot post, or whose turn has not come. What a moderator lets through waits for neither.</summary>
    public RefusedException? Refuse(PendingPost post)
    {
        if (_members[Key(post)] is not { } facts)
        {
            return null;
        }

        var standing = ActingIn(facts, post);
        if (post.IsLetThrough)
        {
            return RoomPolicy.SilenceOf(standing) is Silence.Archived or Silence.Blocked ? Silences.Refuse(standing, now) : null;
        }

        return Silences.Refuse(standing, now)
            ?? (RoomPolicy.IsSlowed(standing) && facts.LastTurn?.AddSeconds(standing.Room.SlowSeconds) is { } next && next > now
                ? Silences.TooEarly(standing.Room.SlowSeconds, next - now)
                : null);
    }

    /// <summary>A message is accepted: in a slowed room that was its sender's turn.</summary>
    public void Accept(PendingPost post)
    {
        if (!post.IsLetThrough && _members[Key(post)] is { } facts && RoomPolicy.IsSlowed(ActingIn(facts, post)))
        {
            statements.TakeTurn(post.Message.RoomId, post.Message.SenderId, now);
            _members[Key(post)] = facts with { LastTurn = now };
        }
    }

    private PostFacts Facts(long roomId, long senderId)
    {
        var facts = statements.Facts(roomId, senderId, now);
        return Silences.OtherOfTwo(facts.Standing.Room.DirectKey, senderId) is { } other && statements.IsBlocked(senderId, other)
            ? facts with { Standing = facts.Standing with { IsBlocked = true } }
            : facts;
    }

    private static Standing ActingIn(PostFacts facts, PendingPost post) =>
        facts.Standing with { Role = RoomAccess.Acting(facts.Standing.Role, post.Scopes) };

    private static (long RoomId, long UserId) Key(PendingPost post) => (post.Message.RoomId, post.Message.SenderId);
}
