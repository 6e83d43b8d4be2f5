using System.Text.Json;
using BlazorChat.Accounts;

namespace BlazorChat.Components.Layout;

/// <summary>What makes the site an app that can be installed (W3C Web Application Manifest), under the community's name.</summary>
public static class WebManifest
{
    /// <summary>Where pages find it.</summary>
    public const string Path = "/manifest.webmanifest";

    /// <summary>The colour of the app's frame by day, as <c>--sidebar</c> in <c>css/app.css</c>.</summary>
    public const string LightFrame = "#f1f0f7";

    /// <summary>The colour of the app's frame by night.</summary>
    public const string DarkFrame = "#121119";

    /// <summary>Maps it. It is fetched without cookies, so it is anybody's, like the name on the sign-in page.</summary>
    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet(Path, async (CommunityService community, HttpContext context) =>
    {
        context.Response.Headers.CacheControl = "public, max-age=600";
        return Results.Bytes(JsonSerializer.SerializeToUtf8Bytes(Describe((await community.GetAsync()).Name)), "application/manifest+json");
    });

    private static object Describe(string name) => new
    {
        id = "/",
        name,
        short_name = name,
        start_url = "/",
        scope = "/",
        display = "standalone",
        background_color = "#ffffff",
        theme_color = LightFrame,
        categories = new[] { "social", "productivity" },
        icons = new[]
        {
            Icon("/icons/icon.svg", "any", "image/svg+xml", "any"),
            Icon("/icons/icon-192.png", "192x192", "image/png", "any"),
            Icon("/icons/icon-512.png", "512x512", "image/png", "any"),
            Icon("/icons/maskable-192.png", "192x192", "image/png", "maskable"),
            Icon("/icons/maskable-512.png", "512x512", "image/png", "maskable"),
        },
    };

    private static object Icon(string src, string sizes, string type, string purpose) => new { src, sizes, type, purpose };
}
