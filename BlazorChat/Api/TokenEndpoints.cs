using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Moderation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BlazorChat.Api;

/// <summary>Signing in by token, and who one is.</summary>
internal static class TokenEndpoints
{
    public static void MapTokens(this IEndpointRouteBuilder api)
    {
        var auth = api.MapGroup("/auth").AllowAnonymous().WithTags("Signing in").ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        auth.MapPost("/login", LoginAsync).WithSummary("Signs in by e-mail and password")
            .WithDescription("Answers an access token that expires, and a refresh token that is good for one new pair. Where the account has "
                + "a second factor, <code>twoFactorCode</code> is the app's code or a recovery code; without it the answer is a 401 that says so. "
                + "To a banned person the answer is a 403 with the reason, and with <code>until</code> where the ban ends by itself.")
            .ProducesProblem(StatusCodes.Status403Forbidden);
        auth.MapPost("/refresh", RefreshAsync).WithSummary("Exchanges a refresh token for a new pair")
            .WithDescription("A refresh token that comes a second time was stolen: everything that came from its sign-in ends.");
        api.MapGet("/me", MeAsync).WithTags("Signing in").WithSummary("Who the token speaks for");
    }

    private static async Task<Results<Ok<TokensBody>, ProblemHttpResult>> LoginAsync(
        LoginBody body, TokenPairs tokens, BanAppeals bans, HttpContext context)
    {
        try
        {
            return TypedResults.Ok(Answer(await tokens.SignInAsync(
                body.Email, body.Password, context.Connection.RemoteIpAddress, Device.Describe(context.Request.Headers.UserAgent), body.TwoFactorCode), context));
        }
        catch (RefusedException refused) when (refused.BannedId is { } userId)
        {
            var ban = await bans.FindAsync(userId);
            return TypedResults.Problem(
                $"You are banned: {ban?.Reason}", statusCode: StatusCodes.Status403Forbidden,
                extensions: new Dictionary<string, object?> { ["reason"] = ban?.Reason, ["since"] = ban?.At.UtcDateTime, ["until"] = ban?.Until?.UtcDateTime });
        }
    }

    private static async Task<TokensBody> RefreshAsync(RefreshBody body, TokenPairs tokens, HttpContext context) =>
        Answer(await tokens.RefreshAsync(body.RefreshToken, context.Connection.RemoteIpAddress), context);

    private static async Task<MeBody> MeAsync(HttpContext context, ProfileService profiles)
    {
        var me = await profiles.GetAsync(context.Actor());
        return new MeBody(me.Person.Id, me.Person.Name, me.Email, me.Person.Role.ToString().ToLowerInvariant(), me.Person.IsBot);
    }

    private static TokensBody Answer(TokenPair pair, HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        return new TokensBody(
            TokenAuthentication.Bearer, pair.AccessToken, (int)TokenPairs.AccessLifetime.TotalSeconds, pair.RefreshToken);
    }
}
