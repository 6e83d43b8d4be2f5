using System.Net;
using BlazorChat.Accounts;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using NetEscapades.AspNetCore.SecurityHeaders.Headers.ContentSecurityPolicy;

namespace BlazorChat.Operations;

/// <summary>What every answer and every request must keep to, whatever page or endpoint it is for.</summary>
public static class WebSecurity
{
    /// <summary>
    /// Takes forwarded headers only from the proxies that <c>Chat:TrustedProxies</c> lists (addresses or networks in CIDR form).
    /// </summary>
    public static IServiceCollection AddWebSecurity(this IServiceCollection services, IConfiguration configuration) => services
        .Configure<KestrelServerOptions>(options => options.AddServerHeader = false)
        .Configure<ForwardedHeadersOptions>(options =>
        {
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            foreach (var proxy in configuration.GetSection("Chat:TrustedProxies").Get<string[]>() ?? [])
            {
                options.ForwardedHeaders = ForwardedHeaders.All;
                if (IPAddress.TryParse(proxy, out var address))
                {
                    options.KnownProxies.Add(address);
                }
                else
                {
                    options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
                }
            }
        });

    /// <summary>Sends the security headers, and refuses WebSockets and circuits from another origin.</summary>
    public static IApplicationBuilder UseWebSecurity(this IApplicationBuilder app) => app
        .UseForwardedHeaders()
        .UseSecurityHeaders(new HeaderPolicyCollection()
            .AddContentTypeOptionsNoSniff()
            .AddReferrerPolicyStrictOriginWhenCrossOrigin()
            .AddCrossOriginOpenerPolicy(policy => policy.SameOrigin())
            .AddPermissionsPolicy(policy =>
            {
                policy.AddCamera().None();
                policy.AddGeolocation().None();
                policy.AddMicrophone().None();
            })
            .AddContentSecurityPolicy(ContentSecurityPolicy))
        .Use(RefuseOtherOrigins);

    private static void ContentSecurityPolicy(CspBuilder policy)
    {
        policy.AddDefaultSrc().Self();
        policy.AddScriptSrc().Self().WithNonce();
        // MudBlazor sets style attributes; no style can run a script.
        policy.AddStyleSrc().Self().UnsafeInline();
        policy.AddImgSrc().Self().Data().Blob();
        policy.AddConnectSrc().Self();
        policy.AddObjectSrc().None();
        policy.AddBaseUri().Self();
        policy.AddFormAction().Self();
        policy.AddFrameAncestors().None();
    }

    /// <summary>
    /// Browsers send cookies with a WebSocket from any page, and no CORS check stops it: what names another origin than the
    /// host that was asked is refused before it gets a circuit.
    /// </summary>
    private static Task RefuseOtherOrigins(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path;
        if ((path.StartsWithSegments("/_blazor") || path.StartsWithSegments("/hubs"))
            && context.Request.Headers.Origin.ToString() is { Length: > 0 }
            && !SameOrigin.IsNamedBy(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }

        return next(context);
    }
}
