using System.Globalization;
using System.Text;
using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;

namespace BlazorChat.Moderation.History;

/// <summary>The audit log to take away.</summary>
public static class AuditEndpoints
{
    /// <summary>Where it is; the filter's names are those of the page's address.</summary>
    public const string Path = "/admin/audit.csv";

    /// <summary>Maps <c>GET /admin/audit.csv</c>.</summary>
    public static void MapAudit(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet(Path, ExportAsync).RequireAuthorization().ExcludeFromDescription();

    private static async Task<IResult> ExportAsync(
        HttpContext context, AuditExport export, TimeProvider time, long? who = null, long? whom = null, AuditAct? act = null, long? room = null,
        DateTimeOffset? from = null, DateTimeOffset? until = null)
    {
        try
        {
            var actor = context.User.ToActor() ?? throw RefusedException.SignedOut();
            var lines = await export.ExportAsync(actor, new AuditFilter(who, whom, act, room, from, until));
            context.Response.Headers.CacheControl = "no-store";
            return Results.Stream(
                stream => WriteAsync(stream, lines, context.RequestAborted), "text/csv; charset=utf-8",
                $"audit-{time.GetUtcNow().ToString("yyyy-MM-dd-HHmm", CultureInfo.InvariantCulture)}.csv");
        }
        catch (RefusedException refused)
        {
            return Results.Text(refused.Message, statusCode: refused.Refusal == Refusal.SignedOut ? StatusCodes.Status401Unauthorized : StatusCodes.Status403Forbidden);
        }
    }

    private static async Task WriteAsync(Stream stream, IAsyncEnumerable<string> lines, CancellationToken cancel)
    {
        // With a byte order mark: without, Excel takes UTF-8 for something else.
        await using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), bufferSize: 32 * 1024, leaveOpen: true);
        await foreach (var line in lines.WithCancellation(cancel))
        {
            await writer.WriteAsync(line.AsMemory(), cancel);
        }
    }
}
