using Microsoft.AspNetCore.Identity;

namespace BlazorChat.Accounts;

/// <summary>Sets a new password for somebody who holds an administrator's one-time link.</summary>
public sealed class PasswordResetService(IServiceScopeFactory scopes, SessionRegistry sessions)
{
    /// <summary>How long a link is good.</summary>
    public static readonly TimeSpan LinkLifetime = TimeSpan.FromHours(24);

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
            throw RefusedException.Invalid("This link is not valid any more. Ask an administrator for a new one.");
        }

        PasswordRules.Check(newPassword, user.UserName, user.Email);
        await SetAsync(users, sessions, user, token!, newPassword!);
    }

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
