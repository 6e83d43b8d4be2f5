using BlazorChat.Accounts;
using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Rooms;

/// <summary>What keeps people from posting, looked up and put into words.</summary>
internal static class Silences
{
    /// <summary>A standing with what keeps its person from posting at this moment.</summary>
    public static async Task<Standing> WithSilencesAsync(this ChatDbContext db, Standing standing, long userId, DateTimeOffset now)
    {
        var roomId = standing.Room.Id;
        var mute = await db.Mutes.AsNoTracking()
            .Where(m => m.UserId == userId && (m.RoomId == roomId || m.RoomId == Mute.Everywhere) && m.Until > now)
            .OrderByDescending(m => m.Until).FirstOrDefaultAsync();
        var other = OtherOfTwo(standing.Room.DirectKey, userId);
        return standing with
        {
            Mute = mute,
            IsBlocked = other is { } id && await db.Blocks.AnyAsync(
                b => b.UserId == userId && b.BlockedId == id || b.UserId == id && b.BlockedId == userId),
        };
    }

    /// <summary>A room's people with what only those are shown who moderate it: who is muted, and whom they may act on.</summary>
    public static async Task<IReadOnlyList<RoomMember>> WithMutesAsync(this ChatDbContext db, Standing standing, List<RoomMember> members, DateTimeOffset now)
    {
        if (!RoomPolicy.May(standing, Right.MuteInRoom))
        {
            return members;
        }

        var roomId = standing.Room.Id;
        var mutes = (await db.Mutes.AsNoTracking()
            .Where(m => (m.RoomId == roomId || m.RoomId == Mute.Everywhere) && m.Until > now && db.Memberships.Any(s => s.RoomId == roomId && s.UserId == m.UserId))
            .ToListAsync()).ToLookup(m => m.UserId);
        return [.. members.Select(m => m with
        {
            MutedUntil = mutes[m.Person.Id].Max(mute => (DateTimeOffset?)mute.Until),
            IsMutedHere = mutes[m.Person.Id].Any(mute => mute.RoomId == roomId),
            IsMutedEverywhere = mutes[m.Person.Id].Any(mute => mute.RoomId == Mute.Everywhere),
            IsOutranked = Policy.Outranks(standing.Role, standing.IsManager, m.Person.Role, m.IsManager),
        })];
    }

    /// <summary>When somebody's next turn to post in a slowed room comes; <see langword="null"/> when they need not wait.</summary>
    public static async Task<DateTimeOffset?> NextTurnAsync(this ChatDbContext db, Standing standing, long userId, DateTimeOffset now) =>
        RoomPolicy.IsSlowed(standing)
            && await db.SlowTurns.Where(t => t.RoomId == standing.Room.Id && t.UserId == userId).Select(t => (DateTimeOffset?)t.At).SingleOrDefaultAsync() is { } last
            && last.AddSeconds(standing.Room.SlowSeconds) is var next && next > now ? next : null;

    /// <summary>The other person of a direct conversation of two; a larger one goes on whoever blocked whom.</summary>
    public static long? OtherOfTwo(string? directKey, long userId) =>
        directKey?.Split(',') is [var one, var two] ? long.Parse(one, null) == userId ? long.Parse(two, null) : long.Parse(one, null) : null;

    /// <summary>Refuses somebody who cannot post.</summary>
    public static RefusedException? Refuse(Standing standing, DateTimeOffset now) => RoomPolicy.SilenceOf(standing) switch
    {
        Silence.None => null,
        Silence.Muted => new RefusedException(
            Refusal.Forbidden, $"You are muted {Where(standing.Mute!)} for {Duration(standing.Mute!.Until - now)} more. Reason: {standing.Mute.Reason}")
        {
            RetryAfter = standing.Mute.Until - now,
        },
        var silence => RefusedException.Forbidden(Words(silence)),
    };

    /// <summary>Why nobody like them posts there; for a mute see <see cref="Refuse"/>.</summary>
    public static string Words(Silence silence) => silence switch
    {
        Silence.Archived => "This room is archived. You can read it, but nobody posts any more.",
        Silence.Blocked => "You and this person cannot write to each other directly.",
        Silence.Locked => "This room is locked. Only its moderators can post.",
        _ => "",
    };

    /// <summary>Refuses somebody whose turn in a slowed room has not come.</summary>
    public static RefusedException TooEarly(int slowSeconds, TimeSpan left) =>
        new(Refusal.TooMany, $"This room is slow: one message every {Duration(TimeSpan.FromSeconds(slowSeconds))}. You can post again in {Duration(left)}.")
        {
            RetryAfter = left,
        };

    /// <summary>Where a mute holds.</summary>
    public static string Where(Mute mute) => mute.RoomId == Mute.Everywhere ? "everywhere" : "in this room";

    /// <summary>A time as people say it, rounded up: nobody is told that it is over before it is.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalDays: > 2 } => Count(time.TotalDays, "day"),
        { TotalHours: > 2 } => Count(time.TotalHours, "hour"),
        { TotalSeconds: > 90 } => Count(time.TotalMinutes, "minute"),
        _ => Count(time.TotalSeconds, "second"),
    };

    private static string Count(double amount, string unit) => Math.Max(1, Math.Ceiling(amount)) is var whole && whole == 1 ? $"1 {unit}" : $"{whole:0} {unit}s";
}
