using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using BlazorChat.Accounts;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Api;

/// <summary>A program that talks to the API by a token: by REST, and by connections to the hub.</summary>
internal sealed class ApiClient(Uri address, string? token, Actor actor, string name) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = address };

    public string? Token { get; set; } = token;

    public long TokenId { get; init; }

    /// <summary>The person, as a page of theirs acts.</summary>
    public Actor Actor { get; } = actor;

    public string Name { get; } = name;

    public Task<ApiAnswer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    public Task<ApiAnswer> PostAsync(string path, object? body = null) => SendAsync(HttpMethod.Post, path, body);

    public Task<ApiAnswer> PutAsync(string path, object? body = null) => SendAsync(HttpMethod.Put, path, body);

    public Task<ApiAnswer> PatchAsync(string path, object body) => SendAsync(HttpMethod.Patch, path, body);

    public Task<ApiAnswer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, null);

    public async Task<ApiAnswer> SendAsync(HttpMethod method, string path, object? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = body switch
        {
            null => null,
            HttpContent content => content,
            _ => new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"),
        };
        if (Token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        }

        foreach (var (header, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        using var response = await _http.SendAsync(request);
        return await ApiAnswer.ReadAsync(response);
    }

    /// <summary>Posts a message, which must succeed.</summary>
    public async Task<JsonElement> SayAsync(long roomId, string text, string? clientMessageId = null)
    {
        var answer = await PostAsync($"/api/rooms/{roomId}/messages", new { text, clientMessageId });
        Assert.True(answer.Status is HttpStatusCode.Created or HttpStatusCode.OK, $"{answer.Status} {answer.Text}");
        return answer.Json;
    }

    /// <summary>A connection to the hub by Microsoft's client; the token goes in a header.</summary>
    public HubConnection Hub(bool messagePack = false, bool reconnects = false)
    {
        var builder = new HubConnectionBuilder().WithUrl(new Uri(address, "/hubs/chat"), options => options.AccessTokenProvider = () => Task.FromResult(Token));
        if (messagePack)
        {
            builder.AddMessagePackProtocol();
        }

        return (reconnects ? builder.WithAutomaticReconnect([.. Enumerable.Repeat(TimeSpan.FromMilliseconds(50), 200)]) : builder).Build();
    }

    /// <summary>The same, open.</summary>
    public async Task<HubConnection> ConnectAsync(bool messagePack = false)
    {
        var hub = Hub(messagePack);
        await hub.StartAsync();
        return hub;
    }

    /// <summary>A connection to the hub frame by frame; the token goes in the query string.</summary>
    public Task<RawHub> RawAsync(int? receiveBuffer = null) => RawHub.OpenAsync(address, Token, receiveBuffer);

    public void Dispose() => _http.Dispose();
}

/// <summary>What the server answered.</summary>
internal sealed record ApiAnswer(HttpStatusCode Status, string Text, string? MediaType, HttpResponseHeaders Headers)
{
    /// <summary>The body, which must be JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public static async Task<ApiAnswer> ReadAsync(HttpResponseMessage response) =>
        new(response.StatusCode, await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentType?.MediaType, response.Headers);

    /// <summary>The body, if the status is this one.</summary>
    public JsonElement Ok(HttpStatusCode status = HttpStatusCode.OK)
    {
        Assert.True(Status == status, $"{(int)Status} instead of {(int)status}: {Text}");
        return Json;
    }

    public void NoContent()
    {
        Assert.True(Status == HttpStatusCode.NoContent, $"{(int)Status} instead of 204: {Text}");
        Assert.Equal("", Text);
    }

    /// <summary>A refusal as problem details without internals; returns its words.</summary>
    public string Problem(HttpStatusCode status)
    {
        Assert.True(Status == status, $"{(int)Status} instead of {(int)status}: {Text}");
        Assert.Equal("application/problem+json", MediaType);
        var problem = Json;
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrEmpty(problem.GetProperty("title").GetString()));
        Assert.DoesNotContain("Exception", Text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Text, StringComparison.Ordinal);
        return problem.TryGetProperty("detail", out var detail) ? detail.GetString() ?? "" : "";
    }
}
