using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BlazorChat.Bots;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Bots;

/// <summary>What somebody's bot got.</summary>
internal sealed record Received(string Body, string Delivery, string Timestamp, string Signature, string ContentType)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>As the README tells receivers to check it.</summary>
    public bool IsSignedWith(string secret) => Signature == "v1=" + Convert.ToHexStringLower(
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{Timestamp}.{Body}")));
}

/// <summary>A real server of somebody's bot on this machine, which answers as a test tells it.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Receiver(WebApplication app) => _app = app;

    public ConcurrentQueue<Received> Requests { get; } = new();

    /// <summary>The answer, by the number of the request from 1.</summary>
    public Func<int, HttpContext, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    public string Url => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/hook";

    public static async Task<Receiver> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var receiver = new Receiver(app);
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var headers = context.Request.Headers;
            receiver.Requests.Enqueue(new Received(
                await reader.ReadToEndAsync(), headers[WebhookRequest.DeliveryHeader].ToString(), headers[WebhookRequest.TimestampHeader].ToString(),
                headers[WebhookRequest.SignatureHeader].ToString(), context.Request.ContentType ?? ""));
            await receiver.Answer(receiver.Requests.Count, context);
        });
        await app.StartAsync();
        return receiver;
    }

    /// <summary>Answers each request with one of these statuses in turn, and the last from then on.</summary>
    public void AnswerWith(params int[] statuses) => Answer = (n, context) =>
    {
        context.Response.StatusCode = statuses[Math.Min(n, statuses.Length) - 1];
        return Task.CompletedTask;
    };

    public void AnswerWith(string contentType, string body) => Answer = (_, context) =>
    {
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(body);
    };

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
