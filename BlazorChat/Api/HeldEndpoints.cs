using BlazorChat.Moderation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BlazorChat.Api;

/// <summary>A message that waits for a moderator, as moderators see it.</summary>
/// <param name="Id">The held message; it is no id of a message yet.</param>
/// <param name="RoomName">Where it would be said, in words.</param>
/// <param name="SenderId">Who would say it.</param>
/// <param name="SenderName">The same in words.</param>
/// <param name="Text">The source.</param>
/// <param name="Found">What the word filter found.</param>
/// <param name="HeldAt">Since when it waits.</param>
/// <param name="AliasName">The name that it would be shown under, where a webhook gave one.</param>
public sealed record HeldMessageBody(
    long Id, string RoomName, long SenderId, string SenderName, string Text, string Found, DateTime HeldAt, string? AliasName);

/// <summary>Some of the messages that wait, and how many there are in all.</summary>
public sealed record HeldMessagesBody(IReadOnlyList<HeldMessageBody> Messages, int Total);

/// <summary>A held message of the caller's own. <c>state</c> is <c>waiting</c>, <c>approved</c> or <c>rejected</c>.</summary>
public sealed record OwnHeldBody(long Id, string RoomName, string Text, DateTime HeldAt, string State);

/// <summary>Why a held message is turned down, for the audit log.</summary>
public sealed record RejectionBody(string? Note);

/// <summary>What the word filter holds: for moderators' tools to decide on, and for its author to see what became of it.</summary>
internal static class HeldEndpoints
{
    public static void MapHeldMessages(this IEndpointRouteBuilder api)
    {
        var held = api.MapGroup("/held").WithTags("Moderation").ProducesProblem(StatusCodes.Status403Forbidden);
        held.MapGet("/", ListAsync).WithSummary("What the word filter holds, those that have waited longest first (moderators)")
            .WithDescription("Pages count from 0.");
        held.MapPost("/{id:long}/approve", ApproveAsync).WithSummary("Lets a held message through: it is posted now, as its sender's (moderators)")
            .WithDescription("409 where another moderator has decided, or where its sender cannot post there any more.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        held.MapPost("/{id:long}/reject", RejectAsync).WithSummary("Turns a held message down: nobody else ever sees it (moderators)")
            .WithDescription("The note, of at most 500 characters, is for the audit log. 409 where another moderator has decided.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        api.MapGet("/me/held", MineAsync).WithTags("Messages").WithSummary("My messages that the word filter held, newest first")
            .WithDescription("Those that wait, and what was decided on in the last 30 days.");
    }

    private static async Task<HeldMessagesBody> ListAsync(HttpContext context, HeldMessages held, int page = 0)
    {
        var found = await held.ListAsync(context.Actor(), page);
        return new HeldMessagesBody(
            [.. found.Rows.Select(h => new HeldMessageBody(h.Id, h.Room, h.Sender.Id, h.Sender.Name, h.Text, h.Found, h.HeldAt.UtcDateTime, h.AliasName))], found.Total);
    }

    private static async Task<MessageBody> ApproveAsync(long id, HttpContext context, HeldMessages held) =>
        MessageBody.Of(await held.ApproveAsync(context.Actor(), id));

    private static async Task<NoContent> RejectAsync(long id, HttpContext context, HeldMessages held, RejectionBody? body)
    {
        await held.RejectAsync(context.Actor(), id, body?.Note);
        return TypedResults.NoContent();
    }

    private static async Task<IReadOnlyList<OwnHeldBody>> MineAsync(HttpContext context, HeldMessages held) =>
        [.. (await held.MineAsync(context.Actor())).Select(h => new OwnHeldBody(h.Id, h.Room, h.Text, h.HeldAt.UtcDateTime, h.State.ToString().ToLowerInvariant()))];
}
