using System.Threading.RateLimiting;
using BlazorChat.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Accounts;

/// <summary>Asks somebody who is signed in for the password again, before what an open screen must not be enough for.</summary>
public sealed class CurrentPassword(IPasswordHasher<AppUser> hasher) : IDisposable
{
    private readonly PartitionedRateLimiter<string> _attempts = AddressLimit.KeyLimit(burst: 10, perMinute: 1);

    /// <summary>Goes on only with the right password.</summary>
    /// <exception cref="RefusedException">It is wrong, or there were too many attempts.</exception>
    internal void Require(AppUser user, string? password)
    {
        using var lease = _attempts.AttemptAcquire(user.Id.ToString());
        if (!lease.IsAcquired)
        {
            throw AddressLimit.TooMany();
        }

        if (password is not { Length: > 0 and <= PasswordRules.MaxLength }
            || !PasswordRules.IsWellFormed(password)
            || hasher.VerifyHashedPassword(user, user.PasswordHash ?? "", password) == PasswordVerificationResult.Failed)
        {
            throw RefusedException.Invalid("This is not your current password.", InputField.CurrentPassword);
        }
    }

    /// <summary>The same, for a service that has not read the account.</summary>
    internal async Task RequireAsync(ChatDbContext db, Actor actor, string? password) => Require(
        await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == actor.UserId) ?? throw RefusedException.SignedOut(), password);

    /// <inheritdoc/>
    public void Dispose() => _attempts.Dispose();
}
