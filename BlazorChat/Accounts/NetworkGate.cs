using Microsoft.AspNetCore.Diagnostics;

namespace BlazorChat.Accounts;

/// <summary>Keeps banned networks out: of pages, of the API, and of the sockets of circuits and the hub.</summary>
public static class NetworkGate
{
    /// <summary>What stays open, so that an administrator can sign in from there, and others read why they cannot.</summary>
    private static readonly PathString[] Open =
    [
        "/account/login", "/account/sign-out", BanLinks.Path, "/account/forgot-password", "/account/reset-password", "/api/auth", "/health", "/diagnostics",
        "/not-found", "/manifest.webmanifest", "/_framework", "/_content",
    ];

    /// <summary>Behind authorization, which finds out who it is: by the cookie, or by a token where that is what counts.</summary>
    public static IApplicationBuilder UseBlockedNetworks(this IApplicationBuilder app)
    {
        var networks = app.ApplicationServices.GetRequiredService<BlockedNetworks>();
        return app.Use((context, next) =>
            networks.Find(context.Connection.RemoteIpAddress) is { } network ? PassAsync(context, next, networks, network) : next(context));
    }

    private static async Task PassAsync(HttpContext context, RequestDelegate next, BlockedNetworks networks, BlockedNetwork network)
    {
        if (AccountEndpoints.IsAsset(context)
            || Array.Exists(Open, path => context.Request.Path.StartsWithSegments(path))
            || (context.User.ToActor() is { } actor && await networks.FindForAsync(actor.UserId, context.Connection.RemoteIpAddress) is null))
        {
            await next(context);
        }
        else if (context.Request.Path.StartsWithSegments("/api") || context.Request.Path.StartsWithSegments("/hubs"))
        {
            throw network.Refuse();
        }
        else if (AccountsSetup.IsPage(context) && (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)))
        {
            context.Response.Redirect(BanLinks.Path);
        }
        else
        {
            // As it is: showing a page for it would be another request, which a form's check refuses for a reason of its own.
            context.Features.Get<IStatusCodePagesFeature>()?.Enabled = false;
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
        }
    }
}
