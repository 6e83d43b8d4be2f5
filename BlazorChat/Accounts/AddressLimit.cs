using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace BlazorChat.Accounts;

/// <summary>A limit a network address: a burst, refilled by the minute.</summary>
internal sealed class AddressLimit(int burst, int perMinute) : IDisposable
{
    private readonly PartitionedRateLimiter<string> _limiter = KeyLimit(burst, perMinute);

    /// <summary>Goes on only if the address has something left.</summary>
    public void Require(IPAddress? address)
    {
        // Not by acquiring none, which succeeds as soon as a fraction of a permit has been refilled.
        if (_limiter.GetStatistics(Key(address))?.CurrentAvailablePermits < 1)
        {
            throw TooMany();
        }
    }

    /// <summary>Goes on only if the address has something left, and takes one.</summary>
    public void Spend(IPAddress? address)
    {
        using var lease = _limiter.AttemptAcquire(Key(address));
        if (!lease.IsAcquired)
        {
            throw TooMany();
        }
    }

    /// <summary>Takes one, whether or not something is left.</summary>
    public void Count(IPAddress? address)
    {
        using var lease = _limiter.AttemptAcquire(Key(address));
    }

    /// <inheritdoc/>
    public void Dispose() => _limiter.Dispose();

    /// <summary>The same kind of limit by any key.</summary>
    internal static PartitionedRateLimiter<string> KeyLimit(int burst, int perMinute) =>
        PartitionedRateLimiter.Create<string, string>(key => RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = perMinute,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1),
            QueueLimit = 0,
        }));

    internal static RefusedException TooMany() => new(Refusal.TooMany, "Too many attempts. Wait a few minutes and try again.");

    // One IPv6 customer has a /64 at least: its addresses count as one.
    private static string Key(IPAddress? address)
    {
        if (address is { IsIPv4MappedToIPv6: true })
        {
            address = address.MapToIPv4();
        }

        return address is { AddressFamily: AddressFamily.InterNetworkV6 }
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : address?.ToString() ?? "";
    }
}
