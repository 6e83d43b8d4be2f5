using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using BlazorChat.Accounts.TwoFactor;
using BlazorChat.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Accounts;

/// <summary>What the right password leads to: the account, or a ticket for the step that asks for a code.</summary>
public sealed record SignInStep(AppUser? User, string? Ticket);

/// <summary>
/// Decides whether somebody is who they say. A failure says the same, and takes as long, whether the account is unknown,
/// the password wrong or the account locked, so that nobody learns who has an account here. Where an account has a second factor,
/// the password alone neither signs in nor forgives failures.
/// </summary>
public sealed class SignInService(
    IDbContextFactory<ChatDbContext> contexts, IPasswordHasher<AppUser> hasher, ILookupNormalizer normalizer, SecondFactor factor,
    Tickets tickets, TimeProvider time) : IDisposable
{
    /// <summary>Failures in a row that lock an account.</summary>
    public const int MaxFailures = 10;

    /// <summary>How long it stays locked.</summary>
    public static readonly TimeSpan LockTime = TimeSpan.FromMinutes(10);

    /// <summary>A failure is answered after this time, or a multiple of it when the server is busy.</summary>
    public static readonly TimeSpan Floor = TimeSpan.FromMilliseconds(500);

    /// <summary>How long somebody has for the code after the password.</summary>
    public static readonly TimeSpan StepTime = TimeSpan.FromMinutes(5);

    private const string Purpose = "sign-in";

    private readonly PartitionedRateLimiter<string> _byAccount = AddressLimit.KeyLimit(burst: 30, perMinute: 30);
    private readonly AddressLimit _byAddress = new(burst: 100, perMinute: 20);

    // Hashing is meant to be slow; it must not take every core from those who are talking.
    private readonly SemaphoreSlim _hashing = new(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly Lazy<string> _nobodysHash = new(() => hasher.HashPassword(new AppUser(), Guid.NewGuid().ToString()));

    /// <summary>The account that the address and password, and the code where it has a second factor, belong to.</summary>
    /// <exception cref="RefusedException">
    /// They belong to none, or there were too many attempts. With <see cref="InputField.TwoFactorCode"/> as field, the password was
    /// right and a code is missing or wrong.
    /// </exception>
    public Task<AppUser> CheckAsync(string? email, string? password, IPAddress? address, string? twoFactorCode = null) => WithFloorAsync(async () =>
    {
        var user = await VerifyAsync((email ?? "").Trim(), password ?? "", address);
        if (user.TwoFactorEnabled)
        {
            await VerifyCodeAsync(user, string.IsNullOrWhiteSpace(twoFactorCode) ? throw CodeMissing() : twoFactorCode, address);
        }

        return user;
    });

    /// <summary>The first of two steps: by address and password.</summary>
    /// <exception cref="RefusedException">They belong to no account, or there were too many attempts.</exception>
    public Task<SignInStep> BeginAsync(string? email, string? password, IPAddress? address) => WithFloorAsync(async () =>
    {
        var user = await VerifyAsync((email ?? "").Trim(), password ?? "", address);
        return user.TwoFactorEnabled
            ? new SignInStep(null, tickets.Issue(Purpose, $"{user.Id} {user.SecurityStamp}", StepTime))
            : new SignInStep(user, null);
    });

    /// <summary>The second step, for an account that has a second factor: the password is not asked for again.</summary>
    /// <exception cref="RefusedException">
    /// With <see cref="InputField.TwoFactorCode"/> as field, the code is wrong or there were too many attempts; without, the first
    /// step was too long ago, or the password was changed since.
    /// </exception>
    public Task<AppUser> FinishAsync(string? ticket, string? twoFactorCode, IPAddress? address) => WithFloorAsync(async () =>
    {
        AppUser? user = null;
        if (tickets.Read(Purpose, ticket)?.Split(' ') is [var id, var stamp])
        {
            await using var db = await contexts.CreateDbContextAsync();
            var userId = long.Parse(id, CultureInfo.InvariantCulture);
            user = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == userId && u.SecurityStamp == stamp && u.TwoFactorEnabled);
        }

        if (user is null)
        {
            throw new RefusedException(Refusal.SignedOut, "That took too long. Sign in again.");
        }

        using var lease = _byAccount.AttemptAcquire(user.NormalizedEmail ?? "");
        if (!lease.IsAcquired)
        {
            throw AddressLimit.TooMany();
        }

        await VerifyCodeAsync(user, twoFactorCode, address);
        return user;
    });

    private async Task<T> WithFloorAsync<T>(Func<Task<T>> check)
    {
        var started = time.GetTimestamp();
        try
        {
            return await check();
        }
        catch (RefusedException)
        {
            await AnswerFloor.ReachAsync(time, started, Floor);
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

            if (result == PasswordVerificationResult.SuccessRehashNeeded)
            {
                await RehashAsync(db, user, password);
            }

            // Otherwise who knows the password could try it between guesses of the code, and never be locked out.
            if (!user.TwoFactorEnabled)
            {
                await ForgiveAsync(db, user);
            }

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

    private async Task VerifyCodeAsync(AppUser user, string? code, IPAddress? address)
    {
        _byAddress.Require(address);
        await using var db = await contexts.CreateDbContextAsync();
        var isLocked = user.LockoutEnd > time.GetUtcNow();
        if (isLocked || !await factor.AcceptAsync(db, user.Id, code))
        {
            _byAddress.Count(address);
            if (!isLocked)
            {
                await CountFailureAsync(db, user.Id);
            }

            throw new RefusedException(
                Refusal.SignedOut, "This code is wrong or was used before, or there were too many attempts. Wait for the app's next code and try that.")
            {
                Field = InputField.TwoFactorCode,
            };
        }

        await ForgiveAsync(db, user);
    }

    private static async Task ForgiveAsync(ChatDbContext db, AppUser user)
    {
        if (user.AccessFailedCount > 0 || user.LockoutEnd is not null)
        {
            await db.Users.Where(u => u.Id == user.Id).ExecuteUpdateAsync(set => set
                .SetProperty(u => u.AccessFailedCount, 0)
                .SetProperty(u => u.LockoutEnd, (DateTimeOffset?)null));
        }
    }

    private async Task RehashAsync(ChatDbContext db, AppUser user, string password)
    {
        var hash = hasher.HashPassword(user, password);
        await db.Users.Where(u => u.Id == user.Id && u.PasswordHash == user.PasswordHash)
            .ExecuteUpdateAsync(set => set.SetProperty(u => u.PasswordHash, hash));
    }

    private static RefusedException CodeMissing() => new(
        Refusal.SignedOut, "This account also takes a code of its authenticator app, or a recovery code: send it as twoFactorCode.")
    {
        Field = InputField.TwoFactorCode,
    };

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
