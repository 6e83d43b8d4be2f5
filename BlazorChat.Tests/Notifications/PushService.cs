using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Notifications;

/// <summary>
/// A push service of ours on this machine, as strict as the real ones, and the browsers that it serves. A server asks it where
/// <c>Push:AllowedHosts</c> has <see cref="Host"/>.
/// </summary>
/// <example><code>
/// await using var push = await PushService.StartAsync();
/// var phone = push.NewBrowser();
/// phone.AnswerWith(PushScript.Status(500), PushScript.Created);
/// … register phone.Endpoint, phone.P256dh, phone.Auth; let something happen …
/// var shown = await phone.NextAsync();
/// </code></example>
internal sealed class PushService : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, PushBrowser> _browsers = new();
    private readonly CancellationTokenSource _ended = new();

    private PushService(WebApplication app) => _app = app;

    /// <summary>What to put into <c>Push:AllowedHosts</c>, such as <c>127.0.0.1:40123</c>.</summary>
    public string Host => new Uri(Origin).Authority;

    /// <summary>Where it listens, such as <c>http://127.0.0.1:40123</c>: the audience of tokens.</summary>
    public string Origin => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <summary>The clock that tokens are held against.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>The key of the server that all browsers allow; any while it is <see langword="null"/>.</summary>
    public string? PublicKey { get; set; }

    /// <summary>
    /// Whether it takes everything unread, for <see cref="PushBrowser.ReadPutBy"/>: where a server is measured, the browsers' own work
    /// must not be on the same processors at the same time.
    /// </summary>
    public bool ReadsLater { get; set; }

    /// <summary>All browsers of it.</summary>
    public IEnumerable<PushBrowser> Browsers => _browsers.Values;

    /// <summary>Ends with the service: nobody stalls longer.</summary>
    internal CancellationToken Ended => _ended.Token;

    /// <summary>Starts one, over https where a certificate is given.</summary>
    public static async Task<PushService> StartAsync(System.Security.Cryptography.X509Certificates.X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        if (certificate is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.UseKestrelCore().ConfigureKestrel(k =>
        {
            k.AddServerHeader = false;
            k.Listen(IPAddress.Loopback, 0, listen =>
            {
                if (certificate is not null)
                {
                    listen.Protocols = HttpProtocols.Http1AndHttp2;
                    listen.UseHttps(certificate);
                }
            });
        });
        var app = builder.Build();
        var service = new PushService(app);
        app.Run(service.AnswerAsync);
        await app.StartAsync();
        return service;
    }

    /// <summary>A browser that allows notifications.</summary>
    public PushBrowser NewBrowser() => Add(Origin);

    /// <summary>One whose push service is not there: connections to its port are refused.</summary>
    public PushBrowser NewBrowserAtAClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return Add($"http://{listener.LocalEndpoint}");
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _app.DisposeAsync();
        _ended.Dispose();
        foreach (var browser in _browsers.Values)
        {
            browser.Dispose();
        }
    }

    private PushBrowser Add(string origin)
    {
        var name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        return _browsers[name] = new PushBrowser(this, $"{origin}/push/{name}");
    }

    private Task AnswerAsync(HttpContext context)
    {
        if (HttpMethods.IsPost(context.Request.Method) && _browsers.TryGetValue(context.Request.Path.Value!["/push/".Length..], out var browser))
        {
            return browser.TakeAsync(context);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}

/// <summary>How a push service answers.</summary>
internal sealed record PushScript(Func<HttpContext, CancellationToken, Task> Answer)
{
    /// <summary>It takes the notification.</summary>
    public static readonly PushScript Created = Status(StatusCodes.Status201Created);

    /// <summary>It takes the notification's head and says nothing, until the asker gives up.</summary>
    public static readonly PushScript Stall = new(async (context, ended) =>
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ended, context.RequestAborted);
        await Task.Delay(Timeout.Infinite, either.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        context.Abort();
    });

    /// <summary>Whatever status, with the headers and the text of an answer.</summary>
    public static PushScript Status(int status, string? body = null, params (string Name, string Value)[] headers) => new((context, ended) =>
    {
        context.Response.StatusCode = status;
        foreach (var (name, value) in headers)
        {
            context.Response.Headers.Append(name, value);
        }

        return body is null ? Task.CompletedTask : context.Response.WriteAsync(body, ended);
    });

    /// <summary>It wants to be left alone for so long (429).</summary>
    public static PushScript TooMany(TimeSpan retryAfter) =>
        Status(StatusCodes.Status429TooManyRequests, null, ("Retry-After", $"{retryAfter.TotalSeconds:0}"));

    /// <summary>Waits for a test before it answers.</summary>
    public static PushScript After(Task released, PushScript then) => new(async (context, ended) =>
    {
        await released.WaitAsync(ended);
        await then.Answer(context, ended);
    });
}
