namespace BlazorChat.Notifications.Digests;

/// <summary>What the links at the end of an e-mail, and the buttons of mail programs, lead to.</summary>
public static class UnsubscribeEndpoints
{
    /// <summary>
    /// Maps the POST beside the page of the same address, which is only looked at: programs that scan e-mail open every link in
    /// it. Without antiforgery and cookies, as RFC 8058 has it: the token in the address is what allows it.
    /// </summary>
    public static IEndpointRouteBuilder MapUnsubscribe(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost(UnsubscribeLinks.Path, PostAsync).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription()
            // Before the page, which would take a POST for a form of its own.
            .WithOrder(-1);
        return endpoints;
    }

    private static async Task<IResult> PostAsync(string? token, bool? page, UnsubscribeLinks links)
    {
        var isDone = await links.UnsubscribeAsync(token);
        if (page is true)
        {
            return Results.Redirect(isDone ? $"{UnsubscribeLinks.Path}?status=unsubscribed" : UnsubscribeLinks.Path);
        }

        // A program asks, and follows no redirection.
        return isDone ? Results.Text("Unsubscribed.") : Results.Text("This link is not valid.", statusCode: StatusCodes.Status400BadRequest);
    }
}
