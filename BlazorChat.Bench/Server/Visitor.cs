using System.Net;
using System.Text.RegularExpressions;

namespace BlazorChat.Bench.Server;

/// <summary>
/// One browser as far as HTTP goes. It keeps its cookies itself: the server's are <c>Secure</c>, and a cookie container would
/// not send those back over loopback's plain HTTP, as real browsers do.
/// </summary>
internal sealed partial class Visitor : IDisposable
{
    private static int _visitors;
    private readonly Dictionary<string, string> _cookies = [];
    private readonly HttpClient _http;

    public Visitor(Uri address)
    {
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // What the page was fetched by closes soon after, as a browser's does: a tab keeps its socket only.
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(2),
        })
        {
            BaseAddress = address,
            Timeout = TimeSpan.FromSeconds(60),
        };
        // The server takes this machine for its proxy (see ServerProcess): visitors come by HTTPS, each from an address of their
        // own, as with a real one. So cookies are secure and limits by address are not what is measured.
        var number = Interlocked.Increment(ref _visitors);
        _http.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        _http.DefaultRequestHeaders.Add("X-Forwarded-For", $"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}");
        Address = address;
    }

    public Uri Address { get; }

    /// <summary>The header that carries this visitor's cookies.</summary>
    public string CookieHeader => string.Join("; ", _cookies.Select(c => $"{c.Key}={c.Value}"));

    /// <summary>Fills in and sends the real sign-in form.</summary>
    public async Task SignInAsync(string email, string password, CancellationToken cancellation)
    {
        const string Path = "/account/login";
        using var page = await SendAsync(new HttpRequestMessage(HttpMethod.Get, Path), cancellation);
        var form = HiddenFields(await page.Content.ReadAsStringAsync(cancellation));
        form["Input.Email"] = email;
        form["Input.Password"] = password;

        using var answer = await SendAsync(
            new HttpRequestMessage(HttpMethod.Post, Path) { Content = new FormUrlEncodedContent(form) }, cancellation);
        if (answer.StatusCode is not (HttpStatusCode.Redirect or HttpStatusCode.RedirectMethod or HttpStatusCode.OK)
            || answer.StatusCode == HttpStatusCode.OK && (await answer.Content.ReadAsStringAsync(cancellation)).Contains("login-form", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"Signing in as {email} gave {(int)answer.StatusCode} and no way in.");
        }
    }

    /// <summary>Gets a page that must be there.</summary>
    public async Task<string> GetPageAsync(string path, CancellationToken cancellation)
    {
        using var answer = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellation);
        return answer.StatusCode == HttpStatusCode.OK
            ? await answer.Content.ReadAsStringAsync(cancellation)
            : throw new InvalidOperationException($"{path} gave {(int)answer.StatusCode} {answer.Headers.Location}.");
    }

    /// <summary>Sends a request with the cookies so far and keeps those that come back.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using (request)
        {
            request.Headers.TryAddWithoutValidation("Cookie", CookieHeader);
            var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (answer.Headers.TryGetValues("Set-Cookie", out var cookies))
            {
                foreach (var cookie in cookies)
                {
                    var pair = cookie.Split(';')[0].Split('=', 2);
                    _cookies[pair[0].Trim()] = pair[1];
                }
            }

            return answer;
        }
    }

    public void Dispose() => _http.Dispose();

    private static Dictionary<string, string> HiddenFields(string html)
    {
        var fields = new Dictionary<string, string>();
        foreach (Match input in Input().Matches(html))
        {
            var attributes = Attribute().Matches(input.Value)
                .GroupBy(a => a.Groups[1].Value)
                .ToDictionary(a => a.Key, a => WebUtility.HtmlDecode(a.First().Groups[2].Value));
            if (attributes.GetValueOrDefault("type") == "hidden" && attributes.TryGetValue("name", out var name))
            {
                fields[name] = attributes.GetValueOrDefault("value") ?? "";
            }
        }

        return fields;
    }

    [GeneratedRegex("<input[^>]*>")]
    private static partial Regex Input();

    [GeneratedRegex("""([\w-]+)=["']([^"']*)["']""")]
    private static partial Regex Attribute();
}
