using BlazorChat.Accounts;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BlazorChat.Api;

/// <summary>Somebody whom the caller blocked, and since when (UTC).</summary>
public sealed record BlockBody(long Id, string Name, bool IsBot, DateTime Since);

/// <summary>Who may not post anywhere for a time, for moderators; and whom the caller wants nothing of.</summary>
internal static class PeopleEndpoints
{
    public static void MapPeople(this IEndpointRouteBuilder api)
    {
        var people = api.MapGroup("").WithTags("Moderation").ProducesProblem(StatusCodes.Status403Forbidden);
        people.MapPut("/people/{id:long}/mute", MuteAsync).WithSummary("Mutes somebody of lower role everywhere (moderators)")
            .WithDescription("They read on and post nothing in any room until the time is over. Another mute takes its place; one in a room goes on by itself.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        people.MapDelete("/people/{id:long}/mute", UnmuteAsync).WithSummary("Ends a mute everywhere (moderators)")
            .WithDescription("One who is not muted everywhere stays so, and a mute in a room goes on.")
            .ProducesProblem(StatusCodes.Status404NotFound);

        people.MapGet("/blocks", BlocksAsync).WithSummary("Whom I blocked, the last one first")
            .WithDescription("A matter of the account: by a token from signing in, not by a personal one.");
        people.MapPut("/blocks/{userId:long}", BlockAsync).WithSummary("Blocks somebody")
            .WithDescription("What they say collapses for me in the page, I am notified of none of it, and neither of us writes to the other directly. They are not "
                + "told. Blocking twice changes nothing. By a token from signing in, not by a personal one.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        people.MapDelete("/blocks/{userId:long}", UnblockAsync).WithSummary("Blocks somebody no more")
            .WithDescription("Doing so twice changes nothing. By a token from signing in, not by a personal one.");
    }

    private static async Task<NoContent> MuteAsync(long id, MuteBody body, HttpContext context, RoomModeration moderation)
    {
        await moderation.MuteAsync(context.Actor(), roomId: null, id, TimeSpan.FromMinutes((long)body.Minutes), body.Reason ?? "");
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> UnmuteAsync(long id, HttpContext context, RoomModeration moderation)
    {
        await moderation.UnmuteAsync(context.Actor(), roomId: null, id);
        return TypedResults.NoContent();
    }

    private static async Task<IReadOnlyList<BlockBody>> BlocksAsync(HttpContext context, BlockService blocks) =>
        [.. (await blocks.ListAsync(context.Actor())).Select(b => new BlockBody(b.Person.Id, b.Person.Name, b.Person.IsBot, b.At.UtcDateTime))];

    private static async Task<NoContent> BlockAsync(long userId, HttpContext context, BlockService blocks)
    {
        await blocks.BlockAsync(context.Actor(), userId);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> UnblockAsync(long userId, HttpContext context, BlockService blocks)
    {
        await blocks.UnblockAsync(context.Actor(), userId);
        return TypedResults.NoContent();
    }
}
