using BlazorChat.Tests.Notifications;
using Microsoft.Playwright;

namespace BlazorChat.Tests.Journeys;

/// <summary>What the journeys of a lane share: one browser, and one community on one server for those that do not harm it.</summary>
public sealed class Stage : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";
    private static readonly string[] Arguments =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private Community? _community;
    private PushService? _push;

    public IBrowser Browser => _browser!;

    /// <summary>What the shared community's server takes for the push service of browsers.</summary>
    internal PushService Push => _push!;

    public static bool HasBrowser => File.Exists(Chromium);

    public async ValueTask InitializeAsync()
    {
        if (HasBrowser)
        {
            Assertions.SetDefaultExpectTimeout(15_000);
            _push = await PushService.StartAsync();
            _playwright = await Playwright.CreateAsync();
            _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = Arguments });
        }
    }

    /// <summary>How many tabs a person of the shared community may have open: fewer than elsewhere, and more than a journey needs.</summary>
    public const int MostTabs = 6;

    /// <summary>The community that journeys share; each brings people and rooms of its own.</summary>
    public async Task<Community> CommunityAsync() => _community ??= await Community.FoundAsync(
        this, $"--Push:AllowedHosts={Push.Host}", "--Push:GraceSeconds=1", $"--Limits:Tabs={MostTabs}");

    public async ValueTask DisposeAsync()
    {
        if (_community is not null)
        {
            await _community.DisposeAsync();
        }

        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        if (_push is not null)
        {
            await _push.DisposeAsync();
        }
    }
}

/// <summary>
/// Journeys run side by side in two lanes, each with a stage of its own, and one after another in their lane: two cores have enough
/// with that. A journey is in the first lane unless its class says <c>[Collection(Lane.Second)]</c>; keep them about equally long.
/// </summary>
public static class Lane
{
    public const string First = "Journeys";
    public const string Second = "Journeys, second lane";
}

[CollectionDefinition(Lane.First)]
public sealed class FirstLane : ICollectionFixture<Stage>;

[CollectionDefinition(Lane.Second)]
public sealed class SecondLane : ICollectionFixture<Stage>;

/// <summary>
/// A journey of a few people. At its end no page may have had an error, a dialog that nobody asked for or a violation of the
/// content security policy, and the server's log no warning.
/// </summary>
[Collection(Lane.First)]
public abstract class Journey(Stage stage) : IAsyncLifetime
{
    private readonly List<Community> _own = [];

    protected Stage Stage { get; } = stage;

    /// <summary>The shared community.</summary>
    protected Community Community { get; private set; } = default!;

    /// <summary>Whether the journey is at home in the shared community.</summary>
    protected virtual bool IsShared => true;

    public virtual async ValueTask InitializeAsync()
    {
        if (!Stage.HasBrowser)
        {
            Assert.SkipWhen(Environment.GetEnvironmentVariable("CI") != "true", "chromium is not installed.");
            Assert.Fail("chromium is not installed.");
        }

        if (IsShared)
        {
            Community = await Stage.CommunityAsync();
        }
    }

    /// <summary>A community of this journey alone, on a server of its own.</summary>
    protected async Task<Community> FoundAsync()
    {
        var community = await Community.FoundAsync(Stage);
        _own.Add(community);
        return community;
    }

    /// <summary>A server of this journey alone, started or not, in which people are found as they were seeded.</summary>
    protected Community Own(ServerProcess server)
    {
        var community = new Community(Stage, server);
        _own.Add(community);
        return community;
    }

    public virtual async ValueTask DisposeAsync()
    {
        var failed = TestContext.Current.TestState?.Result == TestResult.Failed;
        List<string> problems = [];
        foreach (var community in Community is null ? _own : [.. _own, Community])
        {
            problems.AddRange(await community.LeaveAsync(failed));
        }

        foreach (var community in _own)
        {
            await community.DisposeAsync();
        }

        Assert.True(problems.Count == 0, string.Join(Environment.NewLine, problems));
        GC.SuppressFinalize(this);
    }
}
