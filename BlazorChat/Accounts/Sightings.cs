using System.Collections.Concurrent;
using System.Net;

namespace BlazorChat.Accounts;

/// <summary>When and from which address each session was last used.</summary>
public sealed class Sightings(TimeProvider time)
{
    private readonly ConcurrentDictionary<Guid, Sighting> _latest = new();

    /// <summary>Notes that a session was used. Every request does: it costs no database.</summary>
    public void Note(Actor actor, IPAddress? address) => _latest[actor.SessionId] = new Sighting(actor.UserId, time.GetUtcNow(), Text(address));

    /// <summary>The address that a session was last used from, since this process started.</summary>
    internal string? AddressOf(Guid sessionId) => _latest.GetValueOrDefault(sessionId)?.Address;

    private static string? Text(IPAddress? address) => (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString();

    private sealed record Sighting(long UserId, DateTimeOffset At, string? Address);
}
