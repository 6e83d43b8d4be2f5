using BlazorChat.Privacy;

namespace BlazorChat.Api;

/// <summary>All of one's own data.</summary>
internal static class ExportEndpoint
{
    public static void MapExport(this IEndpointRouteBuilder api) =>
        api.MapGet("/me/export", (HttpContext context, DataExport export) => export.AnswerAsync(context, context.Actor()))
            .WithTags("Signing in").WithSummary("All that is stored of me, as a ZIP of JSON files")
            .WithDescription("Only with an access token from signing in: a personal token is not enough. A few times an hour.")
            .Produces<byte[]>(contentType: "application/zip").ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status429TooManyRequests);
}
