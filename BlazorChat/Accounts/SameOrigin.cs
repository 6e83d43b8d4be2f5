namespace BlazorChat.Accounts;

/// <summary>Whether a browser says that a request comes from a page of this site. Pages elsewhere cannot make it say so.</summary>
public static class SameOrigin
{
    /// <summary>Whether the request names the origin that was asked (RFC 6454), with the proxy's word for which that is.</summary>
    public static bool IsNamedBy(HttpRequest request) =>
        Uri.TryCreate(request.Headers.Origin.ToString(), UriKind.Absolute, out var from)
        && string.Equals(from.Authority, new UriBuilder($"{from.Scheme}://{request.Host}").Uri.Authority, StringComparison.OrdinalIgnoreCase);
}
