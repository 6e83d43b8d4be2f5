using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Operations;

/// <summary>Whether the process lives, and whether it can do its work.</summary>
public static class HealthEndpoints
{
    /// <summary>Maps <c>/health/live</c> and <c>/health/ready</c> (200 when the database answers and migrations are done).</summary>
    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/health/live", () => Results.Text("live"));
        endpoints.MapGet("/health/ready", async (IDbContextFactory<ChatDbContext> contexts, CancellationToken cancel) =>
        {
            try
            {
                await using var db = await contexts.CreateDbContextAsync(cancel);
                await db.Rooms.AnyAsync(cancel);
                return Results.Text("ready");
            }
            catch (Exception exception) when (exception is System.Data.Common.DbException or InvalidOperationException)
            {
                return Results.Text("the database does not answer", statusCode: StatusCodes.Status503ServiceUnavailable);
            }
        });
    }
}
