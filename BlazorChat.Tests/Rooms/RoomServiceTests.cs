using BlazorChat.Accounts;
using BlazorChat.Live;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Rooms;

public sealed class RoomServiceTests
{
    [Fact]
    public async Task CreateAsync_WithOthers_MakesARoomThatTheActorManagesAndTheyAreTold()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        using var ear = host.Listen(bob);

        var id = await host.Rooms.CreateAsync(host.Ann, "  Garden \n plans ", RoomKind.Private, "Beds", [bob.UserId, 4711]);

        var room = await host.RoomQueries.FindAsync(bob, id);
        Assert.Equal(("Garden plans", "Beds", RoomKind.Private, 2), (room.Name, room.Description, room.Kind, room.MemberCount));
        Assert.Equal((true, false), (room.CanPost, room.CanManage));
        Assert.True((await host.RoomQueries.FindAsync(host.Ann, id)).CanManage);
        Assert.Equal(id, Assert.Single(await ear.HearsAsync<MemberAdded>()).RoomId);
    }

    [Theory]
    [InlineData("Garden", "garden")]
    [InlineData("Übung", "Übung")]
    [InlineData("Übung", "übung")]
    public async Task CreateAsync_PublicNameTaken_IsAConflict(string first, string second)
    {
        await using var host = await ChatHost.StartAsync();
        var id = await host.Rooms.CreateAsync(host.Ann, first, RoomKind.Public);
        await ChatHost.RefusedAsync(Refusal.Conflict, () => host.Rooms.CreateAsync(host.Ann, second, RoomKind.Public));

        // Its own name, in other letters, it may take.
        await host.Rooms.UpdateAsync(host.Ann, id, second, "");
    }

    [Fact]
    public async Task CreateAsync_PrivateNameTaken_IsNotTold()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        await host.PrivateAsync(host.Ann);
        await host.Rooms.CreateAsync(bob, "Hidden", RoomKind.Public);
        Assert.NotEqual(0, await host.PrivateAsync(bob));
    }

    [Theory]
    [InlineData("", RoomKind.Public)]
    [InlineData(" \u200b# \n", RoomKind.Public)]
    [InlineData("Direct", RoomKind.Direct)]
    [InlineData("No such kind", (RoomKind)7)]
    public async Task CreateAsync_MalformedInput_IsInvalidAndMakesNothing(string name, RoomKind kind)
    {
        await using var host = await ChatHost.StartAsync();
        await ChatHost.RefusedAsync(Refusal.Invalid, () => host.Rooms.CreateAsync(host.Ann, name, kind));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => host.Rooms.CreateAsync(host.Ann, new string('a', Room.MaxNameLength + 1), RoomKind.Public));
        await ChatHost.RefusedAsync(
            Refusal.Invalid, () => host.Rooms.CreateAsync(host.Ann, "a", RoomKind.Public, new string('a', Room.MaxDescriptionLength + 1)));
        Assert.Equal(1, host.Scalar<long>("SELECT count(*) FROM Rooms"));
    }

    [Fact]
    public async Task UpdateAndArchive_ByAManager_AreToldToThoseWhoHaveItOpen()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var id = await host.PrivateAsync(host.Ann, bob);
        using var ear = host.Listen(bob, Topic.RoomState(id));

        await host.Rooms.UpdateAsync(host.Ann, id, "Found", "Not so hidden");
        await host.Rooms.SetArchivedAsync(host.Ann, id, true);
        await host.Rooms.SetArchivedAsync(host.Ann, id, false);

        Assert.Equal(
            [("Found", false), ("Found", true), ("Found", false)],
            (await ear.HearsAsync<RoomChanged>(3)).Select(e => (e.Name, e.IsArchived)));
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Rooms.UpdateAsync(bob, id, "Mine", ""));
    }

    [Fact]
    public async Task OpenDirectAsync_SameSetFiveAtOnceFromEitherSide_IsOneRoom()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var cem = await host.AddAsync("Cem");

        var ids = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => Task.Run(() => i % 2 == 0
            ? host.Rooms.OpenDirectAsync(bob, [cem.UserId, host.Ann.UserId, bob.UserId])
            : host.Rooms.OpenDirectAsync(cem, [host.Ann.UserId, bob.UserId, bob.UserId]))));

        Assert.Single(ids.Distinct());
        Assert.Equal(ids[0], await host.Rooms.OpenDirectAsync(host.Ann, [bob.UserId, cem.UserId]));
        Assert.NotEqual(ids[0], await host.Rooms.OpenDirectAsync(host.Ann, [bob.UserId]));
        Assert.Equal(3, (await host.RoomQueries.MembersAsync(cem, ids[0])).Count);
        Assert.Equal("Ann, Cem", (await host.RoomQueries.FindAsync(bob, ids[0])).Name);
    }

    [Fact]
    public async Task OpenDirectAsync_NobodyTooManyOrUnknown_IsRefused()
    {
        await using var host = await ChatHost.StartAsync();
        await ChatHost.RefusedAsync(Refusal.Invalid, () => host.Rooms.OpenDirectAsync(host.Ann, []));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => host.Rooms.OpenDirectAsync(host.Ann, [host.Ann.UserId]));
        await ChatHost.RefusedAsync(
            Refusal.Invalid, () => host.Rooms.OpenDirectAsync(host.Ann, [.. Enumerable.Range(100, Room.MaxDirectMembers).Select(i => (long)i)]));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Rooms.OpenDirectAsync(host.Ann, [4711]));
    }

    [Fact]
    public async Task Direct_AnyChange_IsForbiddenToEveryone()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var cem = await host.AddAsync("Cem");
        var id = await host.Rooms.OpenDirectAsync(host.Ann, [bob.UserId]);

        // Ann is an administrator, too: the rule holds even so.
        foreach (var actor in (Actor[])[host.Ann, bob])
        {
            await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Rooms.UpdateAsync(actor, id, "Public now", ""));
            await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Rooms.SetArchivedAsync(actor, id, true));
            await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Memberships.AddAsync(actor, id, [cem.UserId]));
            await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Memberships.LeaveAsync(actor, id));
        }

        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Memberships.RemoveAsync(host.Ann, id, bob.UserId));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Memberships.JoinAsync(cem, id));
        var room = await host.RoomQueries.FindAsync(bob, id);
        Assert.Equal((RoomKind.Direct, 2, false, false, false), (room.Kind, room.MemberCount, room.CanManage, room.CanAdd, room.CanLeave));
    }

    [Fact]
    public async Task RoomQueries_Outsider_FindsPublicRoomsOnly()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var hidden = await host.PrivateAsync(host.Ann);
        var open = await host.Rooms.CreateAsync(host.Ann, "Open", RoomKind.Public);
        var archived = await host.Rooms.CreateAsync(host.Ann, "Past", RoomKind.Public);
        await host.Rooms.SetArchivedAsync(host.Ann, archived, true);

        Assert.Equal([host.General], (await host.RoomQueries.MineAsync(bob)).Select(r => r.Id));
        Assert.Equal([(host.General, true), (open, false)], (await host.RoomQueries.BrowseAsync(bob)).Select(r => (r.Id, r.IsMember)));
        Assert.Equal([open], (await host.RoomQueries.BrowseAsync(bob, " oPe ")).Select(r => r.Id));
        Assert.Empty(await host.RoomQueries.BrowseAsync(bob, "%"));
        Assert.Empty(await host.RoomQueries.MembersAsync(bob, open));
        Assert.Empty(await host.RoomQueries.MembersAsync(bob, hidden));
        Assert.False((await host.RoomQueries.FindAsync(bob, open)).IsMember);

        var known = await ChatHost.RefusedAsync(Refusal.NotFound, () => host.RoomQueries.FindAsync(bob, hidden));
        var unknown = await ChatHost.RefusedAsync(Refusal.NotFound, () => host.RoomQueries.FindAsync(bob, 4711));
        Assert.Equal(unknown.Message, known.Message);
    }

    [Fact]
    public async Task MembersAndPeople_PartOfAName_FindsWordBeginnings()
    {
        await using var host = await ChatHost.StartAsync();
        var maria = await host.AddAsync("Ana Maria");
        await host.AddAsync("Marc_o");
        var cem = await host.AddAsync("Cem");
        var id = await host.PrivateAsync(host.Ann, maria);

        Assert.Equal(["Ana Maria"], (await host.RoomQueries.MembersAsync(host.Ann, id, "mar")).Select(m => m.Person.Name));
        Assert.Equal(["Marc_o"], (await host.RoomQueries.PeopleAsync(host.Ann, "mar", notInRoomId: id)).Select(p => p.Name));
        Assert.Equal(["Ana Maria", "Marc_o"], (await host.RoomQueries.PeopleAsync(cem, "MAR")).Select(p => p.Name));
        Assert.Empty(await host.RoomQueries.PeopleAsync(cem, "_"));
        Assert.DoesNotContain(await host.RoomQueries.PeopleAsync(cem, ""), p => p.Id == cem.UserId);
    }

    [Fact]
    public async Task PrepareDataAsync_Twice_ChangesNothing()
    {
        await using var first = await ChatHost.StartAsync();
        await first.Rooms.CreateAsync(first.Ann, "Open", RoomKind.Public);
        await using var second = await first.RestartAsync();
        await using var db = await second.OpenAsync();
        Assert.Empty(await db.Database.GetPendingMigrationsAsync());
        Assert.Equal(2, await db.Rooms.CountAsync());
    }
}
