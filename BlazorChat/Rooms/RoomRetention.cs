using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Live;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Rooms;

/// <summary>How long rooms keep their messages.</summary>
public sealed class RoomRetention(
    IDbContextFactory<ChatDbContext> contexts, SessionRegistry sessions, RateLimits limits, AuditLog audit, ChatService chat)
{
    /// <summary>Longest time, ten years; who wants more keeps them for ever.</summary>
    public const int MaxDays = 3_650;

    /// <summary>Decides how long a room keeps its messages. What is older then is deleted for good within the hour.</summary>
    /// <param name="actor">Who decides.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="days">How many days; <see langword="null"/> as the community says, 0 for ever.</param>
    /// <exception cref="RefusedException">Not theirs to decide, or no such number of days.</exception>
    public async Task SetAsync(Actor actor, long roomId, int? days)
    {
        var scopes = await sessions.RequireAsync(actor, Scope.Write, roomId);
        limits.Spend(actor, Limited.Rooms);
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var standing = await db.StandingAsync(actor, roomId, scopes);
        standing.Require(RoomPolicy.CanManage, "Only a manager of this room may do that.");
        if (days is < 0 or > MaxDays)
        {
            throw RefusedException.Invalid($"Messages are kept for 1 to {MaxDays} days, or for ever.");
        }

        var room = standing.Room;
        if (room.RetentionDays == days)
        {
            return;
        }

        await audit.AddAsync(
            db, actor, AuditAct.RoomChanged, new AuditMatter(AuditSubject.Room, roomId, room.Name, RoomId: roomId), InWords(room.RetentionDays), InWords(days));
        room.RetentionDays = days;
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        chat.Raise(RoomChanged.Of(standing.Room));
    }

    private static string InWords(int? days) => "Keeps messages " + days switch
    {
        null => "as the community does", 0 => "for ever", 1 => "for a day", _ => $"for {days} days",
    };
}
