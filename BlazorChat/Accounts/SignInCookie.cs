using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace BlazorChat.Accounts;

/// <summary>The browser's half of a session. For static pages and endpoints, which have a response to put a cookie on.</summary>
public sealed class SignInCookie(SessionRegistry sessions, UserManager<AppUser> users, IUserClaimsPrincipalFactory<AppUser> principals)
{
    /// <summary>Opens a session for somebody who has just proved who they are.</summary>
    /// <exception cref="RefusedException">They are banned, or the network that they come from is.</exception>
    public async Task IssueAsync(HttpContext context, AppUser user)
    {
        // Another person's tabs in this browser must not go on under the new cookie: their session ends, they reload. They do
        // so at once, hence in the last moment before the new cookie goes out, or they would be asked to sign in.
        // Only then, because who is refused leaves them as they were.
        var session = await sessions.StartAsync(
            user.Id, Device.Describe(context.Request.Headers.UserAgent), SessionKind.Browser, context.Connection.RemoteIpAddress);
        context.Response.OnStarting(() => EndCurrentAsync(context));
        await SetAsync(context, user, session);
    }

    /// <summary>Renews the cookie after a change of name or password, for the same session.</summary>
    public async Task RefreshAsync(HttpContext context)
    {
        if (context.User.ToActor() is { } actor && await users.GetUserAsync(context.User) is { } user)
        {
            await SetAsync(context, user, actor.SessionId);
        }
    }

    /// <summary>Ends the session of this browser and takes its cookie.</summary>
    public async Task ClearAsync(HttpContext context)
    {
        await EndCurrentAsync(context);
        await context.SignOutAsync(IdentityConstants.ApplicationScheme);
    }

    private async Task EndCurrentAsync(HttpContext context)
    {
        if (context.User.ToActor() is { } actor && await sessions.IsActiveAsync(actor))
        {
            await sessions.EndAsync(actor, actor.SessionId);
        }
    }

    private async Task SetAsync(HttpContext context, AppUser user, Guid session)
    {
        var principal = await principals.CreateAsync(user);
        principal.Identities.First().AddClaim(new Claim(ActorClaims.Session, session.ToString()));
        await context.SignInAsync(IdentityConstants.ApplicationScheme, principal, new AuthenticationProperties { IsPersistent = true });
    }
}
