using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace BlazorChat.Api;

/// <summary>
/// Takes secrets out of a request's address before anything sees it: browsers cannot put a token into a WebSocket's headers, and a
/// webhook's address is all that its caller has; but addresses are logged, traced and shown, and secrets must not be.
/// What stands behind this reads them from <see cref="Of"/>.
/// </summary>
internal sealed class AddressSecrets(IServiceProvider services) : IHttpContextFactory
{
    /// <summary>Stands in the address where the secret was.</summary>
    public const string Mask = "-";

    private const string TokenParameter = "access_token";
    private const string Hooks = "/api/hooks/";
    private const string Hub = "/hubs/";

    private readonly DefaultHttpContextFactory _contexts = new(services);

    /// <summary>The token or webhook secret that the request's address held.</summary>
    public static string? Of(HttpContext context) => context.Features.Get<Secret>()?.Value;

    /// <inheritdoc/>
    public HttpContext Create(IFeatureCollection featureCollection)
    {
        if (featureCollection.Get<IHttpRequestFeature>() is { } request)
        {
            if (request.Path.StartsWith(Hub, StringComparison.OrdinalIgnoreCase))
            {
                TakeFromQuery(featureCollection, request);
            }
            else if (request.Path.StartsWith(Hooks, StringComparison.OrdinalIgnoreCase) && request.Path.Length > Hooks.Length)
            {
                featureCollection.Set(new Secret(request.Path[Hooks.Length..]));
                request.Path = request.RawTarget = Hooks + Mask;
            }
        }

        return _contexts.Create(featureCollection);
    }

    /// <inheritdoc/>
    public void Dispose(HttpContext httpContext) => _contexts.Dispose(httpContext);

    private static void TakeFromQuery(IFeatureCollection features, IHttpRequestFeature request)
    {
        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(request.QueryString);
        if (query.Remove(TokenParameter, out var token))
        {
            features.Set(new Secret(token.ToString()));
            request.QueryString = QueryString.Create(query.SelectMany(Pairs)).ToUriComponent();
            request.RawTarget = request.Path + request.QueryString;
        }
    }

    private static IEnumerable<KeyValuePair<string, string?>> Pairs(KeyValuePair<string, StringValues> parameter) =>
        parameter.Value.Select(value => KeyValuePair.Create(parameter.Key, value));

    private sealed record Secret(string Value);
}
