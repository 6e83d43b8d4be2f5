using System.Security.Cryptography;
using System.Text.Json;
using BlazorChat.Accounts;
using BlazorChat.Messages;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BlazorChat.Api;

/// <summary>Messages of a room.</summary>
internal static class MessageEndpoints
{
    public static void MapMessages(this IEndpointRouteBuilder api)
    {
        var messages = api.MapGroup("").WithTags("Messages")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        messages.MapGet("/rooms/{id:long}/messages", GetPageAsync).WithSummary("A page of a room's messages, oldest first")
            .WithDescription("The newest, or those before or after a sequence number, nearest first in reach. Answers an ETag, and 304 to If-None-Match.")
            .Produces<MessagesBody>().Produces(StatusCodes.Status304NotModified);
        messages.MapPost("/rooms/{id:long}/messages", PostAsync).WithSummary("Posts a message")
            .WithDescription("Answered once it is on disk. With a clientMessageId that was stored before, 200 and that message: resending is safe. "
                + "202 where the word filter holds it for a moderator: nobody sees it before.")
            .Produces<HeldBody>(StatusCodes.Status202Accepted).Produces<MessageBody>(StatusCodes.Status201Created).Produces<MessageBody>().ProducesProblem(StatusCodes.Status429TooManyRequests);
        messages.MapPatch("/messages/{id:long}", EditAsync).WithSummary("Changes the text of a message of mine")
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status409Conflict);
        messages.MapDelete("/messages/{id:long}", DeleteAsync).WithSummary("Deletes a message of mine, or removes somebody else's in a room that I moderate")
            .WithDescription("Of mine nothing is kept. Somebody else's can be restored for 30 days, and its author can read the reason, of at most 500 characters.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status403Forbidden);
        messages.MapPost("/messages/{id:long}/restore", RestoreAsync).WithSummary("Brings back a message that a moderator removed, in a room that I moderate")
            .WithDescription("With its text and for everyone at once, for 30 days after it was removed. 409 where it was restored already, or it is too late.")
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status409Conflict);
        messages.MapPut("/messages/{id:long}/pin", PinAsync).WithSummary("Pins a message to its room, of which at most 100 are")
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status409Conflict);
        messages.MapDelete("/messages/{id:long}/pin", UnpinAsync).WithSummary("Takes a message off the pins")
            .ProducesProblem(StatusCodes.Status403Forbidden);
        messages.MapGet("/search", SearchAsync).WithSummary("Finds messages of my rooms, newest first")
            .WithDescription("Parts of words, all of them; \"phrases\"; from:name, in:room, before:2026-01-31, has:link. Go on with nextBeforeId.");
    }

    /// <summary>A page by sequence number; the hub reads by it too.</summary>
    public static async Task<MessagesBody> PageAsync(MessageQueries messages, Actor actor, long roomId, long? before, long? after, int? limit)
    {
        var size = limit ?? MessageQueries.PageSize;
        if (size is < 1 or > MessageQueries.MaxPageSize)
        {
            throw RefusedException.Invalid($"A page has 1 to {MessageQueries.MaxPageSize} messages.");
        }

        if (after is not null)
        {
            if (before is not null)
            {
                throw RefusedException.Invalid("Ask for what is before a message or after one, not both.");
            }

            var newer = await messages.AfterAsync(actor, roomId, after.Value, size);
            return MessagesBody.Of(newer.Messages, newer.HasNewer);
        }

        // Not the newest page's service beyond what that one keeps: it would answer fewer than asked.
        var older = before is null && size <= RecentMessages.PerRoom
            ? await messages.NewestAsync(actor, roomId, size)
            : await messages.BeforeAsync(actor, roomId, before ?? long.MaxValue, size);
        return MessagesBody.Of(older.Messages, older.HasOlder);
    }

    private static async Task GetPageAsync(long id, HttpContext context, MessageQueries messages, long? before = null, long? after = null, int? limit = null)
    {
        var page = await PageAsync(messages, context.Actor(), id, before, after, limit);
        var json = JsonSerializer.SerializeToUtf8Bytes(page, BodiesJson.Default.MessagesBody);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(0, 16))}\"");
        context.Response.Headers.ETag = tag.ToString();
        context.Response.Headers.CacheControl = "private, no-cache";
        if (IsKnown(context.Request.Headers.IfNoneMatch, tag))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = json.Length;
        await context.Response.Body.WriteAsync(json, context.RequestAborted);
    }

    // Several tags in one line, weak ones, and * (RFC 9110, section 13.1.2).
    private static bool IsKnown(StringValues ifNoneMatch, EntityTagHeaderValue tag) =>
        ifNoneMatch.Count > 0 && EntityTagHeaderValue.TryParseList(ifNoneMatch, out var known)
        && known.Any(k => k.Equals(EntityTagHeaderValue.Any) || k.Compare(tag, useStrongComparison: false));

    private static async Task<FoundBody> SearchAsync(
        HttpContext context, MessageSearch search, string? q = null, long? roomId = null, long? beforeId = null, int? limit = null)
    {
        var found = await search.SearchAsync(context.Actor(), q ?? "", roomId, beforeId, limit ?? MessageSearch.PageSize);
        return new FoundBody([.. found.Messages.Select(MessageBody.Of)], found.HasMore, found.NextBeforeId);
    }

    private static async Task<IResult> PostAsync(long id, NewMessageBody body, HttpContext context, MessageService messages)
    {
        var sent = await messages.SendAsync(context.Actor(), new Draft(id, body.Text ?? "", body.ClientMessageId, body.ReplyToId));
        var message = MessageBody.Of(sent.Message);
        return sent.IsResend ? TypedResults.Ok(message) : TypedResults.Created((string?)null, message);
    }

    private static async Task<MessageBody> EditAsync(long id, EditBody body, HttpContext context, MessageService messages) =>
        MessageBody.Of(await messages.EditAsync(context.Actor(), id, body.Text ?? ""));

    private static async Task<NoContent> DeleteAsync(long id, HttpContext context, MessageService messages, string? reason = null)
    {
        await messages.DeleteAsync(context.Actor(), id, reason);
        return TypedResults.NoContent();
    }

    private static async Task<MessageBody> RestoreAsync(long id, HttpContext context, MessageRemovals removals) =>
        MessageBody.Of(await removals.RestoreAsync(context.Actor(), id));

    private static async Task<NoContent> PinAsync(long id, HttpContext context, Pins pins)
    {
        await pins.PinAsync(context.Actor(), id);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> UnpinAsync(long id, HttpContext context, Pins pins)
    {
        await pins.UnpinAsync(context.Actor(), id);
        return TypedResults.NoContent();
    }
}
