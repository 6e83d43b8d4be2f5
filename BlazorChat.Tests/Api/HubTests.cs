using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using BlazorChat.Api;
using BlazorChat.Live;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Api;

/// <summary>The contract's hub, by Microsoft's client and frame by frame.</summary>
public sealed class HubTests(ApiSite site) : ApiTest(site)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SendEditDelete_ByEitherProtocol_AreAnswered_AndHeardByWhoFollows(bool messagePack)
    {
        using var bob = await Site.JoinAsync("Bob");
        using var eve = await Site.JoinAsync("Eve");
        var room = await Site.PrivateRoomAsync(bob, eve);
        await using var sender = await bob.ConnectAsync(messagePack);
        await using var listener = await eve.ConnectAsync(messagePack);
        var (posted, edited, deleted) = (new List<MessageBody>(), new List<MessageBody>(), new List<DeletedBody>());
        listener.On<MessageBody>("newMessage", posted.Add);
        listener.On<MessageBody>("messageEdited", edited.Add);
        listener.On<DeletedBody>("messageDeleted", deleted.Add);
        Assert.Equal(new JoinedBody(room, 0), await listener.InvokeAsync<JoinedBody>("JoinRoom", room));

        var first = await sender.InvokeAsync<MessageBody>("SendMessage", room, "Hello **you**", "c-1");
        Assert.Equal((room, 1, bob.Actor.UserId, bob.Name, "Hello **you**", "c-1"), (first.RoomId, first.Seq, first.SenderId, first.SenderName, first.Text, first.ClientMessageId));
        Assert.Contains("<strong>you</strong>", first.Html, StringComparison.Ordinal);
        Assert.Equal(DateTimeKind.Utc, first.SentAt.Kind);
        Assert.Equal(first, await sender.InvokeAsync<MessageBody>("SendMessage", room, "again", "c-1"));
        var reply = await sender.InvokeAsync<MessageBody>("SendReply", room, "And me", null, first.Id);
        Assert.Equal(first.Id, reply.ReplyToId);
        var changed = await sender.InvokeAsync<MessageBody>("EditMessage", first.Id, "changed");
        Assert.Equal("changed", changed.Text);
        await sender.InvokeAsync("DeleteMessage", first.Id);

        await Wait.Until(() => deleted.Count == 1);
        Assert.Equal([first, reply], posted);
        Assert.Equal([changed], edited);
        Assert.Equal([new DeletedBody(first.Id, room, 1)], deleted);

        var page = await listener.InvokeAsync<MessagesBody>("GetMessages", room, 1, 10);
        Assert.Equal([reply with { ReplyToId = first.Id }], page.Messages);
        Assert.False(page.HasMore);
        Assert.True((await listener.InvokeAsync<MessagesBody>("GetMessages", room, 0, 1)).HasMore);
        await listener.InvokeAsync("MarkRead", room, 2);
        Assert.Equal(0, (await eve.GetAsync("/api/rooms")).Ok().EnumerateArray().Single(r => r.GetProperty("id").GetInt64() == room).GetProperty("unread").GetInt64());

        await listener.InvokeAsync("LeaveRoom", room);
        await sender.InvokeAsync<MessageBody>("SendMessage", room, "unheard", null);
        Assert.Equal(3, (await listener.InvokeAsync<JoinedBody>("JoinRoom", room)).LastSeq);
        await sender.InvokeAsync<MessageBody>("SendMessage", room, "heard", null);
        await Wait.Until(() => posted.Count == 3);
        Assert.Equal("heard", posted[2].Text);
    }

    [Fact]
    public async Task Events_FrameByFrame_HaveTheContractsNamesAndShapes()
    {
        using var bob = await Site.JoinAsync("Bob");
        using var eve = await Site.JoinAsync("Eve");
        var room = await Site.PrivateRoomAsync(bob, eve);
        using var listener = await eve.RawAsync();
        Assert.Equal($$"""{"roomId":{{room}},"lastSeq":0}""", (await listener.InvokeAsync("JoinRoom", room)).GetRawText());
        using var sender = await bob.RawAsync();
        await sender.InvokeAsync("JoinRoom", room);
        Assert.Equal($$"""{"userId":{{bob.Actor.UserId}},"state":"online"}""", (await listener.HearsAsync("presence", p => p.GetProperty("userId").GetInt64() == bob.Actor.UserId)).GetRawText());

        var sent = await sender.InvokeAsync("SendMessage", room, "shape", "c-1");
        Assert.Equal(sent.GetRawText(), (await listener.HearsAsync("newMessage")).GetRawText());
        Assert.Equal(sent.GetRawText(), (await sender.HearsAsync("newMessage")).GetRawText());
        Assert.True(JsonElement.DeepEquals((await bob.GetAsync($"/api/rooms/{room}/messages")).Ok().GetProperty("messages")[0], sent));
        Assert.EndsWith("Z", sent.GetProperty("sentAt").GetString(), StringComparison.Ordinal);

        await sender.InvokeAsync("Typing", room);
        Assert.Equal(
            $$"""{"roomId":{{room}},"userId":{{bob.Actor.UserId}},"name":"{{bob.Name}}"}""", (await listener.HearsAsync("typing")).GetRawText());
        var id = sent.GetProperty("id").GetInt64();
        var edited = await sender.InvokeAsync("EditMessage", id, "other");
        Assert.Equal(edited.GetRawText(), (await listener.HearsAsync("messageEdited")).GetRawText());
        await sender.InvokeAsync("DeleteMessage", id);
        Assert.Equal($$"""{"id":{{id}},"roomId":{{room}},"seq":1}""", (await listener.HearsAsync("messageDeleted")).GetRawText());

        // Not to oneself, though later events have come.
        await sender.HearsAsync("messageDeleted");
        Assert.Empty(sender.Heard("typing"));

        (await bob.DeleteAsync($"/api/rooms/{room}/members/{eve.Actor.UserId}")).NoContent();
        Assert.Equal($$"""{"roomId":{{room}}}""", (await listener.HearsAsync("removedFromRoom")).GetRawText());
    }

    [Fact]
    public async Task Presence_OfSomebodyWhoGoes_IsTold_AndTheirConnectionIsGoneFromTheSwitchboard()
    {
        using var bob = await Site.JoinAsync("Bob");
        using var eve = await Site.JoinAsync("Eve");
        var room = await Site.PrivateRoomAsync(bob, eve);
        using var listener = await eve.RawAsync();
        await listener.InvokeAsync("JoinRoom", room);
        var hub = await bob.ConnectAsync();
        await hub.InvokeAsync<JoinedBody>("JoinRoom", room);
        await listener.HearsAsync("presence", IsBob("online"));
        Assert.Equal(1, Site.Chat.ConnectionsOf(bob.Actor.UserId));
        var members = (await eve.GetAsync($"/api/rooms/{room}/members")).Ok().EnumerateArray().ToDictionary(m => m.GetProperty("id").GetInt64(), m => m.GetProperty("presence").GetString());
        Assert.Equal("online", members[bob.Actor.UserId]);

        await hub.DisposeAsync();
        await Wait.Until(() => Site.Chat.ConnectionsOf(bob.Actor.UserId) == 0);

        // And one that ends without a word.
        using (var raw = await bob.RawAsync())
        {
            Assert.Equal(1, Site.Chat.ConnectionsOf(bob.Actor.UserId));
        }

        await Wait.Until(() => Site.Chat.ConnectionsOf(bob.Actor.UserId) == 0);
        await listener.HearsAsync("presence", IsBob("offline"));

        // Who comes later is told who is here.
        using var late = await bob.RawAsync();
        await late.InvokeAsync("JoinRoom", room);
        await late.HearsAsync("presence", p => p.GetProperty("userId").GetInt64() == eve.Actor.UserId && p.GetProperty("state").GetString() == "online");

        Func<JsonElement, bool> IsBob(string state) =>
            p => p.GetProperty("userId").GetInt64() == bob.Actor.UserId && p.GetProperty("state").GetString() == state;
    }

    [Fact]
    public async Task Connecting_ByHeaderOrQueryString_WithOrWithoutNegotiation_Works_AndWithoutATokenIs401()
    {
        using var bob = await Site.JoinAsync("Bob");
        await using (var byHeader = await bob.ConnectAsync())
        {
            Assert.Empty((await byHeader.InvokeAsync<MessagesBody>("GetMessages", Site.General, long.MaxValue, 1)).Messages);
        }

        using (var byQuery = await bob.RawAsync())
        {
            Assert.Equal(0, (await byQuery.InvokeAsync("GetMessages", Site.General, long.MaxValue, 1)).GetProperty("messages").GetArrayLength());
        }

        await using (var negotiatedByQuery = new HubConnectionBuilder().WithUrl(new Uri(Site.Address, $"/hubs/chat?access_token={bob.Token}")).Build())
        {
            await negotiatedByQuery.StartAsync();
            await negotiatedByQuery.InvokeAsync<JoinedBody>("JoinRoom", Site.General);
        }

        foreach (var token in (string?[])[null, "x", bob.Token![..^1] + "_", "bcp_" + new string('A', 43)])
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(token));
        }
    }

    [Theory]
    [InlineData("http://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    [InlineData("https://127.0.0.1", HttpStatusCode.Forbidden)]
    [InlineData("http://127.0.0.1:1", HttpStatusCode.Forbidden)]
    [InlineData("http://sibling.127.0.0.1", HttpStatusCode.Forbidden)]
    [InlineData("http://127.0.0.1.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("same", HttpStatusCode.SwitchingProtocols)]
    public async Task WebSocket_FromAnotherOrigin_Is403(string origin, HttpStatusCode status)
    {
        using var bob = await Site.JoinAsync("Bob");
        Assert.Equal(status, await StatusAsync(bob.Token, origin == "same" ? Site.Address.GetLeftPart(UriPartial.Authority) : origin));
    }

    [Fact]
    public async Task JoinRoom_NotAMember_FailsAsForARoomThatDoesNotExist_WithoutInternals()
    {
        using var bob = await Site.JoinAsync("Bob");
        using var eve = await Site.JoinAsync("Eve");
        var room = await Site.PrivateRoomAsync(bob);
        var message = (await bob.SayAsync(room, "x")).GetProperty("id").GetInt64();
        using var hub = await eve.RawAsync();
        (string Method, Func<long, object?[]> Arguments)[] calls =
        [
            ("JoinRoom", id => [id]), ("SendMessage", id => [id, "x", null]), ("SendReply", id => [id, "x", null, message]), ("Typing", id => [id]),
            ("GetMessages", id => [id, 0, 10]),
        ];
        foreach (var (method, arguments) in calls)
        {
            var refused = await hub.RefusedAsync(method, arguments(room));
            Assert.Equal(await hub.RefusedAsync(method, arguments(987_654_321)), refused);
            Assert.EndsWith("HubException: This room was not found.", refused, StringComparison.Ordinal);
        }

        Assert.Equal(await hub.RefusedAsync("EditMessage", 987_654_321, "x"), await hub.RefusedAsync("EditMessage", message, "x"));
        Assert.Equal(await hub.RefusedAsync("DeleteMessage", 987_654_321), await hub.RefusedAsync("DeleteMessage", message));
        Assert.Equal((await hub.CompletedAsync("MarkRead", 987_654_321, 5)).TryGetProperty("error", out _), (await hub.CompletedAsync("MarkRead", room, 5)).TryGetProperty("error", out _));
        Assert.Equal((await hub.CompletedAsync("LeaveRoom", 987_654_321)).TryGetProperty("error", out _), (await hub.CompletedAsync("LeaveRoom", room)).TryGetProperty("error", out _));

        await using var connection = await eve.ConnectAsync();
        foreach (var (method, arguments) in ((string, object?[])[])
            [("SendMessage", [Site.General, "", null]), ("SendMessage", [Site.General, new string('x', 10_001), null]), ("SendMessage", [Site.General, "x", ""]),
             ("GetMessages", [Site.General, 0, 0]), ("GetMessages", [Site.General, 0, 201]), ("SendMessage", ["x", 5, null]), ("Nothing", []), ("JoinRoom", [])])
        {
            var error = await Assert.ThrowsAsync<HubException>(() => connection.InvokeCoreAsync(method, typeof(object), arguments));
            Assert.DoesNotContain("   at ", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("BlazorChat", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("System.", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task MoreConnectionsThanAPersonMayHave_AreEnded_AndOthersGoOn()
    {
        var most = Site.Get<ConnectionLimits>().HubConnections;
        Assert.Equal(50, most);
        using var bob = await Site.JoinAsync("Bob");
        using var tab = Site.Chat.Connect(bob.Actor, ConnectionKind.Circuit);
        List<RawHub> hubs = [];
        for (var i = 0; i < most; i++)
        {
            hubs.Add(await bob.RawAsync());
        }

        await Wait.Until(() => Site.Chat.ConnectionsOf(bob.Actor.UserId) == most + 1);
        using (var one = await bob.RawAsync())
        {
            await one.Closed.WaitAsync(Wait.Limit);
            Assert.Contains(one.Records, r => r.Contains("You have 50 connections open. Close one before you open another.", StringComparison.Ordinal));
        }

        await hubs[0].InvokeAsync("JoinRoom", Site.General);
        hubs[1].Dispose();
        await Wait.Until(() => Site.Chat.ConnectionsOf(bob.Actor.UserId) == most);
        using var another = await bob.RawAsync();
        await another.InvokeAsync("JoinRoom", Site.General);
        hubs.ForEach(h => h.Dispose());
    }

    private async Task<HttpStatusCode> StatusAsync(string? token, string? origin = null)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (origin is not null)
        {
            socket.Options.SetRequestHeader("Origin", origin);
        }

        try
        {
            await socket.ConnectAsync(RawHub.AddressOf(Site.Address, token), CancellationToken.None);
        }
        catch (WebSocketException)
        {
            // The status says why.
        }

        return socket.HttpStatusCode;
    }
}
