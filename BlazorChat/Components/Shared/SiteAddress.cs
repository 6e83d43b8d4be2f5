using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Shared;

/// <summary>
/// Links to give away: under <c>Chat:BaseUrl</c> where the operator named it, else under the address by which the person who
/// makes the link has the page open.
/// </summary>
public sealed class SiteAddress(IConfiguration configuration, NavigationManager navigation)
{
    /// <summary>The link to a path of this site.</summary>
    public Uri LinkTo(string path) =>
        Uri.TryCreate(configuration["Chat:BaseUrl"], UriKind.Absolute, out var site) ? new Uri(site, path) : navigation.ToAbsoluteUri(path);
}
