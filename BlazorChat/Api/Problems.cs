using System.Globalization;
using BlazorChat.Accounts;
using Microsoft.AspNetCore.Diagnostics;

namespace BlazorChat.Api;

/// <summary>Errors of the API as problem details (RFC 9457): what was refused and why, and no internals.</summary>
internal static class Problems
{
    private static readonly PathString[] ForPrograms = ["/api", "/hubs", "/account/push"];

    /// <summary>Answers every failed request of a program or a script in this form, whoever refused it.</summary>
    public static IApplicationBuilder UseApiProblems(this IApplicationBuilder app) => app.UseWhen(
        context => Array.Exists(ForPrograms, path => context.Request.Path.StartsWithSegments(path)),
        api => api.Use(AnswerAsync));

    /// <summary>The HTTP status of a refusal.</summary>
    public static int StatusOf(Refusal refusal) => refusal switch
    {
        Refusal.Invalid => StatusCodes.Status400BadRequest,
        Refusal.SignedOut => StatusCodes.Status401Unauthorized,
        Refusal.Forbidden or Refusal.Banned => StatusCodes.Status403Forbidden,
        Refusal.NotFound => StatusCodes.Status404NotFound,
        Refusal.Conflict => StatusCodes.Status409Conflict,
        Refusal.TooMany => StatusCodes.Status429TooManyRequests,
        Refusal.Held => StatusCodes.Status202Accepted,
        _ => StatusCodes.Status503ServiceUnavailable,
    };

    private static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IStatusCodePagesFeature>() is { } pages)
        {
            pages.Enabled = false;
        }

        try
        {
            await next(context);
            var response = context.Response;
            if (response is { StatusCode: >= 400, HasStarted: false, ContentLength: null, ContentType: null })
            {
                await WriteAsync(context, response.StatusCode, null);
            }
        }
        catch (RefusedException refused) when (refused.Refusal == Refusal.Held && !context.Response.HasStarted)
        {
            await TypedResults.Json(new HeldBody(true, refused.Message), BodiesJson.Default.HeldBody, statusCode: StatusOf(refused.Refusal)).ExecuteAsync(context);
        }
        catch (RefusedException refused) when (!context.Response.HasStarted)
        {
            if (refused.RetryAfter is not null || refused.Refusal is Refusal.TooMany or Refusal.Unavailable)
            {
                var seconds = Math.Max(1, Math.Ceiling((refused.RetryAfter ?? DefaultRetry(refused.Refusal)).TotalSeconds));
                context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            }

            await WriteAsync(context, StatusOf(refused.Refusal), refused.Message);
        }
        catch (BadHttpRequestException bad) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, bad.StatusCode, bad.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => "The request is too large.",
                StatusCodes.Status415UnsupportedMediaType => "The body must be JSON, with the content type application/json.",
                _ => "The request is malformed: the body, or a parameter, is not what this call takes.",
            });
        }
        catch (Exception exception) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Problems))
                .LogError(exception, "{Method} {Path} failed.", context.Request.Method, context.Request.Path);
            await WriteAsync(context, StatusCodes.Status500InternalServerError, "Something went wrong on the server.");
        }
    }

    private static TimeSpan DefaultRetry(Refusal refusal) =>
        refusal == Refusal.TooMany ? TimeSpan.FromMinutes(1) : TimeSpan.FromSeconds(1);

    private static Task WriteAsync(HttpContext context, int status, string? detail) =>
        TypedResults.Problem(detail, statusCode: status).ExecuteAsync(context);
}
