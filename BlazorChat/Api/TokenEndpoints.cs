using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;

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
                + "a second factor, <code>twoFactorCode</code> is the app's code or a recovery code; without it the answer is a 401 that says so.");
        auth.MapPost("/refresh", RefreshAsync).WithSummary("Exchanges a refresh token for a new pair")
            .WithDescription("A refresh token that comes a second time was stolen: everything that came from its sign-in ends.");
        api.MapGet("/me", MeAsync).WithTags("Signing in").WithSummary("Who the token speaks for");
    }

    private static async Task<TokensBody> LoginAsync(LoginBody body, TokenPairs tokens, HttpContext context) => Answer(await tokens.SignInAsync(
        body.Email, body.Password, context.Connection.RemoteIpAddress, Device.Describe(context.Request.Headers.UserAgent), body.TwoFactorCode), context);

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
