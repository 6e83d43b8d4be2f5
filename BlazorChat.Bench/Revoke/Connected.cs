using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using BlazorChat.Bench.Circuits;
using BlazorChat.Bench.Server;
using Microsoft.AspNetCore.SignalR.Client;

namespace BlazorChat.Bench.Revoke;

/// <summary>
/// Somebody with everything open that a ban has to end. Their tab stays where it is when it is told to leave, as one does whose owner means
/// to hear more.
/// </summary>
internal sealed class Connected : IAsyncDisposable
{
    private static readonly string[] Events = ["newMessage", "messageEdited", "messageDeleted", "typing", "presence", "removedFromRoom", "resync"];

    private readonly Visitor _visitor;
    private readonly HubConnection _hub;
    private readonly HttpClient _http;
    private RoomPage? _page;
    private long _hubFrameAt;

    public Connected(Uri server, SeedUser user)
    {
        User = user;
        _visitor = new Visitor(server);
        _http = new HttpClient { BaseAddress = server };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", user.RequiredToken);
        _hub = new HubConnectionBuilder()
            .WithUrl(new Uri(server, "/hubs/chat"), options => options.AccessTokenProvider = () => Task.FromResult<string?>(user.RequiredToken)).Build();
        foreach (var name in Events)
        {
            _hub.On<JsonElement>(name, _ => Volatile.Write(ref _hubFrameAt, Stopwatch.GetTimestamp()));
        }

        _hub.Closed += _ =>
        {
            HubClosedAt = Stopwatch.GetTimestamp();
            return Task.CompletedTask;
        };
    }

    public SeedUser User { get; }

    public long CircuitFrameAt => _page!.LastFrameAt;

    public long HubFrameAt => Volatile.Read(ref _hubFrameAt);

    /// <summary>When the hub connection was closed; 0 while it is open.</summary>
    public long HubClosedAt { get; private set; }

    /// <summary>When the token was first refused; 0 while it is good.</summary>
    public long TokenRefusedAt { get; private set; }

    public async Task OpenAsync(CancellationToken cancellation)
    {
        await _visitor.SignInAsync(User.Email, User.Password, cancellation);
        _page = await RoomPage.OpenAsync(_visitor, User.RoomId, static _ => { }, compress: false, cancellation);
        await _hub.StartAsync(cancellation);
        await _hub.InvokeAsync<JsonElement>("JoinRoom", User.RoomId, cancellation);
    }

    /// <summary>Uses the token over and over until it is refused.</summary>
    public async Task UseTokenAsync(CancellationToken cancellation)
    {
        while (TokenRefusedAt == 0)
        {
            using var answer = await _http.GetAsync("/api/me", cancellation);
            if (answer.StatusCode == HttpStatusCode.Unauthorized)
            {
                TokenRefusedAt = Stopwatch.GetTimestamp();
            }
            else
            {
                await Task.Delay(5, cancellation);
            }
        }
    }

    /// <summary>Whether the right password opens nothing.</summary>
    public async Task<bool> IsKeptOutAsync(CancellationToken cancellation)
    {
        using var answer = await _http.PostAsync(
            "/api/auth/login", new StringContent(JsonSerializer.Serialize(new { email = User.Email, password = User.Password }), null, "application/json"), cancellation);
        return answer.StatusCode == HttpStatusCode.Forbidden;
    }

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        if (_page is not null)
        {
            await _page.AbandonAsync();
        }

        _visitor.Dispose();
        _http.Dispose();
    }
}
