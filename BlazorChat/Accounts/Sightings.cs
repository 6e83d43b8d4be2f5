using System.Collections.Concurrent;
using System.Net;
using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace BlazorChat.Accounts;

/// <summary>
/// When and from which address each session was last used. Every request notes it in memory; what changed is stored every
/// <see cref="Interval"/>, to the minute, so that a crash loses no more than that. A sign-in is stored with its session, at once.
/// </summary>
public sealed class Sightings(IDbContextFactory<ChatDbContext> contexts, TimeProvider time, ILogger<Sightings> logger) : BackgroundService
{
    /// <summary>How often changes are stored.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <summary>A session that goes on from where it was is stored so often.</summary>
    public static readonly TimeSpan Fineness = TimeSpan.FromMinutes(1);

    /// <summary>How long one that is not used is kept in memory.</summary>
    private static readonly TimeSpan Keep = TimeSpan.FromDays(1);

    // Few enough that those who post wait no longer than for a message of somebody else's.
    private const int AtOnce = 200;

    private readonly ConcurrentDictionary<Guid, Seen> _seen = new();

    /// <summary>Notes that a session was used. Every request does: it costs no database.</summary>
    public void Note(Actor actor, IPAddress? address)
    {
        var seen = Of(actor);
        seen.At = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (address is not null && !address.Equals(seen.Raw))
        {
            seen.Move(address);
        }
    }

    /// <summary>Notes that a session is still in use, from wherever it was: what has a connection open sends no requests.</summary>
    public void Touch(Actor actor) => Of(actor).At = time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The address that a session was last used from, since this process started.</summary>
    internal string? AddressOf(Guid sessionId) => _seen.GetValueOrDefault(sessionId)?.Address;

    /// <summary>Sessions that were used from a network since this process started, from wherever they were used last.</summary>
    internal IReadOnlyList<(Guid SessionId, long UserId)> From(IPNetwork network) =>
        [.. _seen.Where(s => Array.Exists(s.Value.Addresses, network.Contains)).Select(s => (s.Key, s.Value.UserId))];

    /// <summary>Notes a session that was just stored with its time and address.</summary>
    internal void Started(Session session, IPAddress? address)
    {
        Note(new Actor(session.UserId, session.Id), address);
        var seen = _seen[session.Id];
        (seen.StoredAt, seen.StoredAddress) = (seen.At, seen.Address);
    }

    /// <summary>Stores what changed: all of it, or what is a minute old or came from elsewhere.</summary>
    internal async Task StoreAsync(bool all)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var old in _seen.Where(s => now - s.Value.At > Keep.TotalMilliseconds && s.Value.IsStored))
        {
            _seen.TryRemove(old);
        }

        foreach (var some in _seen.Where(s => !s.Value.IsStored && (all || s.Value.IsDue)).Chunk(AtOnce))
        {
            await StoreAsync(some);
        }
    }

    /// <summary>Stores what was seen since the last round.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryStoreAsync(all: true);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryStoreAsync(all: false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task TryStoreAsync(bool all)
    {
        try
        {
            await StoreAsync(all);
        }
        catch (Exception exception)
        {
            logger.LogWarning(exception, "When sessions were used could not be stored.");
        }
    }

    private async Task StoreAsync(KeyValuePair<Guid, Seen>[] some)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await using var session = db.Database.GetDbConnection().CreateCommand();
        await using var user = db.Database.GetDbConnection().CreateCommand();
        session.Transaction = user.Transaction = transaction.GetDbTransaction();
        session.CommandText = """UPDATE "Sessions" SET "LastSeenAt" = @at, "Address" = COALESCE(@address, "Address") WHERE "Id" = @id""";
        user.CommandText = """UPDATE "Users" SET "LastSeenAt" = @at WHERE "Id" = @id AND ("LastSeenAt" IS NULL OR "LastSeenAt" < @at)""";
        var (at, address, id) = (session.Add("@at"), session.Add("@address"), session.Add("@id"));
        var (userAt, userId) = (user.Add("@at"), user.Add("@id"));
        List<(Seen Seen, long At, string? Address)> stored = new(some.Length);
        foreach (var (sessionId, seen) in some)
        {
            var now = (Seen: seen, seen.At, seen.Address);
            stored.Add(now);
            (at.Value, address.Value, id.Value) = (now.At, (object?)now.Address ?? DBNull.Value, sessionId);
            (userAt.Value, userId.Value) = (now.At, seen.UserId);
            await session.ExecuteNonQueryAsync();
            await user.ExecuteNonQueryAsync();
        }

        await transaction.CommitAsync();
        foreach (var (seen, seenAt, seenAddress) in stored)
        {
            (seen.StoredAt, seen.StoredAddress) = (seenAt, seenAddress);
        }
    }

    private Seen Of(Actor actor) => _seen.TryGetValue(actor.SessionId, out var seen) ? seen : _seen.GetOrAdd(actor.SessionId, new Seen(actor.UserId));

    private sealed class Seen(long userId)
    {
        // Where a session was before it moved: what it has open there still.
        private const int MaxAddresses = 8;

        public long UserId { get; } = userId;

        // Unix milliseconds, so that requests at the same time write it whole.
        public long At { get; set; }

        /// <summary>As the socket named it last.</summary>
        public IPAddress? Raw { get; private set; }

        /// <summary>The latest first.</summary>
        public IPAddress[] Addresses { get; private set; } = [];

        public string? Address { get; private set; }

        public long StoredAt { get; set; }

        public string? StoredAddress { get; set; }

        public bool IsStored => StoredAt == At && StoredAddress == Address;

        public bool IsDue => At - StoredAt >= Fineness.TotalMilliseconds || StoredAddress != Address;

        public void Move(IPAddress address)
        {
            lock (this)
            {
                var plain = NetworkRange.Plain(address)!;
                Addresses = [.. Addresses.Where(a => !a.Equals(plain)).Prepend(plain).Take(MaxAddresses)];
                Address = plain.ToString();
                Raw = address;
            }
        }
    }
}
