using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using MudBlazor;

namespace BlazorChat.Components.Layout;

/// <summary>
/// MudBlazor's palettes as a style sheet of their own. Its provider would make 25 KB of styles anew for every page and keep
/// a theme in every circuit; here both palettes are made once, and an attribute of the page chooses.
/// </summary>
public sealed partial class ThemeStyles
{
    private readonly byte[] _compressed;

    /// <summary>Makes the style sheet.</summary>
    public ThemeStyles(IServiceScopeFactory scopes, ILoggerFactory loggers)
    {
        var styles = Encoding.UTF8.GetBytes(MakeAsync(scopes, loggers).ToBlockingEnumerable().Aggregate(string.Concat));
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.SmallestSize))
        {
            gzip.Write(styles);
        }

        _compressed = stream.ToArray();
        Path = $"/theme.css?v={Convert.ToHexStringLower(SHA256.HashData(styles))[..12]}";
    }

    /// <summary>Where pages find it; another theme has another address.</summary>
    public string Path { get; }

    /// <summary>Maps the style sheet.</summary>
    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/theme.css", (ThemeStyles theme, HttpContext context) =>
    {
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        context.Response.Headers.ContentEncoding = "gzip";
        return Results.Bytes(theme._compressed, "text/css");
    });

    private static async IAsyncEnumerable<string> MakeAsync(IServiceScopeFactory scopes, ILoggerFactory loggers)
    {
        await using var scope = scopes.CreateAsyncScope();
        await using var renderer = new HtmlRenderer(scope.ServiceProvider, loggers);
        foreach (var (theme, isDark) in new[] { (Theme.Light, false), (Theme.Dark, true) })
        {
            var html = await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<MudThemeProvider>(
                ParameterView.FromDictionary(new Dictionary<string, object?> { ["Theme"] = theme, ["IsDarkMode"] = isDark }))).ToHtmlString());
            yield return Tags().Replace(html, "");
        }
    }

    [GeneratedRegex("</?style[^>]*>")]
    private static partial Regex Tags();
}
