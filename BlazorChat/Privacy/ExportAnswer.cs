using System.Globalization;
using BlazorChat.Accounts;

namespace BlazorChat.Privacy;

/// <summary>Answers a request with an export.</summary>
public static class ExportAnswer
{
    /// <summary>Sends the archive as a download, while it is being made.</summary>
    /// <exception cref="RefusedException">Signed out, not for this session, or too often. Nothing has been sent then.</exception>
    public static async Task AnswerAsync(this DataExport export, HttpContext context, Actor actor)
    {
        await export.RequireAsync(actor);
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        context.Response.ContentType = "application/zip";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentDisposition = string.Create(CultureInfo.InvariantCulture, $"attachment; filename=\"blazorchat-{now:yyyy-MM-dd}.zip\"");
        try
        {
            // By the pipe: closing an entry of the archive writes a few bytes synchronously, which the body itself refuses.
            await export.WriteAsync(actor, context.Response.BodyWriter.AsStream(), context.RequestAborted);
        }
        catch (Exception) when (context.Response.HasStarted)
        {
            // Half an archive must not look like a whole one: the download fails.
            context.Abort();
            throw;
        }
    }
}
