using System.Net;
using System.Threading.RateLimiting;
using BlazorChat.Data;
using BlazorChat.Mail;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Accounts;

/// <summary>
/// Takes wishes for a new password by e-mail. The answer says the same, and takes as long, whether there is such an account or
/// not: a wish is one statement that stores a row or none, and <see cref="PasswordResetMail"/> does the rest.
/// </summary>
public sealed class PasswordResetRequests(
    IDbContextFactory<ChatDbContext> contexts, ILookupNormalizer normalizer, EmailLinks links, PasswordResetMail mail, TimeProvider time) : IDisposable
{
    /// <summary>A wish is answered after this time, or a multiple of it when the server is busy.</summary>
    public static readonly TimeSpan Floor = SignInService.Floor;

    private readonly AddressLimit _byAddress = new(burst: 20, perMinute: 5);

    // Three at once, for who mistrusts the first, and then three an hour: nobody fills another's mailbox.
    private readonly PartitionedRateLimiter<string> _byAccount = PartitionedRateLimiter.Create<string, string>(
        email => RateLimitPartition.GetTokenBucketLimiter(email, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = 3,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromMinutes(20),
            QueueLimit = 0,
        }));

    /// <summary>Whether this site sends e-mail; otherwise an administrator gives out links.</summary>
    public bool AreOn => links.AreOn;

    /// <summary>Has a link sent to an address, if there is an account with it.</summary>
    /// <param name="email">The address.</param>
    /// <param name="address">Where the request came from; wishes are limited by it.</param>
    /// <exception cref="RefusedException">Not an address, too many wishes from one place, or this site sends no e-mail.</exception>
    public async Task RequestAsync(string? email, IPAddress? address)
    {
        var normalized = normalizer.NormalizeEmail(EmailAddress.Parse(email));
        if (!AreOn)
        {
            throw RefusedException.Forbidden("This site sends no e-mail. Ask an administrator for a link.");
        }

        _byAddress.Spend(address);
        var started = time.GetTimestamp();
        try
        {
            await StoreAsync(normalized);
        }
        finally
        {
            await AnswerFloor.ReachAsync(time, started, Floor);
        }
    }

    private async Task StoreAsync(string normalized)
    {
        // Who wishes too often is not told: that an address is often asked for would be news to a stranger.
        using var lease = _byAccount.AttemptAcquire(normalized);
        if (!lease.IsAcquired)
        {
            return;
        }

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var db = await contexts.CreateDbContextAsync();
        var stored = await db.Database.ExecuteSqlAsync($"""
            INSERT INTO "PasswordResetRequests" ("UserId", "RequestedAt", "Attempts", "NextAttemptAt")
            SELECT "Id", {now}, 0, {now} FROM "Users" WHERE "NormalizedEmail" = {normalized}
            ON CONFLICT DO NOTHING
            """);
        if (stored > 0)
        {
            mail.Wake();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _byAddress.Dispose();
        _byAccount.Dispose();
    }
}
