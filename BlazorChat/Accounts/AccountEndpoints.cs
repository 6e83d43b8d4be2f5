using System.Net;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.Extensions.Options;

namespace BlazorChat.Accounts;

/// <summary>What accounts answer besides pages, and what stands before pages.</summary>
public static class AccountEndpoints
{
    private static readonly PathString[] AvailableBeforeSetup =
        ["/setup", "/health", "/api", "/hubs", "/avatars", "/manifest.webmanifest", "/_framework", "/_content", "/_blazor"];

    /// <summary>Maps signing out, invite links and avatars.</summary>
    public static IEndpointRouteBuilder MapAccounts(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/account/sign-out", SignOutAsync).AllowAnonymous();
        endpoints.MapGet("/join/{code}", (string code) =>
            Results.Redirect($"/account/register?invite={Uri.EscapeDataString(code)}")).AllowAnonymous();
        endpoints.MapGet("/avatars/{name}", GetAvatar).RequireAuthorization();
        return endpoints;
    }

    /// <summary>Leads every page to set-up until it is complete. Before authorization, which would ask to sign in first.</summary>
    public static IApplicationBuilder UseSetupRedirect(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (HttpMethods.IsGet(context.Request.Method)
            && !Array.Exists(AvailableBeforeSetup, path => context.Request.Path.StartsWithSegments(path))
            && !IsAsset(context)
            && !(await context.RequestServices.GetRequiredService<CommunityService>().GetAsync()).IsSetUp)
        {
            context.Response.Redirect("/setup");
            return;
        }

        await next(context);
    });

    /// <summary>
    /// Shows an account form again that was opened under another sign-in, instead of an empty error. After antiforgery.
    /// Only for a browser that says the form is ours; everything else keeps its 400.
    /// </summary>
    public static IApplicationBuilder UseStaleForms(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var path = context.Request.Path;
        if (context.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false }
            && context.Request.Headers["Sec-Fetch-Site"] == "same-origin"
            && (path.StartsWithSegments("/account") || path.StartsWithSegments("/setup")))
        {
            var query = context.Request.QueryString.Add("stale", "1");
            context.Response.StatusCode = StatusCodes.Status303SeeOther;
            context.Response.Headers.Location = path.ToUriComponent() + query.ToUriComponent();
            return Task.CompletedTask;
        }

        return next(context);
    });

    /// <summary>Whether the browser will refuse this request's cookies: http from another machine, and not allowed by the setting.</summary>
    public static bool LosesCookies(HttpContext context) =>
        !context.Request.IsHttps
        && !context.RequestServices.GetRequiredService<IOptions<AccountOptions>>().Value.AllowInsecureHttp
        && !IsLoopback(context.Request.Host.Host);

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    // Routing has chosen the endpoint already; assets carry their descriptor.
    internal static bool IsAsset(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<Microsoft.AspNetCore.StaticAssets.StaticAssetDescriptor>() is not null;

    private static async Task<IResult> SignOutAsync(HttpContext context, IAntiforgery antiforgery, SignInCookie cookie)
    {
        if (context.User.ToActor() is null)
        {
            // Already signed out, as from another tab: the form's token is stale, and there is nothing left to protect.
            return Results.Redirect("/account/login?status=signed-out");
        }

        try
        {
            await antiforgery.ValidateRequestAsync(context);
        }
        catch (AntiforgeryValidationException)
        {
            return Results.BadRequest();
        }

        await cookie.ClearAsync(context);
        return Results.Redirect("/account/login?status=signed-out");
    }

    private static IResult GetAvatar(string name, HttpContext context, ProfileService profiles)
    {
        if (profiles.OpenAvatar(name) is not { } image)
        {
            return Results.NotFound();
        }

        // A new image has a new name, so this one never changes.
        context.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return Results.Stream(image, "image/webp");
    }
}
