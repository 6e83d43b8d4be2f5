using System.Net;
using System.Text.RegularExpressions;
using BlazorChat.Tests.Journeys;

namespace BlazorChat.Tests.Web;

/// <summary>A client without a browser: it sends exactly what it is told to, and follows no redirect.</summary>
public sealed partial class Visitor : IDisposable
{
    private readonly HttpClient _http;
    private readonly Dictionary<string, string> _cookies = [];

    public Visitor(Uri address) =>
        _http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = address };

    /// <summary>A client that is signed in as the person in a browser is.</summary>
    public static async Task<Visitor> OfAsync(Person person, Uri address)
    {
        var visitor = new Visitor(address);
        foreach (var cookie in await person.Context.CookiesAsync())
        {
            visitor._cookies[cookie.Name] = cookie.Value;
        }

        return visitor;
    }

    public string Cookies => string.Join("; ", _cookies.Select(c => $"{c.Key}={c.Value}"));

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, path), headers);

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, params (string Name, string Value)[] headers)
    {
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (_cookies.Count > 0)
        {
            request.Headers.TryAddWithoutValidation("Cookie", Cookies);
        }

        var response = await _http.SendAsync(request);
        foreach (var cookie in SetCookies(response).Select(c => c.Split(';')[0].Split('=', 2)))
        {
            _cookies[cookie[0]] = cookie[1];
        }

        return response;
    }

    /// <summary>Fills a page's form in and posts it, hidden fields included.</summary>
    public async Task<HttpResponseMessage> PostFormAsync(string path, params (string Name, string Value)[] fields)
    {
        using var page = await GetAsync(path);
        var hidden = HiddenField().Matches(await page.Content.ReadAsStringAsync())
            .Select(m => new KeyValuePair<string, string>(m.Groups[1].Value, WebUtility.HtmlDecode(m.Groups[2].Value)));
        return await SendAsync(new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(hidden.Concat(fields.Select(f => new KeyValuePair<string, string>(f.Name, f.Value)))),
        });
    }

    public static IEnumerable<string> SetCookies(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies : [];

    public void Dispose() => _http.Dispose();

    [GeneratedRegex("""<input type="hidden" name="([^"]+)" value="([^"]*)" */?>""")]
    private static partial Regex HiddenField();
}
