using System.Net;
using System.Threading.RateLimiting;
using BlazorChat.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Accounts;

/// <summary>
/// Decides whether somebody is who they say. A failure says the same, and takes as long, whether the account is unknown,
/// the password wrong or the account locked, so that nobody learns who has an account here.
/// </summary>
public sealed class SignInService(
    IDbContextFactory<ChatDbContext> contexts, IPasswordHasher<AppUser> hasher, ILookupNormalizer normalizer, TimeProvider time) : IDisposable
{
    /// <summary>Failures in a row that lock an account.</summary>
    public const int MaxFailures = 10;

    /// <summary>How long it stays locked.</summary>
    public static readonly TimeSpan LockTime = TimeSpan.FromMinutes(10);

    /// <summary>A failure is answered after this time, or a multiple of it when the server is busy.</summary>
    public static readonly TimeSpan Floor = TimeSpan.FromMilliseconds(500);

    private readonly PartitionedRateLimiter<string> _byAccount = AddressLimit.KeyLimit(burst: 30, perMinute: 30);
    private readonly AddressLimit _byAddress = new(burst: 100, perMinute: 20);

    // Hashing is meant to be slow; it must not take every core from those who are talking.
    private readonly SemaphoreSlim _hashing = new(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly Lazy<string> _nobodysHash = new(() => hasher.HashPassword(new AppUser(), Guid.NewGuid().ToString()));

    /// <summary>The account that the address and password belong to.</summary>
    /// <exception cref="RefusedException">They belong to none, or there were too many attempts.</exception>
    public async Task<AppUser> CheckAsync(string? email, string? password, IPAddress? address)
    {
        var started = time.GetTimestamp();
        try
        {
            return await VerifyAsync((email ?? "").Trim(), password ?? "", address);
        }
        catch (RefusedException)
        {
            var elapsed = time.GetElapsedTime(started).Ticks;
            await Task.Delay(TimeSpan.FromTicks(Floor.Ticks - (elapsed % Floor.Ticks)), time);
            throw;
        }
    }

    private async Task<AppUser> VerifyAsync(string email, string password, IPAddress? address)
    {
        var isAddress = email.Length is > 0 and <= EmailAddress.MaxLength && PasswordRules.IsWellFormed(email);
        var normalized = isAddress ? normalizer.NormalizeEmail(email)! : "";
        using var lease = _byAccount.AttemptAcquire(normalized);
        if (!lease.IsAcquired)
        {
            throw AddressLimit.TooMany();
        }

        if (password.Length > PasswordRules.MaxLength || !PasswordRules.IsWellFormed(password))
        {
            password = "";
        }

        await _hashing.WaitAsync();
        try
        {
            // Checked here and not before the wait, so that many at once do not all slip past the limits.
            _byAddress.Require(address);
            await using var db = await contexts.CreateDbContextAsync();
            var user = isAddress ? await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.NormalizedEmail == normalized) : null;
            var isLocked = user?.LockoutEnd > time.GetUtcNow();
            var result = hasher.VerifyHashedPassword(user ?? new AppUser(), user?.PasswordHash ?? _nobodysHash.Value, password);
            if (user?.PasswordHash is null || isLocked || result == PasswordVerificationResult.Failed)
            {
                _byAddress.Count(address);
                if (user is not null && !isLocked)
                {
                    await CountFailureAsync(db, user.Id);
                }

                throw Wrong();
            }

            await SucceededAsync(db, user, result == PasswordVerificationResult.SuccessRehashNeeded ? password : null);
            return user;
        }
        finally
        {
            _hashing.Release();
        }
    }

    // One statement, so that failures at the same time all count.
    private async Task CountFailureAsync(ChatDbContext db, long userId)
    {
        DateTimeOffset? until = time.GetUtcNow() + LockTime;
        await db.Users.Where(u => u.Id == userId).ExecuteUpdateAsync(set => set
            .SetProperty(u => u.LockoutEnd, u => u.AccessFailedCount + 1 >= MaxFailures ? until : u.LockoutEnd)
            .SetProperty(u => u.AccessFailedCount, u => u.AccessFailedCount + 1 >= MaxFailures ? 0 : u.AccessFailedCount + 1));
    }

    private async Task SucceededAsync(ChatDbContext db, AppUser user, string? rehash)
    {
        if (user.AccessFailedCount > 0 || user.LockoutEnd is not null)
        {
            await db.Users.Where(u => u.Id == user.Id).ExecuteUpdateAsync(set => set
                .SetProperty(u => u.AccessFailedCount, 0)
                .SetProperty(u => u.LockoutEnd, (DateTimeOffset?)null));
        }

        if (rehash is not null)
        {
            var hash = hasher.HashPassword(user, rehash);
            await db.Users.Where(u => u.Id == user.Id && u.PasswordHash == user.PasswordHash)
                .ExecuteUpdateAsync(set => set.SetProperty(u => u.PasswordHash, hash));
        }
    }

    private static RefusedException Wrong() => new(
        Refusal.SignedOut,
        "Wrong e-mail or password, or too many attempts. Try again later, or ask an administrator for a link to reset the password.");

    /// <inheritdoc/>
    public void Dispose()
    {
        _byAccount.Dispose();
        _byAddress.Dispose();
        _hashing.Dispose();
    }
}
