using System.Text.Json;
using System.Text.RegularExpressions;
using BlazorChat.Bench.Server;

namespace BlazorChat.Bench.Pages;

/// <summary>
/// Fetches what a page links to, as a browser with an empty cache does, each address once: style sheets and what they draw
/// in, scripts and what they import, icons. Bytes are counted as they travel, compressed.
/// </summary>
internal sealed partial class AssetCrawler(Visitor visitor)
{
    private readonly Dictionary<string, long> _fetched = [];
    private Dictionary<string, string> _importMap = [];

    /// <summary>All addresses with their transferred bytes.</summary>
    public IReadOnlyDictionary<string, long> Fetched => _fetched;

    /// <summary>Fetches what a page needs and returns the bytes that this took.</summary>
    public async Task<long> FetchForAsync(string html, string path, CancellationToken cancellation)
    {
        var page = new Uri(new Uri(visitor.Address, path), BaseElement().Match(html) is { Success: true } b ? b.Groups[1].Value : "");
        if (ImportMapElement().Match(html) is { Success: true } map)
        {
            using var json = JsonDocument.Parse(map.Groups[1].Value);
            _importMap = json.RootElement.TryGetProperty("imports", out var imports)
                ? imports.EnumerateObject().ToDictionary(i => new Uri(page, i.Name).AbsolutePath, i => i.Value.GetString()!)
                : [];
        }

        var links = Link().Matches(html).Select(m => m.Value)
            .Where(tag => LoadedRelation().IsMatch(tag)).Select(tag => Href().Match(tag))
            .Concat(Script().Matches(html))
            .Concat(Image().Matches(html))
            .Where(m => m.Success).Select(m => m.Groups[1].Value);
        var bytes = 0L;
        foreach (var link in links)
        {
            bytes += await FetchAsync(new Uri(page, System.Net.WebUtility.HtmlDecode(link)), cancellation);
        }

        return bytes;
    }

    /// <summary>Fetches the modules that a circuit imports.</summary>
    public async Task<long> FetchModulesAsync(IEnumerable<string> imports, CancellationToken cancellation)
    {
        var bytes = 0L;
        foreach (var import in imports)
        {
            bytes += await FetchAsync(Mapped(new Uri(new Uri(visitor.Address, "/"), import)), cancellation);
        }

        return bytes;
    }

    private async Task<long> FetchAsync(Uri address, CancellationToken cancellation)
    {
        if (address.Authority != visitor.Address.Authority || _fetched.ContainsKey(address.PathAndQuery))
        {
            return 0;
        }

        _fetched[address.PathAndQuery] = 0;
        var transfer = await Transfer.OfAsync(visitor, address.PathAndQuery, cancellation);
        _fetched[address.PathAndQuery] = transfer.Bytes;
        var bytes = transfer.Bytes;
        foreach (var further in Further(address, transfer))
        {
            bytes += await FetchAsync(further, cancellation);
        }

        return bytes;
    }

    private IEnumerable<Uri> Further(Uri address, Transfer transfer) => transfer.MediaType switch
    {
        "text/css" => CssUrl().Matches(transfer.Text).Select(m => m.Groups[1].Value)
            .Where(u => !u.StartsWith("data:", StringComparison.Ordinal) && !u.StartsWith('#'))
            .Select(u => new Uri(address, u)),
        "text/javascript" or "application/javascript" => JsImport().Matches(transfer.Text)
            .Select(m => Mapped(new Uri(address, m.Groups[1].Value))),
        _ => [],
    };

    private Uri Mapped(Uri module) =>
        _importMap.TryGetValue(module.AbsolutePath, out var mapped) ? new Uri(new Uri(visitor.Address, "/"), mapped) : module;

    [GeneratedRegex("<base[^>]*href=\"([^\"]*)\"")]
    private static partial Regex BaseElement();

    [GeneratedRegex("<script[^>]*type=\"importmap\"[^>]*>(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex ImportMapElement();

    [GeneratedRegex("<link[^>]*>")]
    private static partial Regex Link();

    [GeneratedRegex("rel=\"(?:[^\"]* )?(?:stylesheet|icon|modulepreload|preload|manifest)\"")]
    private static partial Regex LoadedRelation();

    [GeneratedRegex("href=\"([^\"]*)\"")]
    private static partial Regex Href();

    [GeneratedRegex("<script[^>]*src=\"([^\"]*)\"")]
    private static partial Regex Script();

    [GeneratedRegex("<img[^>]*src=\"([^\"]*)\"")]
    private static partial Regex Image();

    [GeneratedRegex("""(?:url\(|@import )\s*["']?([^"')]+)["']?""")]
    private static partial Regex CssUrl();

    [GeneratedRegex("""(?:^|[;\s])(?:import|export)\b[^;"'()]*?["'](\.{0,2}/[^"']+)["']""")]
    private static partial Regex JsImport();
}
