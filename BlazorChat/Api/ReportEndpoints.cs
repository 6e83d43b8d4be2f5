using BlazorChat.Accounts;
using BlazorChat.Moderation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BlazorChat.Api;

/// <summary>A message to report: <c>spam</c>, <c>harassment</c>, <c>hate</c>, <c>private</c>, <c>illegal</c>, or <c>other</c> with a note.</summary>
public sealed record NewReportBody(string? Reason, string? Note = null);

/// <summary>That a report was taken in.</summary>
public sealed record ReportIdBody(long Id);

/// <summary>What was done about a report.</summary>
public sealed record OutcomeBody(string? Outcome);

/// <summary>A reported message in the list of those who review: all reports of it that stand alike together.</summary>
public sealed record ReportBody(
    long Id, long MessageId, long RoomId, string RoomName, long SenderId, string SenderName, string Reason, string Excerpt, int Count, DateTime At,
    string State, long? HandledById, string? HandledByName, DateTime? HandledAt, string Outcome)
{
    internal static ReportBody Of(ReportRow r) => new(
        r.Id, r.MessageId, r.RoomId, r.RoomName, r.Sender.Id, r.Sender.Name, r.Reason.ToString().ToLowerInvariant(), r.Excerpt, r.Count, r.At.UtcDateTime,
        r.State.ToString().ToLowerInvariant(), r.Handler?.Id, r.Handler?.Name, r.HandledAt?.UtcDateTime, r.Outcome);
}

/// <summary>A page of reports, newest first.</summary>
public sealed record ReportsBody(IReadOnlyList<ReportBody> Reports, bool HasMore);

/// <summary>Somebody's report of a message.</summary>
public sealed record ReportVoiceBody(long ReporterId, string ReporterName, string Reason, string Note, DateTime At);

/// <summary>A reported message with what was said around it.</summary>
/// <param name="Report">The report.</param>
/// <param name="Text">What the message said when it was reported.</param>
/// <param name="Messages">What was said around it, oldest first, and the message itself, as they are now.</param>
/// <param name="Reporters">Who reported it.</param>
/// <param name="EarlierReports">How many other messages of the same person were reported.</param>
public sealed record ReportCaseBody(
    ReportBody Report, string Text, IReadOnlyList<MessageBody> Messages, IReadOnlyList<ReportVoiceBody> Reporters, int EarlierReports);

/// <summary>Reports, for members and for moderators' tools.</summary>
internal static class ReportEndpoints
{
    public static void MapReports(this IEndpointRouteBuilder api)
    {
        var reports = api.MapGroup("").WithTags("Moderation").ProducesProblem(StatusCodes.Status403Forbidden);
        reports.MapPost("/messages/{id:long}/reports", ReportAsync).WithSummary("Reports a message to the moderators")
            .WithDescription("A second report of the same message changes the reason and the note of the first: 200.")
            .Produces<ReportIdBody>(StatusCodes.Status201Created).Produces<ReportIdBody>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status429TooManyRequests);
        reports.MapGet("/reports", ListAsync).WithSummary("What was reported, newest first (moderators)")
            .WithDescription("By state: open (when none is given), claimed, resolved or dismissed. Go on with before, the id of the last.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        reports.MapGet("/reports/{id:long}", GetAsync).WithSummary("A reported message with what was said around it (moderators)")
            .ProducesProblem(StatusCodes.Status404NotFound);
        Act(reports, "claim", (review, actor, id, _) => review.ClaimAsync(actor, id)).WithSummary("Takes a report on (moderators)");
        Act(reports, "release", (review, actor, id, _) => review.ReleaseAsync(actor, id)).WithSummary("Gives a report back (moderators)");
        Act(reports, "resolve", (review, actor, id, outcome) => review.ResolveAsync(actor, id, outcome)).WithSummary("Closes a report: something was done, as the outcome says (moderators)");
        Act(reports, "dismiss", (review, actor, id, outcome) => review.DismissAsync(actor, id, outcome)).WithSummary("Closes a report: nothing had to be done (moderators)");
    }

    private static RouteHandlerBuilder Act(IEndpointRouteBuilder reports, string name, Func<ReportReview, Actor, long, string?, Task> act) =>
        reports.MapPost($"/reports/{{id:long}}/{name}", async (long id, HttpContext context, ReportReview review, OutcomeBody? body) =>
        {
            await act(review, context.Actor(), id, body?.Outcome);
            return TypedResults.NoContent();
        }).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<IResult> ReportAsync(long id, NewReportBody body, HttpContext context, ReportService reports)
    {
        var reason = Parse<ReportReason>(body.Reason) ?? throw RefusedException.Invalid("A reason is spam, harassment, hate, private, illegal or other.");
        var receipt = await reports.ReportAsync(context.Actor(), id, reason, body.Note);
        return receipt.IsNew ? TypedResults.Created((string?)null, new ReportIdBody(receipt.Id)) : TypedResults.Ok(new ReportIdBody(receipt.Id));
    }

    private static async Task<ReportsBody> ListAsync(HttpContext context, ReportQueries reports, string? state = null, bool mine = false, long? before = null)
    {
        var wanted = state is null ? ReportState.Open
            : Parse<ReportState>(state) ?? throw RefusedException.Invalid("A state is open, claimed, resolved or dismissed.");
        var page = await reports.ListAsync(context.Actor(), new ReportFilter(wanted, mine, OldestFirst: false, before));
        return new ReportsBody([.. page.Rows.Select(ReportBody.Of)], page.HasMore);
    }

    private static async Task<ReportCaseBody> GetAsync(long id, HttpContext context, ReportQueries reports)
    {
        var found = await reports.ContextAsync(context.Actor(), id);
        return new ReportCaseBody(
            ReportBody.Of(found.Row), found.Text, [.. found.Lines.Select(MessageBody.Of)],
            [.. found.Voices.Select(v => new ReportVoiceBody(v.Reporter.Id, v.Reporter.Name, v.Reason.ToString().ToLowerInvariant(), v.Note, v.At.UtcDateTime))],
            found.EarlierReports);
    }

    // By name only: numbers would be taken too.
    private static T? Parse<T>(string? name)
        where T : struct, Enum => Array.Find(Enum.GetNames<T>(), n => n.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found ? Enum.Parse<T>(found) : null;
}
