using BlazorChat.Accounts;
using BlazorChat.Notifications.Digests;
using BlazorChat.Notifications.WebPush;
using Microsoft.AspNetCore.Mvc;

namespace BlazorChat.Notifications;

/// <summary>
/// What a page and its service worker say about notifications of their browser. By cookie; a worker has no antiforgery token, so
/// what changes something must come from this origin, in JSON.
/// </summary>
public static class NotificationEndpoints
{
    /// <summary>Most bytes of a request: three addresses of the longest kind.</summary>
    public const int MaxBody = 4 * PushSubscription.MaxEndpointLength;

    /// <summary>Maps them.</summary>
    public static void MapNotifications(this IEndpointRouteBuilder endpoints)
    {
        var push = endpoints.MapGroup("/account/push").RequireAuthorization().ExcludeFromDescription()
            .WithMetadata(new RequestSizeLimitAttribute(MaxBody));
        push.MapGet("/key", (VapidKeys keys) => new PushKey(keys.PublicKey));
        var changes = push.MapGroup("").AddEndpointFilter((context, next) => SameOrigin.IsNamedBy(context.HttpContext.Request)
            ? next(context)
            : throw RefusedException.Forbidden("This is for pages of this site only."));
        changes.MapPost("/", AddAsync);
        changes.MapDelete("/", RemoveAsync);
        endpoints.MapUnsubscribe();
    }

    private static async Task<IResult> AddAsync(PushBrowser browser, HttpContext context, PushSubscriptions subscriptions)
    {
        await subscriptions.AddAsync(
            Actor(context), browser.Endpoint, browser.Keys?.P256dh, browser.Keys?.Auth, Device.Describe(context.Request.Headers.UserAgent), browser.Replaces);
        return TypedResults.StatusCode(StatusCodes.Status201Created);
    }

    private static async Task<IResult> RemoveAsync([FromBody] PushAddress address, HttpContext context, PushSubscriptions subscriptions)
    {
        await subscriptions.RemoveAsync(Actor(context), address.Endpoint);
        return TypedResults.NoContent();
    }

    private static Actor Actor(HttpContext context) => context.User.ToActor() ?? throw RefusedException.SignedOut();

    private sealed record PushKey(string PublicKey);

    private sealed record PushAddress(string? Endpoint);

    /// <summary>A <c>PushSubscription</c> as browsers write it, and the one that it takes the place of.</summary>
    private sealed record PushBrowser(string? Endpoint, PushBrowserKeys? Keys, string? Replaces);

    private sealed record PushBrowserKeys(string? P256dh, string? Auth);
}
