using BlazorChat.Accounts;
using BlazorChat.Notifications;
using BlazorChat.Notifications.WebPush;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BlazorChat.Api;

/// <summary>Notifications by Web Push, for clients that have a browser's push but not the page.</summary>
internal static class PushEndpoints
{
    public static void MapPush(this IEndpointRouteBuilder api)
    {
        var push = api.MapGroup("/push").WithTags("Notifications");
        push.MapGet("/key", (VapidKeys keys) => new PushKeyBody(keys.PublicKey)).WithSummary("The key that browsers allow notifications for")
            .WithDescription("The <code>applicationServerKey</code> of <code>PushManager.subscribe</code>.");
        var subscriptions = push.MapGroup("").ProducesProblem(StatusCodes.Status400BadRequest);
        subscriptions.MapPost("/subscriptions", AddAsync).WithSummary("Notifies a browser of what concerns me")
            .WithDescription("The body is what a <code>PushSubscription</code> writes to JSON. It lasts as long as the token that it was registered by, "
                + "and registering it again changes nothing. Only the push services of the known browsers are used, and those that the operator lists.")
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status429TooManyRequests);
        subscriptions.MapDelete("/subscriptions", RemoveAsync).WithSummary("Notifies a browser no more")
            .WithDescription("One that is not registered is no fault: the answer is the same.");
    }

    private static async Task<Created<SubscriptionBody>> AddAsync(NewSubscriptionBody body, HttpContext context, PushSubscriptions subscriptions)
    {
        var device = await subscriptions.AddAsync(
            context.Actor(), body.Endpoint, body.Keys?.P256dh, body.Keys?.Auth, Device.Describe(context.Request.Headers.UserAgent), body.Replaces);
        return TypedResults.Created((string?)null, new SubscriptionBody(device.Id, device.Device, device.CreatedAt.UtcDateTime));
    }

    private static async Task<NoContent> RemoveAsync([FromBody] EndpointBody body, HttpContext context, PushSubscriptions subscriptions)
    {
        await subscriptions.RemoveAsync(context.Actor(), body.Endpoint);
        return TypedResults.NoContent();
    }
}
