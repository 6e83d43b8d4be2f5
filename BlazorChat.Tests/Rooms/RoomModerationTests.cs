using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Rooms;

public sealed class RoomModerationTests
{
    [Fact]
    public async Task MuteAsync_InARoom_SilencesThereUntilItsTimeIsOver_AcrossARestart()
    {
        await using var first = await ChatHost.StartAsync();
        var (bob, cem) = (await first.AddAsync("Bob"), await first.AddAsync("Cem"));
        var room = await first.PrivateAsync(bob, cem);
        using var ear = first.Listen(cem);
        var before = await first.Messages.PostAsync(cem, room, "before");

        await Moderation(first).MuteAsync(bob, room, cem.UserId, TimeSpan.FromMinutes(10), "  Calm\tdown.  ");

        Assert.Equal((room, cem.UserId), Assert.Single((await ear.HearsAsync<MuteChanged>()).Select(e => (e.RoomId, e.UserId))));
        var refused = await ChatHost.RefusedAsync(Refusal.Forbidden, () => first.Messages.PostAsync(cem, room, "hello"));
        Assert.Equal("You are muted in this room for 10 minutes more. Reason: Calmdown.", refused.Message);
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => first.Messages.EditAsync(cem, before.Id, "hello"));
        Assert.False(await first.RoomQueries.CanTypeAsync(cem, room));
        await first.Messages.PostAsync(cem, first.General, "elsewhere");
        var view = await first.RoomQueries.FindAsync(cem, room);
        Assert.Equal((false, Silence.Muted, "Calmdown."), (view.CanPost, view.Silence, view.MuteReason));
        Assert.Equal(first.Time.GetUtcNow().AddMinutes(10), view.MutedUntil);

        // Leaving and coming back ends nothing, nor does a restart.
        await first.Memberships.LeaveAsync(cem, room);
        await first.Memberships.AddAsync(bob, room, [cem.UserId]);
        await using var second = await first.RestartAsync();
        second.Time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        refused = await ChatHost.RefusedAsync(Refusal.Forbidden, () => second.Messages.PostAsync(cem, room, "hello"));
        Assert.Contains("for 1 second more", refused.Message, StringComparison.Ordinal);

        second.Time.Advance(TimeSpan.FromSeconds(1));
        await second.Messages.PostAsync(cem, room, "hello");
        Assert.True((await second.RoomQueries.FindAsync(cem, room)).CanPost);
    }

    [Fact]
    public async Task MuteAsync_Everywhere_SilencesInEveryRoomAndDirectly()
    {
        await using var host = await ChatHost.StartAsync();
        var (bob, cem) = (await host.AddAsync("Bob"), await host.AddAsync("Cem"));
        await host.Get<PeopleService>().SetRoleAsync(host.Ann, bob.UserId, Role.Moderator);
        var direct = await host.Rooms.OpenDirectAsync(cem, [host.Ann.UserId]);

        await Moderation(host).MuteAsync(bob, null, cem.UserId, TimeSpan.FromDays(3), "Spam.");

        Assert.Contains("everywhere for 3 days", (await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Messages.PostAsync(cem, direct, "x"))).Message, StringComparison.Ordinal);
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Messages.PostAsync(cem, host.General, "x"));
        Assert.NotNull((await host.RoomQueries.MembersAsync(bob, host.General)).Single(m => m.Person.Id == cem.UserId).MutedUntil);
        Assert.All(await host.RoomQueries.MembersAsync(cem, host.General), m => Assert.Null(m.MutedUntil));

        await Moderation(host).UnmuteAsync(bob, null, cem.UserId);
        await host.Messages.PostAsync(cem, host.General, "x");
        Assert.Equal(
            [(AuditAct.Muted, "Spam.", null, "until 2026-01-05 03:04 UTC"), (AuditAct.Unmuted, null, "until 2026-01-05 03:04 UTC", null)],
            (await LinesAsync(host, cem.UserId)).Select(l => (l.Act, l.Reason, l.Before, l.After)));
    }

    [Theory]
    [InlineData(0.9, "Spam.")]
    [InlineData(366 * 24 * 60, "Spam.")]
    [InlineData(-5, "Spam.")]
    [InlineData(10, " \t ")]
    [InlineData(10, null)]
    public async Task MuteAsync_TimeOrReasonOutOfBounds_IsRefused(double minutes, string? reason)
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        await ChatHost.RefusedAsync(Refusal.Invalid, () => Moderation(host).MuteAsync(host.Ann, host.General, bob.UserId, TimeSpan.FromMinutes(minutes), reason!));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => Moderation(host).MuteAsync(
            host.Ann, host.General, bob.UserId, TimeSpan.FromHours(1), new string('x', Mute.MaxReasonLength + 1)));
        await host.Messages.PostAsync(bob, host.General, "still here");
    }

    [Fact]
    public async Task MuteAsync_TwoModeratorsAtOnce_LeavesOneMuteAndBothOnRecord()
    {
        await using var host = await ChatHost.StartAsync();
        var (bob, cem) = (await host.AddAsync("Bob"), await host.AddAsync("Cem"));
        var room = await host.PrivateAsync(bob, cem, host.Ann);

        await Task.WhenAll(
            Task.Run(() => Moderation(host).MuteAsync(bob, room, cem.UserId, TimeSpan.FromHours(1), "One.")),
            Task.Run(() => Moderation(host).MuteAsync(host.Ann, room, cem.UserId, TimeSpan.FromHours(2), "Two.")));

        Assert.Equal(1, host.Scalar<long>("SELECT count(*) FROM Mutes"));
        Assert.Equal(["One.", "Two."], (await LinesAsync(host, cem.UserId)).Select(l => l.Reason).Order());

        await Task.WhenAll(
            Task.Run(() => Moderation(host).UnmuteAsync(bob, room, cem.UserId)), Task.Run(() => Moderation(host).UnmuteAsync(host.Ann, room, cem.UserId)));
        Assert.Equal(3, (await LinesAsync(host, cem.UserId)).Count);
        await host.Messages.PostAsync(cem, room, "x");
    }

    [Fact]
    public async Task DemotedModerator_WithThePageOpen_IsRefused()
    {
        await using var host = await ChatHost.StartAsync();
        var (bob, cem) = (await host.AddAsync("Bob"), await host.AddAsync("Cem"));
        await host.Get<PeopleService>().SetRoleAsync(host.Ann, bob.UserId, Role.Moderator);
        await Moderation(host).SetLockedAsync(bob, host.General, true);
        await host.Messages.PostAsync(bob, host.General, "quiet please");

        await host.Get<PeopleService>().SetRoleAsync(host.Ann, bob.UserId, Role.Member);

        await ChatHost.RefusedAsync(Refusal.Forbidden, () => Moderation(host).SetLockedAsync(bob, host.General, false));
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => Moderation(host).SlowDownAsync(bob, host.General, 5));
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => Moderation(host).MuteAsync(bob, host.General, cem.UserId, TimeSpan.FromHours(1), "x"));
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => Moderation(host).MuteAsync(bob, null, cem.UserId, TimeSpan.FromHours(1), "x"));
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Messages.PostAsync(bob, host.General, "still me"));
    }

    [Fact]
    public async Task SetLockedAsync_OnlyModeratorsPost_AndAScopedTokenIsNone()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var said = await host.Messages.PostAsync(bob, host.General, "before");
        using var ear = host.Listen(bob, Topic.RoomState(host.General));
        await host.Get<PeopleService>().SetRoleAsync(host.Ann, (await host.AddAsync("Dia")).UserId, Role.Administrator);
        var dia = (await host.RoomQueries.PeopleAsync(host.Ann, "Dia")).Single().Id;

        await Moderation(host).SetLockedAsync(host.Ann, host.General, true);
        await Moderation(host).SetLockedAsync(host.Ann, host.General, true);

        Assert.True(Assert.Single(await ear.DrainedAsync<RoomChanged>()).IsLocked);
        Assert.Equal(
            "This room is locked. Only its moderators can post.",
            (await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Messages.PostAsync(bob, host.General, "x"))).Message);
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Messages.EditAsync(bob, said.Id, "x"));
        await host.Messages.DeleteAsync(bob, said.Id);
        Assert.True((await host.RoomQueries.MineAsync(bob)).Single(r => r.Id == host.General).IsLocked);
        await host.Messages.PostAsync(host.Ann, host.General, "by the moderator of the room");
        await host.Messages.PostAsync(await host.SignInAsync(dia), host.General, "by an administrator");
        var script = await host.Sessions.StartAsync(new Session
        {
            UserId = dia, Kind = SessionKind.Token, Device = "script", Scopes = BlazorChat.Accounts.Tokens.Scope.Read | BlazorChat.Accounts.Tokens.Scope.Write,
        });
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Messages.PostAsync(new Actor(dia, script), host.General, "by their script"));

        await Moderation(host).SetLockedAsync(host.Ann, host.General, false);
        await host.Messages.PostAsync(bob, host.General, "x");
    }

    [Fact]
    public async Task SetModeratorAsync_RankDecides_AndTheRoomKeepsOne()
    {
        await using var host = await ChatHost.StartAsync();
        var (bob, cem, dia) = (await host.AddAsync("Bob"), await host.AddAsync("Cem"), await host.AddAsync("Dia"));
        var room = await host.PrivateAsync(bob, cem);

        await Moderation(host).SetModeratorAsync(bob, room, cem.UserId, true);
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => Moderation(host).SetModeratorAsync(cem, room, bob.UserId, false));
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Memberships.RemoveAsync(cem, room, bob.UserId));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => Moderation(host).SetModeratorAsync(bob, room, dia.UserId, true));

        await Moderation(host).SetModeratorAsync(bob, room, bob.UserId, false);
        Assert.Equal(["Cem"], await ModeratorsAsync(host, cem, room));
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => Moderation(host).SetLockedAsync(bob, room, true));

        // The last one who steps down is followed; alone in the room nobody could be.
        await Moderation(host).SetModeratorAsync(cem, room, cem.UserId, false);
        Assert.Equal(["Bob"], await ModeratorsAsync(host, cem, room));
        var alone = await host.PrivateAsync(dia);
        await ChatHost.RefusedAsync(Refusal.Conflict, () => Moderation(host).SetModeratorAsync(dia, alone, dia.UserId, false));
        Assert.Equal(["Dia"], await ModeratorsAsync(host, dia, alone));
    }

    [Fact]
    public async Task RemoveAsync_ByAModerator_IsOnRecordAndNobodyOfEqualRankIsRemoved()
    {
        await using var host = await ChatHost.StartAsync();
        var (bob, cem) = (await host.AddAsync("Bob"), await host.AddAsync("Cem"));
        await host.Get<PeopleService>().SetRoleAsync(host.Ann, bob.UserId, Role.Moderator);
        await host.Get<PeopleService>().SetRoleAsync(host.Ann, cem.UserId, Role.Moderator);

        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Memberships.RemoveAsync(bob, host.General, cem.UserId));
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Memberships.RemoveAsync(bob, host.General, host.Ann.UserId));
        await host.Get<PeopleService>().SetRoleAsync(host.Ann, cem.UserId, Role.Member);
        await host.Memberships.RemoveAsync(bob, host.General, cem.UserId);

        Assert.Equal((AuditAct.MemberRemoved, "Bob", host.General), (await LinesAsync(host, cem.UserId)).Where(l => l.Act == AuditAct.MemberRemoved).Select(l => (l.Act, l.ActorName, l.RoomId ?? 0)).Single());
    }

    [Fact]
    public async Task UpdateAndArchive_AreOnRecordWithBeforeAndAfter()
    {
        await using var host = await ChatHost.StartAsync();
        var room = await host.Rooms.CreateAsync(host.Ann, "Tea", RoomKind.Public, "Hot");

        await host.Rooms.UpdateAsync(host.Ann, room, "Coffee", "Hot");
        await host.Rooms.UpdateAsync(host.Ann, room, "Coffee", "Hot");
        await host.Rooms.SetArchivedAsync(host.Ann, room, true);
        await Moderation(host).SlowDownAsync(host.Ann, room, 60);

        await using var db = await host.OpenAsync();
        Assert.Equal(
            [
                (AuditAct.RoomChanged, "Tea · Hot", "Coffee · Hot"), (AuditAct.RoomChanged, "Coffee · Hot", "Coffee · Hot · archived"),
                (AuditAct.RoomSlowed, "off", "60 seconds"),
            ],
            (await db.AuditEntries.Where(e => e.RoomId == room).OrderBy(e => e.Id).ToListAsync()).Select(e => (e.Act, e.Before, e.After)));
    }

    [Fact]
    public async Task Block_EitherWay_EndsTheConversationOfTwoOnly()
    {
        await using var host = await ChatHost.StartAsync();
        var (bob, cem, dia) = (await host.AddAsync("Bob"), await host.AddAsync("Cem"), await host.AddAsync("Dia"));
        var pair = await host.Rooms.OpenDirectAsync(bob, [cem.UserId]);
        var three = await host.Rooms.OpenDirectAsync(bob, [cem.UserId, dia.UserId]);
        var other = await host.Rooms.OpenDirectAsync(bob, [dia.UserId]);
        var said = await host.Messages.PostAsync(cem, pair, "hello");
        host.Execute($"INSERT INTO Blocks (UserId, BlockedId, At) VALUES ({bob.UserId}, {cem.UserId}, 0)");

        var refused = await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Messages.PostAsync(cem, pair, "x"));
        Assert.Equal(refused.Message, (await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Messages.PostAsync(bob, pair, "x"))).Message);
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Messages.EditAsync(cem, said.Id, "x"));
        Assert.Equal(Silence.Blocked, (await host.RoomQueries.FindAsync(bob, pair)).Silence);
        await host.Messages.PostAsync(cem, three, "x");
        await host.Messages.PostAsync(bob, other, "x");
        await host.Messages.PostAsync(cem, host.General, "x");
    }

    [Fact]
    public async Task Banned_WhoStillHasASession_IsSignedOutToTheWriter_UntilItIsOver()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var said = await host.Messages.PostAsync(bob, host.General, "x");
        await using (var db = await host.OpenAsync())
        {
            await db.Users.Where(u => u.Id == bob.UserId).ExecuteUpdateAsync(s => s.SetProperty(u => u.BannedUntil, host.Time.GetUtcNow().AddHours(1)));
        }

        await ChatHost.RefusedAsync(Refusal.SignedOut, () => host.Messages.PostAsync(bob, host.General, "y"));
        await ChatHost.RefusedAsync(Refusal.SignedOut, () => host.Messages.EditAsync(bob, said.Id, "y"));
        host.Time.Advance(TimeSpan.FromHours(1));
        await host.Messages.PostAsync(bob, host.General, "y");
    }

    [Fact]
    public async Task Guest_KnowsOfTheirRoomsAndTheirPeopleOnly()
    {
        await using var host = await ChatHost.StartAsync();
        var (bob, cem, gus) = (await host.AddAsync("Bob"), await host.AddAsync("Cem"), await host.AddAsync("Gus"));
        var room = await host.PrivateAsync(bob, gus);
        await host.Memberships.LeaveAsync(gus, host.General);
        await host.Get<PeopleService>().SetRoleAsync(host.Ann, gus.UserId, Role.Guest);

        Assert.Empty(await host.RoomQueries.BrowseAsync(gus));
        Assert.Equal(["Bob"], (await host.RoomQueries.PeopleAsync(gus, "")).Select(p => p.Name));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.RoomQueries.FindAsync(gus, host.General));
        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Memberships.JoinAsync(gus, host.General));
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Rooms.CreateAsync(gus, "Mine", RoomKind.Private));
        var unknown = await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Rooms.OpenDirectAsync(gus, [4711]));
        Assert.Equal(unknown.Message, (await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Rooms.OpenDirectAsync(gus, [cem.UserId]))).Message);
        await ChatHost.RefusedAsync(Refusal.NotFound, () => host.Rooms.OpenDirectAsync(gus, [bob.UserId, cem.UserId]));
        await host.Messages.PostAsync(gus, await host.Rooms.OpenDirectAsync(gus, [bob.UserId]), "hello");
        await host.Messages.PostAsync(gus, room, "hello");

        // A conversation that somebody else opened is one of their rooms.
        await host.Rooms.OpenDirectAsync(cem, [gus.UserId]);
        Assert.Equal(["Bob", "Cem"], (await host.RoomQueries.PeopleAsync(gus, "")).Select(p => p.Name));
    }

    private static RoomModeration Moderation(ChatHost host) => host.Get<RoomModeration>();

    private static async Task<List<AuditEntry>> LinesAsync(ChatHost host, long personId)
    {
        await using var db = await host.OpenAsync();
        return await db.AuditEntries.Where(e => e.PersonId == personId && e.Act != AuditAct.RoleChanged).OrderBy(e => e.Id).ToListAsync();
    }

    private static async Task<IEnumerable<string>> ModeratorsAsync(ChatHost host, Actor actor, long roomId) =>
        (await host.RoomQueries.MembersAsync(actor, roomId)).Where(m => m.IsManager).Select(m => m.Person.Name);
}
