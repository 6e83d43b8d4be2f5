using BlazorChat.Accounts;
using BlazorChat.Moderation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BlazorChat.Api;

/// <summary>Bans, for the moderators' programs: a token with the scope admin.</summary>
internal static class BanEndpoints
{
    public static void MapBans(this IEndpointRouteBuilder api)
    {
        var bans = api.MapGroup("/bans").WithTags("Moderation").ProducesProblem(StatusCodes.Status403Forbidden);
        bans.MapGet("/", ListAsync).WithSummary("Who is banned")
            .WithDescription("<code>state</code> is <code>active</code> (the default), <code>appealed</code>, <code>over</code> or <code>all</code>; those whose "
                + "appeal waits come first, then the newest. Pages count from 0. Networks are listed for administrators only.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        bans.MapPost("/", AddAsync).WithSummary("Bans somebody")
            .WithDescription("Signs them out everywhere at once, tokens included. Without <code>minutes</code> it is for good. Somebody of equal or higher "
                + "role is not banned by anybody.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        bans.MapDelete("/{id:long}", LiftAsync).WithSummary("Lifts a ban")
            .WithDescription("With <code>restoreMessages=true</code> the messages that were removed with it come back.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        bans.MapPost("/{id:long}/answer", AnswerAsync).WithSummary("Answers an appeal, and keeps the ban or lifts it")
            .WithDescription("409 where nobody waits for an answer, or somebody has given one.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<BansBody> ListAsync(HttpContext context, BanQueries bans, string? state = null, string? search = null, int page = 0)
    {
        var filter = state switch
        {
            null or "active" => BanFilter.Active,
            "appealed" => BanFilter.Appealed,
            "over" => BanFilter.Over,
            "all" => BanFilter.All,
            _ => throw RefusedException.Invalid("The state is active, appealed, over or all."),
        };
        var found = await bans.ListAsync(context.Actor(), new BanQuery(filter, search, Page: page));
        return new BansBody([.. found.Rows.Select(BanBody.Of)], found.Total);
    }

    private static async Task<Created<BanBody>> AddAsync(NewBanBody body, HttpContext context, BanService bans, BanQueries queries)
    {
        var actor = context.Actor();
        var id = await bans.BanAsync(actor, body.UserId, new BanRequest(Minutes(body.Minutes), body.Reason, Minutes(body.RemoveMessagesMinutes)));
        return TypedResults.Created((string?)null, BanBody.Of(await queries.GetAsync(actor, id)));
    }

    private static async Task<NoContent> LiftAsync(long id, HttpContext context, BanService bans, bool restoreMessages = false)
    {
        await bans.LiftAsync(context.Actor(), id, restoreMessages);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> AnswerAsync(long id, AppealAnswerBody body, HttpContext context, BanAppeals appeals)
    {
        await appeals.AnswerAsync(context.Actor(), id, body.Lift ?? throw RefusedException.Invalid("Say lift: true or false."), body.Text);
        return TypedResults.NoContent();
    }

    private static TimeSpan? Minutes(int? minutes) => minutes is { } some ? TimeSpan.FromMinutes(some) : null;
}
