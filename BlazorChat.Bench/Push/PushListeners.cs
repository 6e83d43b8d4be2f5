using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using BlazorChat.Bench.Server;
using BlazorChat.Tests.Notifications;

namespace BlazorChat.Bench.Push;

/// <summary>
/// Rooms that everybody with a browser is in, and who speaks there. A round is a message in each; the next begins when all have it,
/// because a newer message of a room would take the place of one that waits.
/// </summary>
internal sealed class PushListeners(HttpClient http, IReadOnlyList<PushBrowser> browsers, SeedUser speaker, IReadOnlyList<long> rooms)
{
    private static readonly TimeSpan RoundLimit = TimeSpan.FromMinutes(2);

    private readonly List<long> _messages = [];

    /// <summary>Notifications that were to come so far.</summary>
    public int Expected => _messages.Count * browsers.Count;

    private int Arrived => browsers.Sum(b => b.Arrived);

    /// <summary>Makes the rooms and registers a browser for each listener.</summary>
    public static async Task<PushListeners> GatherAsync(
        HttpClient http, PushService push, IReadOnlyList<SeedUser> listeners, SeedUser speaker, int rooms, CancellationToken cancellation)
    {
        List<long> ids = [];
        for (var i = 0; i < rooms; i++)
        {
            var room = await PostAsync(http, speaker, "/api/rooms", new { name = $"Round table {i}", kind = "private", memberIds = listeners.Select(l => l.Id) }, cancellation);
            ids.Add(room.GetProperty("id").GetInt64());
        }

        PushBrowser[] browsers = [.. listeners.Select(_ => push.NewBrowser())];
        await Parallel.ForEachAsync(
            listeners.Zip(browsers), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellation },
            async (pair, cancel) => await PostAsync(http, pair.First, "/api/push/subscriptions", pair.Second.Registration, cancel));
        return new PushListeners(http, browsers, speaker, ids);
    }

    /// <summary>Says something in each room, and waits until every browser has been told of all of it, or for two minutes.</summary>
    public async Task RoundAsync(CancellationToken cancellation)
    {
        foreach (var room in rooms)
        {
            var message = await PostAsync(http, speaker, $"/api/rooms/{room}/messages", new { text = "Dinner is ready: who is coming, and who brings the bread?" }, cancellation);
            _messages.Add(message.GetProperty("id").GetInt64());
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(RoundLimit);
        while (Arrived < Expected && !limit.IsCancellationRequested)
        {
            await Task.Delay(5, CancellationToken.None);
        }

        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>Reads everything that came, as the browsers would: what is missing, and what came twice.</summary>
    public (int Missing, int Doubled) Count()
    {
        var (missing, doubled) = (0, 0);
        foreach (var browser in browsers)
        {
            long[] told = [.. browser.ReadPutBy().Select(p => p.Json.GetProperty("messageId").GetInt64())];
            missing += _messages.Except(told).Count();
            doubled += told.Length - told.Distinct().Count();
        }

        return (missing, doubled);
    }

    /// <summary>Posts as somebody.</summary>
    public static async Task<JsonElement> PostAsync(HttpClient http, SeedUser user, string path, object body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", user.RequiredToken);
        using var answer = await http.SendAsync(request, cancellation);
        return answer.IsSuccessStatusCode
            ? await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation)
            : throw new InvalidOperationException($"{path} gave {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellation)}");
    }
}
