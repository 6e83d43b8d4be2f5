using System.Net;
using System.Text.RegularExpressions;
using BlazorChat.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Accounts;

/// <summary>The real application on a port and a data directory of its own.</summary>
internal sealed class Site : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("blazorchat-site-").FullName;
    private WebApplication _app = null!;

    public Uri Address { get; private set; } = null!;

    public IServiceProvider Services => _app.Services;

    /// <param name="settings">As on the command line.</param>
    public static Task<Site> StartAsync(params string[] settings) => StartAsync([], settings);

    /// <summary>The same on a database that exists already; an empty one is none.</summary>
    public static async Task<Site> StartAsync(byte[] database, string[] settings)
    {
        var site = new Site();
        if (database.Length > 0)
        {
            await File.WriteAllBytesAsync(Path.Combine(site._directory, "chat.db"), database);
        }

        site._app = Program.Build(
        [
            $"--Chat:DataDirectory={site._directory}", "--urls=http://127.0.0.1:0", "--environment=Development",
            "--applicationName=BlazorChat", "--Logging:LogLevel:Default=Error", .. settings,
        ]);
        await site.Services.PrepareDataAsync();
        await site._app.StartAsync();
        site.Address = new Uri(site._app.Urls.First());
        return site;
    }

    public SiteVisitor Visit() => new(Address);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_directory, recursive: true);
    }
}

/// <summary>A browser without scripts: keeps cookies, fills in the forms that it was given.</summary>
internal sealed partial class SiteVisitor(Uri address) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = address };

    /// <summary>By name. A browser takes secure cookies from http on the own machine; .NET's container would not.</summary>
    public Dictionary<string, string> Cookies { get; } = [];

    /// <summary>The whole Set-Cookie lines of the last answers, newest last.</summary>
    public List<string> CookieLines { get; } = [];

    /// <summary>Where they come from, as a proxy says that the site trusts.</summary>
    public string? From { get; set; }

    public string Page { get; private set; } = "";

    /// <summary>Where the answer leads: without the origin where that is this site, whole where it is another.</summary>
    public string? Location { get; private set; }

    public HttpResponseMessage Answer { get; private set; } = null!;

    public Task<HttpStatusCode> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    /// <summary>Opens the form's page and posts the form as a browser would.</summary>
    public async Task<HttpStatusCode> SubmitAsync(string path, string form, params (string Name, string Value)[] fields)
    {
        await GetAsync(path);
        return await PostAsync(path, form, fields);
    }

    /// <summary>Posts a form of the page that is open.</summary>
    public Task<HttpStatusCode> PostAsync(string path, string? form, params (string Name, string Value)[] fields)
    {
        List<KeyValuePair<string, string>> all = [.. fields.Select(f => KeyValuePair.Create(f.Name, f.Value))];
        if (form is not null)
        {
            all.Add(KeyValuePair.Create("_handler", form));
        }

        if (Token().Match(Page) is { Success: true } token)
        {
            all.Add(KeyValuePair.Create("__RequestVerificationToken", token.Groups[1].Value));
        }

        return SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(all) });
    }

    public async Task<HttpStatusCode> SendAsync(HttpRequestMessage request)
    {
        if (Cookies.Count > 0)
        {
            request.Headers.Add("Cookie", string.Join("; ", Cookies.Select(c => $"{c.Key}={c.Value}")));
        }

        if (From is not null)
        {
            request.Headers.Add("X-Forwarded-For", From);
        }

        Answer = await _http.SendAsync(request);
        Page = await Answer.Content.ReadAsStringAsync();
        Location = Answer.Headers.Location is { IsAbsoluteUri: true } absolute && absolute.Authority == address.Authority
            ? absolute.PathAndQuery
            : Answer.Headers.Location?.ToString();
        foreach (var line in Answer.Headers.TryGetValues("Set-Cookie", out var lines) ? lines : [])
        {
            CookieLines.Add(line);
            var pair = line.Split(';')[0].Split('=', 2);
            if (pair[1].Length == 0)
            {
                Cookies.Remove(pair[0]);
            }
            else
            {
                Cookies[pair[0]] = pair[1];
            }
        }

        return Answer.StatusCode;
    }

    public void Dispose() => _http.Dispose();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
