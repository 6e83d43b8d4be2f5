using System.Security.Claims;
using System.Text.Encodings.Web;
using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace BlazorChat.Api;

/// <summary>
/// Authenticates the bearer of a token (RFC 6750): in the <c>Authorization</c> header, or for a WebSocket of a browser in the
/// query string. Cookies are of no use here, so that no other site can act through somebody's browser.
/// </summary>
internal sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, TokenRegistry tokens,
    Sightings sightings)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>The scheme's name, and how the header begins.</summary>
    public const string Bearer = "Bearer";

    private static readonly Task<AuthenticateResult> Nobody = Task.FromResult(AuthenticateResult.NoResult());
    private static readonly Task<AuthenticateResult> Invalid = Task.FromResult(AuthenticateResult.Fail("The token is not valid."));

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        var token = header.StartsWith(Bearer + " ", StringComparison.OrdinalIgnoreCase)
            ? header[(Bearer.Length + 1)..].Trim()
            : AddressSecrets.Of(Context);
        if (string.IsNullOrEmpty(token))
        {
            return Nobody;
        }

        var found = tokens.FindAsync(token);
        return found.IsCompletedSuccessfully ? Answer(found.Result) : AnswerAsync(found);
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers[HeaderNames.WWWAuthenticate] = Bearer;
        return Task.CompletedTask;
    }

    private async Task<AuthenticateResult> AnswerAsync(ValueTask<TokenGrant?> found) => await Answer(await found);

    private Task<AuthenticateResult> Answer(TokenGrant? grant)
    {
        if (grant is null)
        {
            return Invalid;
        }

        sightings.Note(grant.Actor, Context.Connection.RemoteIpAddress);
        var principal = new ClaimsPrincipal(new ClaimsIdentity(
            [
                new Claim(ClaimTypes.NameIdentifier, grant.Actor.UserId.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                new Claim(ActorClaims.Session, grant.Actor.SessionId.ToString()),
            ],
            Bearer));
        // A long connection ends when the token does: see CloseOnAuthenticationExpiration.
        var properties = new AuthenticationProperties { ExpiresUtc = grant.ExpiresAt };
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(principal, properties, Bearer)));
    }
}
