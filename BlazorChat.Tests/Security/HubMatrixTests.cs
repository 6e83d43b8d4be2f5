using BlazorChat.Accounts;
using BlazorChat.Tests.Accounts;
using BlazorChat.Tests.Api;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace BlazorChat.Tests.Security;

/// <summary>The same matrix by the hub: every method, by every role's token, is done or refused as the operation behind it.</summary>
public sealed class HubMatrixTests
{
    /// <summary>The method, the operation that it leads to, and its arguments. Reading is noted for nobody who is not in the room, and leaving is anybody's.</summary>
    private static readonly (string Method, string Operation, Func<World, object?[]> Arguments)[] Calls =
    [
        ("DeleteMessage", "MessageService.DeleteAsync", w => [w.Message]),
        ("RemoveMessage", "MessageService.DeleteAsync", w => [w.Message, "Off topic."]),
        ("EditMessage", "MessageService.EditAsync", w => [w.Message, "hello"]),
        ("GetMessages", "MessageQueries.AfterAsync", w => [w.Room, 0L, 10]),
        ("JoinRoom", "RoomWatch.FollowAsync", w => [w.Room]),
        ("SendMessage", "MessageService.SendAsync", w => [w.Room, "hello", null]),
        ("SendReply", "MessageService.SendAsync", w => [w.Room, "hello", null, w.Message]),
        ("MarkRead", "ReadPointers.AdvanceAsync", w => [w.Room, 2L]),
        ("LeaveRoom", "SessionRegistry.IsActiveAsync", w => [w.Room]),
        ("Typing", "RoomQueries.IsMemberAsync", w => [w.Room]),
    ];

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Method_ByEveryRole_IsDoneOrRefusedAsItsOperation(string method)
    {
        var world = await World.GetAsync();
        var (_, operation, arguments) = Calls.Single(c => c.Method == method);
        var expected = OperationMatrixTests.Expected(operation);
        List<string> wrong = [];
        await using var site = await Site.StartAsync(world.Database, [.. ChatHost.NoLimits.Select(l => $"--{l.Key}={l.Value}")]);

        // First those who are refused, so that nothing has changed yet.
        foreach (var role in Enumerable.Range(0, expected.Length).OrderBy(i => expected[i] == '+'))
        {
            var done = await CallAsync(site, world, role);
            if (done != expected[role] is '+' && role != 6 || done && role == 6)
            {
                wrong.Add($"{World.Roles[role]}: {(done ? "done" : "refused")}");
            }
        }

        Assert.Empty(wrong);

        async Task<bool> CallAsync(Site at, World w, int role)
        {
            using var client = new ApiClient(at.Address, w.Tokens[role], w.Actors[role], World.Roles[role]);
            try
            {
                await using var hub = await client.ConnectAsync();
                await hub.InvokeCoreAsync(method, arguments(w));
                return true;
            }
            catch (Exception e) when (e is HubException or HttpRequestException)
            {
                return false;
            }
        }
    }

    [Fact]
    public void Methods_EveryOne_IsListed() => Assert.Equal(SurfaceTests.HubMethods.Order(), Calls.Select(c => c.Method).Order());

    public static TheoryData<string> Methods() => [.. Calls.Select(c => c.Method)];
}
