using Microsoft.AspNetCore.Identity;

namespace BlazorChat.Accounts;

/// <summary>Sets a new password for somebody who holds a one-time link, sent by e-mail or given by an administrator.</summary>
public sealed class PasswordResetService(IServiceScopeFactory scopes, SessionRegistry sessions)
{
    /// <summary>How long a link is good.</summary>
    public static readonly TimeSpan LinkLifetime = TimeSpan.FromHours(24);

    /// <summary>What a link says that is none, was used or is too old.</summary>
    public const string LinkRefused = "This link is not valid any more. Ask for a new one.";

    /// <summary>Whether a link would be accepted now.</summary>
    public async Task<bool> IsValidAsync(long userId, string? token)
    {
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        return await users.FindByIdAsync(userId.ToString()) is { } user && await VerifyAsync(users, user, token);
    }

    /// <summary>Sets the password, unlocks the account, ends every session and uses the link up.</summary>
    public async Task ResetAsync(long userId, string? token, string? newPassword)
    {
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();

        // The link before the password, and unknown people like bad links: nobody without a link learns anything.
        if (await users.FindByIdAsync(userId.ToString()) is not { } user || !await VerifyAsync(users, user, token))
        {
            throw RefusedException.Invalid(LinkRefused);
        }

        PasswordRules.Check(newPassword, user.UserName, user.Email);
        await SetAsync(users, sessions, user, token!, newPassword!);
    }

    /// <summary>A link for a person, relative to the site: good once, for <see cref="LinkLifetime"/>.</summary>
    internal static async Task<string> LinkAsync(UserManager<AppUser> users, AppUser user) =>
        $"/account/reset-password?user={user.Id}&token={Uri.EscapeDataString(await users.GeneratePasswordResetTokenAsync(user))}";

    internal static async Task SetAsync(UserManager<AppUser> users, SessionRegistry sessions, AppUser user, string token, string newPassword)
    {
        user.LockoutEnd = null;
        user.AccessFailedCount = 0;

        // The reset renews the security stamp, which the token is bound to: it works once.
        IdentityErrors.Require(await users.ResetPasswordAsync(user, token, newPassword));
        await sessions.EndOthersAsync(user.Id, except: null);
    }

    private static async Task<bool> VerifyAsync(UserManager<AppUser> users, AppUser user, string? token) =>
        token is { Length: > 0 and < 2048 }
        && PasswordRules.IsWellFormed(token)
        && await users.VerifyUserTokenAsync(
            user, users.Options.Tokens.PasswordResetTokenProvider, UserManager<AppUser>.ResetPasswordTokenPurpose, token);
}
