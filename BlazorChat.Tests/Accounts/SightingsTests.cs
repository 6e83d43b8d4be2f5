using System.Net;
using BlazorChat.Accounts;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Accounts;

/// <summary>When and from where sessions were used is known after a restart, and costs a write a minute.</summary>
public sealed class SightingsTests
{
    [Fact]
    public async Task SignIn_IsStoredAtOnce()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        host.Time.Advance(TimeSpan.FromMinutes(1));
        var session = await host.Sessions.StartAsync(bob.UserId, "a browser", SessionKind.Browser, IPAddress.Parse("::ffff:192.0.2.7"));
        Assert.Equal((host.Time.GetUtcNow(), "192.0.2.7"), await StoredAsync(host, session));
        await using var db = await host.OpenAsync();
        Assert.Equal(host.Time.GetUtcNow(), await db.Users.Where(u => u.Id == bob.UserId).Select(u => u.LastSeenAt).SingleAsync());
    }

    [Fact]
    public async Task Sightings_SurviveARestart_AndAreWrittenNoOftenerThanByTheMinute()
    {
        var host = await ChatHost.StartAsync();
        try
        {
            var bob = await host.AddAsync("Bob");
            var sightings = host.Get<Sightings>();
            var began = host.Time.GetUtcNow();
            host.Time.Advance(TimeSpan.FromSeconds(30));
            sightings.Touch(bob);
            await sightings.StoreAsync(all: false);
            Assert.Equal(began, (await StoredAsync(host, bob.SessionId)).At);

            // Elsewhere at once.
            sightings.Note(bob, IPAddress.Parse("192.0.2.7"));
            await sightings.StoreAsync(all: false);
            Assert.Equal((began.AddSeconds(30), "192.0.2.7"), await StoredAsync(host, bob.SessionId));
            host.Time.Advance(TimeSpan.FromMinutes(1));
            sightings.Note(bob, IPAddress.Parse("192.0.2.7"));
            var last = host.Time.GetUtcNow();
            host.Time.Advance(Sightings.Interval);
            await Wait.UntilAsync(async () => (await StoredAsync(host, bob.SessionId)).At == last);

            // What is left is stored at the stop.
            host.Time.Advance(TimeSpan.FromSeconds(20));
            host.Get<Sightings>().Note(bob, IPAddress.Parse("2001:DB8::1"));
            last = host.Time.GetUtcNow();
            host = await host.RestartAsync();
            Assert.Equal((last, "2001:db8::1"), await StoredAsync(host, bob.SessionId));
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task ManySessions_AreStored_AllOfThem()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        List<Actor> sessions = [];
        for (var i = 0; i < 450; i++)
        {
            sessions.Add(await host.SignInAsync(bob.UserId));
        }

        for (var i = 0; i < sessions.Count; i++)
        {
            host.Get<Sightings>().Note(sessions[i], new IPAddress([10, 0, (byte)(i / 256), (byte)(i % 256)]));
        }

        await host.Get<Sightings>().StoreAsync(all: false);
        Assert.Equal(450L, host.Scalar<long>("SELECT count(DISTINCT Address) FROM Sessions WHERE Address LIKE '10.0.%'"));
    }

    private static async Task<(DateTimeOffset? At, string? Address)> StoredAsync(ChatHost host, Guid session)
    {
        await using var db = await host.OpenAsync();
        var stored = await db.Sessions.AsNoTracking().SingleAsync(s => s.Id == session);
        return (stored.LastSeenAt, stored.Address);
    }
}
