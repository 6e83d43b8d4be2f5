using BlazorChat.Accounts;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BlazorChat.Api;

/// <summary>Who may post in a room, how often, and who moderates it.</summary>
internal static class RoomModerationEndpoints
{
    public static void MapRoomModeration(this IEndpointRouteBuilder api)
    {
        var room = api.MapGroup("/rooms/{id:long}").WithTags("Rooms");
        room.MapPut("/mutes/{userId:long}", MuteAsync).WithSummary("Mutes somebody of lower rank in a room that I moderate")
            .WithDescription("They read on and post nothing until the time is over, also if they leave and come back. Another mute takes its place.")
            .ProducesProblem(StatusCodes.Status400BadRequest).Refuses();
        room.MapDelete("/mutes/{userId:long}", UnmuteAsync).WithSummary("Ends a mute in a room that I moderate").Refuses();
        room.MapPut("/slow", SlowAsync).WithSummary("Slows a room that I moderate down, or no longer")
            .WithDescription("Everybody but its moderators waits so long from one message to their next; who is too early gets 429 with Retry-After.")
            .ProducesProblem(StatusCodes.Status400BadRequest).Refuses();
        room.MapPut("/lock", LockAsync).WithSummary("Locks a room that I moderate, so that only its moderators post, or unlocks it")
            .ProducesProblem(StatusCodes.Status400BadRequest).Refuses();
        room.MapPut("/moderators/{userId:long}", PromoteAsync).WithSummary("Makes a member a moderator of a room that I moderate").Refuses();
        room.MapDelete("/moderators/{userId:long}", DemoteAsync).WithSummary("Makes a moderator of a room a member again: one of lower rank, or myself")
            .Refuses().ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<NoContent> MuteAsync(long id, long userId, MuteBody body, HttpContext context, RoomModeration moderation)
    {
        await moderation.MuteAsync(context.Actor(), id, userId, TimeSpan.FromMinutes((long)body.Minutes), body.Reason ?? "");
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> UnmuteAsync(long id, long userId, HttpContext context, RoomModeration moderation)
    {
        await moderation.UnmuteAsync(context.Actor(), id, userId);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> SlowAsync(long id, SlowBody body, HttpContext context, RoomModeration moderation)
    {
        await moderation.SlowDownAsync(context.Actor(), id, body.Seconds ?? throw RefusedException.Invalid("Say how many seconds; 0 for none."));
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> LockAsync(long id, LockBody body, HttpContext context, RoomModeration moderation)
    {
        await moderation.SetLockedAsync(context.Actor(), id, body.Locked ?? throw RefusedException.Invalid("Say locked: true or false."));
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> PromoteAsync(long id, long userId, HttpContext context, RoomModeration moderation)
    {
        await moderation.SetModeratorAsync(context.Actor(), id, userId, moderates: true);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> DemoteAsync(long id, long userId, HttpContext context, RoomModeration moderation)
    {
        await moderation.SetModeratorAsync(context.Actor(), id, userId, moderates: false);
        return TypedResults.NoContent();
    }
}
