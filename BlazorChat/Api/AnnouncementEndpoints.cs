using BlazorChat.Accounts;
using BlazorChat.Moderation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BlazorChat.Api;

/// <summary>What everyone is told.</summary>
public sealed record AnnouncementBody(long Id, string Text, DateTime At, DateTime EndsAt)
{
    internal static AnnouncementBody Of(AnnouncementView a) => new(a.Id, a.Text, a.At.UtcDateTime, a.EndsAt.UtcDateTime);
}

/// <summary>Something to tell everyone, plain and of at most 500 characters, until a time at most 90 days away.</summary>
public sealed record NewAnnouncementBody(string? Text, DateTimeOffset? EndsAt);

/// <summary>What everyone is told on top of every page.</summary>
internal static class AnnouncementEndpoints
{
    public static void MapAnnouncements(this IEndpointRouteBuilder api)
    {
        var announcements = api.MapGroup("").WithTags("Moderation");
        announcements.MapGet("/announcement", GetAsync).WithSummary("What everyone is told at the moment")
            .WithDescription("204 when there is nothing, or when I have dismissed it.")
            .Produces<AnnouncementBody>().Produces(StatusCodes.Status204NoContent);
        announcements.MapPost("/announcements", AnnounceAsync).WithSummary("Tells everyone something on top of every page (administrators)")
            .WithDescription("At once, and in place of the one before; it goes by itself at <code>endsAt</code>.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status409Conflict);
        announcements.MapDelete("/announcements/{id:long}", EndAsync).WithSummary("Takes an announcement away before its time (administrators)")
            .WithDescription("At once and for everyone. 409 where it is over already.")
            .Refuses().ProducesProblem(StatusCodes.Status409Conflict);
        announcements.MapPost("/announcements/{id:long}/dismiss", DismissAsync).WithSummary("Shows me an announcement no more");
    }

    private static async Task<IResult> GetAsync(HttpContext context, Announcements announcements) =>
        await announcements.FindAsync(context.Actor()) is { } shown ? TypedResults.Ok(AnnouncementBody.Of(shown)) : TypedResults.NoContent();

    private static async Task<Created<AnnouncementBody>> AnnounceAsync(NewAnnouncementBody body, HttpContext context, Announcements announcements)
    {
        var endsAt = body.EndsAt ?? throw RefusedException.Invalid("Say when it ends, such as 2026-01-31T18:00:00Z.");
        return TypedResults.Created("/api/announcement", AnnouncementBody.Of(await announcements.AnnounceAsync(context.Actor(), body.Text, endsAt)));
    }

    private static async Task<NoContent> EndAsync(long id, HttpContext context, Announcements announcements)
    {
        await announcements.EndAsync(context.Actor(), id);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> DismissAsync(long id, HttpContext context, Announcements announcements)
    {
        await announcements.DismissAsync(context.Actor(), id);
        return TypedResults.NoContent();
    }
}
