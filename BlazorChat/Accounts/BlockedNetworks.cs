using System.Net;

namespace BlazorChat.Accounts;

/// <summary>A network from which only administrators come in.</summary>
/// <param name="BanId">The ban that says so.</param>
/// <param name="Network">The network.</param>
/// <param name="Reason">Why, for those in it to read.</param>
/// <param name="Until">Until when; <see langword="null"/> for good.</param>
public sealed record BlockedNetwork(long BanId, IPNetwork Network, string Reason, DateTimeOffset? Until)
{
    /// <summary>Answers somebody who comes from it.</summary>
    public RefusedException Refuse() => RefusedException.Forbidden(
        $"Your network is banned{(Until is { } until ? $" until {until.UtcDateTime:d MMMM yyyy, HH:mm} UTC" : "")}: {Reason}");
}

/// <summary>
/// The networks that are banned, in memory: every request asks. Moderation fills it at the start and at each change. Administrators
/// and owners are never refused, or a mistake could lock everybody out who can undo it.
/// </summary>
public sealed class BlockedNetworks(PeopleDirectory people, TimeProvider time)
{
    private volatile BlockedNetwork[] _all = [];

    /// <summary>The ban of the network that an address lies in; <see langword="null"/> for none.</summary>
    public BlockedNetwork? Find(IPAddress? address)
    {
        var all = _all;
        if (all.Length == 0 || NetworkRange.Plain(address) is not { } plain)
        {
            return null;
        }

        var now = time.GetUtcNow();
        return Array.Find(all, blocked => (blocked.Until is null || blocked.Until > now) && blocked.Network.Contains(plain));
    }

    /// <summary>The same for somebody whom it may keep out.</summary>
    public async ValueTask<BlockedNetwork?> FindForAsync(long userId, IPAddress? address) =>
        Find(address) is { } found && KeepsOut((await people.GetAsync(userId)).Role) ? found : null;

    /// <summary>Whom a ban of a network keeps out.</summary>
    public static bool KeepsOut(Role role) => !Policy.Allows(role, Right.BanAddresses);

    /// <summary>Takes the place of all that were known.</summary>
    internal void Set(IEnumerable<BlockedNetwork> all) => _all = [.. all];
}
