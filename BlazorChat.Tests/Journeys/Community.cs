using Microsoft.Playwright;

namespace BlazorChat.Tests.Journeys;

/// <summary>A server and the people who visit it.</summary>
public sealed class Community(Stage stage, ServerProcess server) : IAsyncDisposable
{
    public const string Password = "a long enough phrase";
    private static int s_people;

    private readonly List<Person> _visitors = [];
    private string? _administrator;
    private string? _invite;
    private int _logged;

    public ServerProcess Server { get; } = server;

    /// <summary>Starts a server, sets it up as Ada, its administrator, and makes an invite link for everyone else.</summary>
    public static async Task<Community> FoundAsync(Stage stage, params string[] settings)
    {
        var server = new ServerProcess();
        await server.StartAsync(settings);
        var community = new Community(stage, server);
        var ada = await community.VisitAsync("Ada");
        await ada.SetUpAsync();
        await ada.Page.GotoAsync("/admin/invites");
        await ada.CircuitAsync();
        await ada.Page.FillAsync("[data-testid=invite-uses]", "100");
        await ada.Page.ClickAsync("[data-testid=create-invite]");
        community._invite = new Uri(await ada.Page.Locator("[data-testid=invite-link]").InnerTextAsync()).PathAndQuery;
        community._administrator = await ada.Context.StorageStateAsync();
        Assert.Empty(await community.LeaveAsync(failed: false));
        return community;
    }

    /// <summary>The administrator, in a browser of her own.</summary>
    public async Task<Person> AdaAsync(string? path = null, BrowserNewContextOptions? options = null, Uri? address = null)
    {
        options ??= new();
        options.StorageState = _administrator;
        var ada = await VisitAsync("Ada", options, address);
        if (path is not null)
        {
            await ada.OpenAsync(path);
        }

        return ada;
    }

    /// <summary>Somebody new, registered by the invite link and in the room that everyone is in.</summary>
    public async Task<Person> JoinAsync(string name, BrowserNewContextOptions? options = null, Uri? address = null)
    {
        var person = await VisitAsync($"{name}{Interlocked.Increment(ref s_people):000}", options, address);
        await person.RegisterAsync(_invite!);
        return person;
    }

    /// <summary>A browser in which nobody is signed in.</summary>
    public async Task<Person> VisitAsync(string name, BrowserNewContextOptions? options = null, Uri? address = null)
    {
        options ??= new();
        options.BaseURL = (address ?? Server.Address).ToString();
        options.ViewportSize ??= new() { Width = 1280, Height = 800 };
        options.Locale ??= "en-GB";
        var person = await Person.OpenAsync(await stage.Browser.NewContextAsync(options), name);
        _visitors.Add(person);
        return person;
    }

    /// <summary>Closes every browser, and tells what went wrong in them and on the server since last asked.</summary>
    public async Task<List<string>> LeaveAsync(bool failed)
    {
        List<string> problems = [];
        foreach (var person in _visitors)
        {
            problems.AddRange(await person.CloseAsync(failed));
        }

        _visitors.Clear();
        var logged = Server.Problems();
        problems.AddRange(logged.Skip(_logged));
        _logged = logged.Count;
        return problems;
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
