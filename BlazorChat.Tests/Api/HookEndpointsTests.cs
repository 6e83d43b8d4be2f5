using System.Net;
using System.Net.Http.Headers;
using System.Text;
using BlazorChat.Accounts;
using BlazorChat.Api;
using BlazorChat.Bots;
using BlazorChat.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Api;

/// <summary>Bodies as programs send them, on the endpoint alone.</summary>
public sealed class HookEndpointsTests : IAsyncLifetime
{
    private ChatHost _host = null!;
    private WebApplication _app = null!;
    private string _path = "";

    public async ValueTask InitializeAsync()
    {
        _host = await ChatHost.StartAsync();
        var hook = await _host.Get<IncomingWebhooks>().CreateAsync(_host.Ann, _host.General, "Builds");
        _path = hook.Path;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseTestServer();
        builder.Services.AddLogging().AddRouting().AddProblemDetails().AddSingleton(_host.Get<IncomingWebhooks>()).AddSingleton<IHttpContextFactory, AddressSecrets>();
        _app = builder.Build();
        _app.UseRouting();
        _app.MapHooks();
        _app.UseEndpoints(_ => { });
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Theory]
    [InlineData("application/json", """{"text": "Hello"}""", "Hello")]
    [InlineData("application/json; charset=utf-8", """{"text": "Grüße ✅", "username": "CI"}""", "Grüße ✅")]
    [InlineData("text/plain", "**Hello** <b>", "**Hello** <b>")]
    [InlineData("text/plain", """{"text": "as it is"}""", """{"text": "as it is"}""")]
    [InlineData(null, "Hello", "Hello")]
    [InlineData("application/x-www-form-urlencoded", "payload=%7B%22text%22%3A%22Hello+there%22%7D", "Hello there")]
    [InlineData("application/x-www-form-urlencoded", "text=Hello+there&username=CI", "Hello there")]
    [InlineData("application/x-www-form-urlencoded", "Build 7 failed", "Build 7 failed")]
    public async Task Post_WhatProgramsSend_IsSaid(string? type, string body, string text)
    {
        using var answer = await PostAsync(_path, type, Encoding.UTF8.GetBytes(body));
        Assert.Equal((HttpStatusCode.OK, "text/plain", "ok"),
            (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, await answer.Content.ReadAsStringAsync()));
        Assert.Equal(text, (await SaidAsync()).Single().Text);
    }

    [Theory]
    [InlineData("application/json", "Hello")]
    [InlineData("application/json", "{}")]
    [InlineData("application/json", "")]
    [InlineData("text/plain", "")]
    [InlineData("text/plain", " \n ")]
    [InlineData("application/x-www-form-urlencoded", "payload=Hello")]
    public async Task Post_WithoutAText_IsRefused(string type, string body)
    {
        await ChatHost.RefusedAsync(Refusal.Invalid, () => PostAsync(_path, type, Encoding.UTF8.GetBytes(body)));
        Assert.Empty(await SaidAsync());
    }

    [Fact]
    public async Task Post_BrokenUtf8_IsRefused() =>
        await ChatHost.RefusedAsync(Refusal.Invalid, () => PostAsync(_path, "text/plain", [0x48, 0xff, 0xfe]));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_TooLarge_Is413(bool tellsItsLength)
    {
        using var content = new StreamContent(new MemoryStream(new byte[HookEndpoints.MaxBytes + 1]));
        content.Headers.ContentLength = tellsItsLength ? HookEndpoints.MaxBytes + 1 : null;
        using var request = new HttpRequestMessage(HttpMethod.Post, _path) { Content = content };
        request.Headers.TransferEncodingChunked = !tellsItsLength;
        using var answer = await _app.GetTestClient().SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Empty(await SaidAsync());
    }

    [Fact]
    public async Task Post_ToAnotherSecret_IsNotFound() =>
        await ChatHost.RefusedAsync(Refusal.NotFound, () => PostAsync(IncomingWebhooks.PathOf($"bci_{new string('A', 43)}"), "text/plain", "Hello"u8.ToArray()));

    private Task<HttpResponseMessage> PostAsync(string path, string? type, byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        return _app.GetTestClient().PostAsync(path, content);
    }

    private async Task<IReadOnlyList<MessageView>> SaidAsync() => (await _host.MessageQueries.NewestAsync(_host.Ann, _host.General)).Messages;
}
