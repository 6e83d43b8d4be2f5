#:package Microsoft.AspNetCore.SignalR.Client@10.0.12
#:property PublishAot=false
// dotnet run Client.cs https://chat.example.com ROOM, with a token in CHAT_TOKEN: prints what is said in a room, posts what you type.
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
var (room, last, turn) = (long.Parse(args[1]), -1L, new Lock());
await using var hub = new HubConnectionBuilder()
    .WithUrl(args[0] + "/hubs/chat", options => options.AccessTokenProvider = () => Task.FromResult(Environment.GetEnvironmentVariable("CHAT_TOKEN")))
    .WithAutomaticReconnect([.. Enumerable.Repeat(TimeSpan.FromSeconds(1), 3600)])
    .Build();
hub.On<JsonElement>("newMessage", message => last < 0 || Show(message) ? Task.CompletedTask : CatchUp());
hub.On<JsonElement>("resync", _ => CatchUp()); // Too slow for everything to be sent: fetch it.
hub.Reconnected += _ => Join();
await hub.StartAsync();
await Join();
while (await Console.In.ReadLineAsync() is { } line) await Send(line, Guid.NewGuid().ToString());
async Task Join()
{
    var lastSeq = (await hub.InvokeAsync<JsonElement>("JoinRoom", room)).GetProperty("lastSeq").GetInt64();
    if (last < 0) { last = lastSeq; Console.WriteLine("Joined."); }
    await CatchUp();
}
async Task CatchUp()
{
    for (var page = default(JsonElement); page.ValueKind == 0 || page.GetProperty("hasMore").GetBoolean();)
        foreach (var message in (page = await hub.InvokeAsync<JsonElement>("GetMessages", room, last, 100)).GetProperty("messages").EnumerateArray()) Show(message);
}
bool Show(JsonElement message) // A room's numbers have no gaps: what does not follow the last one is known, or something is missing.
{
    var seq = message.GetProperty("seq").GetInt64();
    lock (turn) if (seq == last + 1) Console.WriteLine($"{last = seq} {message.GetProperty("senderName")}: {message.GetProperty("text")}");
    return seq <= last;
}
async Task Send(string text, string id)
{
    try { await hub.InvokeAsync("SendMessage", room, text, id); }
    catch (Microsoft.AspNetCore.SignalR.HubException refused) { Console.Error.WriteLine(refused.Message); }
    catch (Exception) { await Task.Delay(1000); await Send(text, id); } // Not connected: the same id again stores nothing twice.
}
