using System.Threading.RateLimiting;

namespace BlazorChat.Accounts;

/// <summary>What is limited a person.</summary>
public enum Limited
{
    /// <summary>Posting, editing and deleting messages.</summary>
    Messages,

    /// <summary>Making rooms, and bringing people in and out.</summary>
    Rooms,

    /// <summary>Reading pages of history.</summary>
    Reads,

    /// <summary>Searching.</summary>
    Searches,

    /// <summary>Making tokens and webhooks.</summary>
    Tokens,

    /// <summary>Registering browsers for notifications, and trying them.</summary>
    Devices,

    /// <summary>Reporting messages.</summary>
    Reports,

    /// <summary>Exporting all of one's own data.</summary>
    Exports,
}

/// <summary>How much of something a person may do: a burst, refilled by the second.</summary>
public sealed class RateLimitOptions
{
    /// <summary>How many at once.</summary>
    public int Burst { get; set; }

    /// <summary>How many a second in the long run.</summary>
    public double PerSecond { get; set; }
}

/// <summary>
/// How much each person may do, whichever way they come: page, hub and REST spend from the same bucket, because a circuit and a hub
/// connection bypass HTTP middleware. The <c>Limits</c> section of the settings may set others than these defaults.
/// </summary>
public sealed class RateLimits : IDisposable
{
    private readonly PartitionedRateLimiter<long>[] _limiters;

    /// <summary>Reads the settings.</summary>
    public RateLimits(IConfiguration configuration)
    {
        _limiters = [.. Enum.GetValues<Limited>().Select(limited =>
        {
            var options = Defaults(limited);
            configuration.GetSection($"Limits:{limited}").Bind(options);
            return Limiter(options);
        })];
    }

    /// <summary>Takes one of what the actor may do, whichever of their sessions it is.</summary>
    /// <exception cref="RefusedException">Nothing is left; it says when there will be.</exception>
    public void Spend(Actor actor, Limited limited)
    {
        using var lease = _limiters[(int)limited].AttemptAcquire(actor.UserId);
        if (!lease.IsAcquired)
        {
            throw RefusedException.TooFast(lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(1));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_limiters, limiter => limiter.Dispose());

    private static RateLimitOptions Defaults(Limited limited) => limited switch
    {
        // A burst holds what somebody wrote while offline, or a script says at once; in the long run nobody reads ten a second.
        Limited.Messages => new() { Burst = 100, PerSecond = 10 },
        Limited.Rooms => new() { Burst = 60, PerSecond = 1 },
        Limited.Reads => new() { Burst = 300, PerSecond = 60 },
        Limited.Searches => new() { Burst = 30, PerSecond = 5 },
        // A page says at each load where it is notified.
        Limited.Devices => new() { Burst = 60, PerSecond = 0.5 },
        // Somebody reports a flood of messages; nobody is to make one of reports.
        Limited.Reports => new() { Burst = 20, PerSecond = 0.02 },
        // Three an hour: each reads through all messages.
        Limited.Exports => new() { Burst = 3, PerSecond = 1.0 / 1200 },
        _ => new() { Burst = 30, PerSecond = 0.1 },
    };

    // Replenished in steps of one second and more, so that a fraction a second comes as a whole after some.
    private static PartitionedRateLimiter<long> Limiter(RateLimitOptions options)
    {
        var period = TimeSpan.FromSeconds(options.PerSecond >= 1 ? 1 : 1 / options.PerSecond);
        return PartitionedRateLimiter.Create<long, long>(userId => RateLimitPartition.GetTokenBucketLimiter(userId, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.Burst,
            TokensPerPeriod = (int)Math.Max(1, options.PerSecond),
            ReplenishmentPeriod = period,
            QueueLimit = 0,
        }));
    }
}
