using BlazorChat.Accounts;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Tests.Rooms;

public sealed class MembershipServiceTests
{
    [Fact]
    public async Task JoinAsync_PublicRoomFiveAtOnce_JoinsOnceAndWhatWasSaidBeforeIsNotUnread()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var id = await host.Rooms.CreateAsync(host.Ann, "Open", RoomKind.Public);
        await host.Messages.PostAsync(host.Ann, id, "before");
        using var ear = host.Listen(bob);

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => host.Memberships.JoinAsync(bob, id))));

        Assert.Single(await ear.DrainedAsync<MemberAdded>());
        var mine = Assert.Single(await host.RoomQueries.MineAsync(bob), r => r.Id == id);
        Assert.Equal((1, 0), (mine.LastSeq, mine.Unread));
    }

    [Fact]
    public async Task JoinAsync_PrivateUnknownOrArchived_IsRefused()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var hidden = await host.PrivateAsync(host.Ann);
        var past = await host.Rooms.CreateAsync(host.Ann, "Past", RoomKind.Public);
        await host.Rooms.SetArchivedAsync(host.Ann, past, true);

        var known = await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Memberships.JoinAsync(bob, hidden));
        var unknown = await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Memberships.JoinAsync(bob, 4711));
        Assert.Equal(unknown.Message, known.Message);
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Memberships.JoinAsync(bob, past));
    }

    [Fact]
    public async Task AddAsync_PrivateRoom_OnlyByItsManagersAndOnlyPeopleWhoExist()
    {
        await using var host = await ChatHost.StartAsync();
        var (bob, cem) = (await host.AddAsync("Bob"), await host.AddAsync("Cem"));
        var id = await host.PrivateAsync(bob);

        await host.Memberships.AddAsync(bob, id, [cem.UserId, cem.UserId, bob.UserId]);
        Assert.Equal(2, (await host.RoomQueries.MembersAsync(cem, id)).Count);
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Memberships.AddAsync(cem, id, [host.Ann.UserId]));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Memberships.AddAsync(bob, id, [host.Ann.UserId, 4711]));

        // An administrator who is not in it does not know of it.
        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Memberships.AddAsync(host.Ann, id, [host.Ann.UserId]));
        Assert.Equal(2, (await host.RoomQueries.MembersAsync(cem, id)).Count);
    }

    [Fact]
    public async Task LeaveAsync_LastManager_WhoIsThereLongestInherits()
    {
        await using var host = await ChatHost.StartAsync();
        var (bob, cem, dia) = (await host.AddAsync("Bob"), await host.AddAsync("Cem"), await host.AddAsync("Dia"));
        var id = await host.PrivateAsync(bob);
        host.Time.Advance(TimeSpan.FromMinutes(1));
        await host.Memberships.AddAsync(bob, id, [dia.UserId]);
        host.Time.Advance(TimeSpan.FromMinutes(1));
        await host.Memberships.AddAsync(bob, id, [cem.UserId]);

        await host.Memberships.LeaveAsync(bob, id);

        Assert.Equal([("Cem", false), ("Dia", true)], (await host.RoomQueries.MembersAsync(cem, id)).Select(m => (m.Person.Name, m.IsManager)));
        await host.Memberships.LeaveAsync(dia, id);
        await host.Memberships.LeaveAsync(cem, id);
        Assert.Equal(0, host.Scalar<long>($"SELECT count(*) FROM Memberships WHERE RoomId = {id}"));
    }

    [Fact]
    public async Task LeaveAsync_ManagerOfSeveral_MakesNobodyElseOne()
    {
        await using var host = await ChatHost.StartAsync();
        var (bob, cem) = (await host.AddAsync("Bob"), await host.AddAsync("Cem"));
        var id = await host.PrivateAsync(bob, cem, host.Ann);
        host.Execute($"UPDATE Memberships SET IsManager = 1 WHERE RoomId = {id} AND UserId = {cem.UserId}");

        await host.Memberships.LeaveAsync(bob, id);

        Assert.Equal(["Cem"], (await host.RoomQueries.MembersAsync(host.Ann, id)).Where(m => m.IsManager).Select(m => m.Person.Name));
    }

    [Fact]
    public async Task RemoveAsync_WhileEverythingIsOpen_TheExMemberHearsAndReachesNothing()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var id = await host.PrivateAsync(host.Ann, bob);
        var said = await host.Messages.PostAsync(bob, id, "while I am here");
        using var page = host.Listen(bob);
        using var sidebar = host.Listen(bob);
        await host.Watch.FollowAsync(page.Subscription, Topic.Room(id));
        await host.Watch.FollowAsync(page.Subscription, Topic.RoomSigns(id));
        await host.Watch.FollowAsync(page.Subscription, Topic.RoomState(id));
        await host.Watch.FollowMineAsync(sidebar.Subscription);

        await host.Memberships.RemoveAsync(host.Ann, id, bob.UserId);
        for (var i = 0; i < 100; i++)
        {
            await host.Messages.PostAsync(host.Ann, id, $"secret {i}");
        }

        host.Chat.Raise(new Typing(id, host.Ann.UserId, "Ann"));
        foreach (var ear in (Ear[])[page, sidebar])
        {
            Assert.DoesNotContain(await ear.DrainedAsync<ChatEvent>(), e => e.Topic.Audience is Audience.Room or Audience.RoomState or Audience.RoomSigns);
            Assert.Equal(id, Assert.Single(ear.Heard<MemberRemoved>()).RoomId);
        }

        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Watch.FollowAsync(page.Subscription, Topic.Room(id)));
        Assert.DoesNotContain(await host.Watch.FollowMineAsync(sidebar.Subscription), r => r.Id == id);
        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Messages.PostAsync(bob, id, "still?"));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Messages.EditAsync(bob, said.Id, "still?"));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.MessageQueries.NewestAsync(bob, id));
    }

    [Fact]
    public async Task RemoveAsync_OfOneWhoIsNotThereOrByAnOrdinaryMember_IsRefused()
    {
        await using var host = await ChatHost.StartAsync();
        var (bob, cem) = (await host.AddAsync("Bob"), await host.AddAsync("Cem"));
        var id = await host.PrivateAsync(host.Ann, bob);
        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Memberships.RemoveAsync(host.Ann, id, cem.UserId));
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Memberships.RemoveAsync(bob, id, host.Ann.UserId));
        await host.Memberships.RemoveAsync(bob, id, bob.UserId);
        Assert.DoesNotContain(await host.RoomQueries.MembersAsync(host.Ann, id), m => m.Person.Id == bob.UserId);
    }

    [Fact]
    public async Task FollowAsync_RemovedAtTheSameMoment_HearsNothingThatIsSaidAfter()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var id = await host.PrivateAsync(host.Ann);
        for (var round = 0; round < 25; round++)
        {
            await host.Memberships.AddAsync(host.Ann, id, [bob.UserId]);
            using var ear = host.Listen(bob);
            var follow = Task.Run(() => host.Watch.FollowAsync(ear.Subscription, Topic.Room(id)));
            await host.Memberships.RemoveAsync(host.Ann, id, bob.UserId);
            await host.Messages.PostAsync(host.Ann, id, "after");
            try
            {
                await follow;
            }
            catch (RefusedException refused)
            {
                Assert.Equal(Refusal.NotFound, refused.Refusal);
            }

            await host.Messages.PostAsync(host.Ann, id, "and after");
            Assert.Empty(await ear.DrainedAsync<MessagePosted>());
        }
    }

    [Fact]
    public async Task FollowAsync_OutsiderWhileOthersTalk_HearsNotOneWord()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var id = await host.PrivateAsync(host.Ann);
        using var ear = host.Listen(bob);
        var talking = true;
        var talk = Task.Run(async () =>
        {
            while (Volatile.Read(ref talking))
            {
                await host.Messages.PostAsync(host.Ann, id, "secret");
            }
        });
        for (var i = 0; i < 200; i++)
        {
            await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Watch.FollowAsync(ear.Subscription, Topic.Room(id)));
        }

        Volatile.Write(ref talking, false);
        await talk;
        Assert.Empty(await ear.DrainedAsync<MessagePosted>());
    }

    [Fact]
    public async Task FollowAsync_SessionEnded_IsRefusedAndEndsEverything()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        using var open = host.Listen(bob);
        await host.Watch.FollowAsync(open.Subscription, Topic.Room(host.General));

        await host.Sessions.EndAllAsync(bob);
        using var late = host.Listen(bob);

        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Watch.FollowAsync(late.Subscription, Topic.Room(host.General)));
        await ChatHost.RefusedAsync(Refusal.SignedOut, () => host.Watch.FollowMineAsync(late.Subscription));
        await host.Messages.PostAsync(host.Ann, host.General, "after");
        await open.HearsAsync<SessionEnded>();
        Assert.Empty(open.Heard<MessagePosted>());
        Assert.Empty(await late.DrainedAsync<MessagePosted>());
    }
}
