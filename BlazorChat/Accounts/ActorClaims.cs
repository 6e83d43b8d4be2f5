using System.Globalization;
using System.Security.Claims;

namespace BlazorChat.Accounts;

/// <summary>The actor as the sign-in cookie carries it.</summary>
public static class ActorClaims
{
    /// <summary>The claim that names the session.</summary>
    public const string Session = "sid";

    /// <summary>The actor of a signed-in principal; <see langword="null"/> for anybody else.</summary>
    public static Actor? ToActor(this ClaimsPrincipal principal) =>
        principal.Identity?.IsAuthenticated == true
        && long.TryParse(principal.FindFirstValue(ClaimTypes.NameIdentifier), CultureInfo.InvariantCulture, out var userId)
        && Guid.TryParse(principal.FindFirstValue(Session), out var sessionId)
            ? new Actor(userId, sessionId)
            : null;
}
