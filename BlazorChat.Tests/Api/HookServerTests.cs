using System.Collections.Concurrent;
using System.Net;
using System.Text;
using BlazorChat.Accounts;
using BlazorChat.Api;
using BlazorChat.Bots;
using BlazorChat.Data;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BlazorChat.Tests.Api;

/// <summary>Incoming webhooks on the whole program, over real sockets, with everything logged that can be.</summary>
public sealed class HookServerTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("blazorchat-hooks-").FullName;
    private readonly Everything _log = new();
    private WebApplication _app = null!;
    private HttpClient _http = null!;
    private Actor _ann = null!;
    private long _room;
    private NewIncomingWebhook _hook = null!;

    public async ValueTask InitializeAsync()
    {
        _app = Program.Build(
        [
            $"--Chat:DataDirectory={_directory}", "--urls=http://127.0.0.1:0", "--environment=Development", "--applicationName=BlazorChat",
            "--Logging:LogLevel:Default=Trace", "--Logging:LogLevel:Microsoft.AspNetCore=Trace", "--Logging:LogLevel:Microsoft.EntityFrameworkCore=Trace",
            "--Logging:Console:LogLevel:Default=None",
        ]);
        _app.Services.GetRequiredService<ILoggerFactory>().AddProvider(_log);
        await _app.Services.PrepareDataAsync();
        await _app.StartAsync();
        _http = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
        var user = await _app.Services.GetRequiredService<SetupService>().CompleteAsync("Harbour", "Ann", "ann@example.com", ChatHost.Password);
        _ann = new Actor(user.Id, await _app.Services.GetRequiredService<SessionRegistry>().StartAsync(user.Id, "a test"));
        _room = (await _app.Services.GetRequiredService<RoomQueries>().MineAsync(_ann))[0].Id;
        _hook = await Webhooks.CreateAsync(_ann, _room, "Builds");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Post_AnswersAsItShould_AndTheSecretIsInNoLog()
    {
        Assert.Equal((HttpStatusCode.OK, "text/plain"), await PostAsync(_hook.Path, "application/json", """{"text": "Hello"}"""));
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), await PostAsync(_hook.Path, "application/json", "{}"));
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "application/problem+json"), await PostAsync(_hook.Path, "text/plain", new string('x', HookEndpoints.MaxBytes + 1)));
        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), await PostAsync(_hook.Path + "x", "text/plain", "Hello"));
        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), await PostAsync(_hook.Path + "/x", "text/plain", "Hello"));
        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), await PostAsync("/api/hooks/x", "text/plain", "Hello"));
        using var read = await _http.GetAsync(_hook.Path);
        Assert.Equal(HttpStatusCode.NotFound, read.StatusCode);

        await Webhooks.RevokeAsync(_ann, _hook.Id);
        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), await PostAsync(_hook.Path, "text/plain", "Hello"));

        var messages = await _app.Services.GetRequiredService<MessageQueries>().NewestAsync(_ann, _room);
        Assert.Equal("Hello", Assert.Single(messages.Messages).Text);
        Assert.Contains(_log.Lines, l => l.Contains("/api/hooks/", StringComparison.Ordinal));
        Assert.DoesNotContain(_log.Lines, l => l.Contains(_hook.Secret[8..], StringComparison.Ordinal));
    }

    private IncomingWebhooks Webhooks => _app.Services.GetRequiredService<IncomingWebhooks>();

    private async Task<(HttpStatusCode, string?)> PostAsync(string path, string type, string body)
    {
        using var answer = await _http.PostAsync(path, new StringContent(body, Encoding.UTF8, type));
        return (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType);
    }

    /// <summary>Keeps every line, with what it is said about.</summary>
    private sealed class Everything : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            Lines.Enqueue($"{state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
