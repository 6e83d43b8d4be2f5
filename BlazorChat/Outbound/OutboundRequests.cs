using System.Net;

namespace BlazorChat.Outbound;

/// <summary>
/// Checks the address of every request and follows a few redirects, each as if it had been asked for: http or https only, no
/// credentials, and never from https to http.
/// </summary>
internal sealed class OutboundRequests : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Require(request.RequestUri);
        for (var redirects = 0; ; redirects++)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (Target(request, response) is not { } target)
            {
                return response;
            }

            response.Dispose();
            if (redirects == OutboundOptions.MaxRedirects)
            {
                throw new OutboundRefusedException("Too many redirects.");
            }

            Require(target);
            if (request.RequestUri!.Scheme == Uri.UriSchemeHttps && target.Scheme == Uri.UriSchemeHttp)
            {
                throw new OutboundRefusedException("A redirect leads from https to http.");
            }

            request.RequestUri = target;
            request.Headers.Host = null;
        }
    }

    /// <summary>
    /// Where a redirect leads to. A request with a body follows only those that keep it (307, 308): sent without, it would be another one.
    /// </summary>
    private static Uri? Target(HttpRequestMessage request, HttpResponseMessage response)
    {
        var follows = response.StatusCode switch
        {
            HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect => true,
            HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther => request.Method == HttpMethod.Get,
            _ => false,
        };
        return follows && response.Headers.Location is { } location && Uri.TryCreate(request.RequestUri!, location, out var target) ? target : null;
    }

    private static void Require(Uri? address)
    {
        if (address is not { IsAbsoluteUri: true } || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
        {
            throw new OutboundRefusedException("Only http and https addresses are asked.");
        }

        if (address.UserInfo.Length > 0)
        {
            throw new OutboundRefusedException("An address must not carry credentials.");
        }
    }
}
