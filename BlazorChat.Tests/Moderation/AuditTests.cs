using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Bots;
using BlazorChat.Moderation.History;
using BlazorChat.Rooms;

namespace BlazorChat.Tests.Moderation;

public sealed class AuditTests : IAsyncLifetime
{
    private ChatHost _host = null!;

    private AuditQueries Audit => _host.Get<AuditQueries>();

    public async ValueTask InitializeAsync() => _host = await ChatHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Everything_DoneToOthers_IsOnRecord()
    {
        var bob = await _host.AddAsync("Bob");
        var robo = await _host.Get<BotService>().CreateAsync(_host.Ann, "Robo");
        await _host.Get<BotService>().RenameAsync(_host.Ann, robo.Id, "Robot");
        var token = await _host.Get<TokenService>().CreateForBotAsync(_host.Ann, robo.Id, "script", Scope.Read);
        await _host.Get<TokenService>().RevokeForBotAsync(_host.Ann, robo.Id, token.View.Id);
        await _host.Get<OutgoingWebhooks>().SetAsync(_host.Ann, robo.Id, "https://bots.example/with?secret=1");
        await _host.Get<OutgoingWebhooks>().RotateSecretAsync(_host.Ann, robo.Id);
        await _host.Get<OutgoingWebhooks>().RemoveAsync(_host.Ann, robo.Id);
        await _host.Get<BotService>().DeactivateAsync(_host.Ann, robo.Id);
        var invite = await _host.Get<InviteService>().CreateAsync(_host.Ann, 3, 5);
        await _host.Get<InviteService>().RevokeAsync(_host.Ann, invite.Id);
        await _host.Get<InviteService>().RevokeAsync(_host.Ann, invite.Id);
        var seen = new CommunityChoices("Harbour");
        await _host.Get<CommunityService>().SaveAsync(_host.Ann, seen with { Name = "Port", RetentionDays = 90 }, seen);
        var room = await _host.Rooms.CreateAsync(_host.Ann, "Lobby", RoomKind.Public);
        await _host.Get<RoomDirectory>().SetDefaultAsync(_host.Ann, room, true);
        await _host.Get<PersonSessions>().EndAsync(_host.Ann, bob.UserId, bob.SessionId);
        await _host.Get<PeopleService>().TurnOffTwoFactorAsync(_host.Ann, bob.UserId);
        await _host.Get<PeopleService>().SetRoleAsync(_host.Ann, bob.UserId, Role.Moderator);

        var log = (await Audit.ListAsync(_host.Ann, AuditFilter.None)).Rows.Select(r => r.Entry).Reverse()
            .Select(e => (e.Act, e.SubjectName, e.Before, e.After)).ToList();

        Assert.Equal(
            [
                (AuditAct.InviteMade, "Invite 1", null, "1 people, 1 days"),
                (AuditAct.BotMade, "Robo", null, null),
                (AuditAct.BotChanged, "Robot", "Name: Robo", "Name: Robot"),
                (AuditAct.TokenMade, "Robot", null, "script: read"),
                (AuditAct.TokenRevoked, "Robot", "script", null),
                (AuditAct.BotChanged, "Robot", null, "Webhook: bots.example"),
                (AuditAct.BotChanged, "Robot", "Webhook: bots.example", "Webhook: bots.example, with a new secret"),
                (AuditAct.BotChanged, "Robot", "Webhook: bots.example", null),
                (AuditAct.BotEnded, "Robot", null, null),
                (AuditAct.InviteMade, "Invite 2", null, "5 people, 3 days"),
                (AuditAct.InviteRevoked, "Invite 2", "0 of 5 used", null),
                (AuditAct.SettingChanged, "Name", "Harbour", "Port"),
                (AuditAct.SettingChanged, "Retention", "for good", "90 days"),
                (AuditAct.SettingChanged, "Default room: Lobby", "no", "yes"),
                (AuditAct.SignedOut, "Bob", "a test", null),
                (AuditAct.TwoFactorTurnedOff, "Bob", null, null),
                (AuditAct.RoleChanged, "Bob", "Member", "Moderator"),
            ],
            log);
        Assert.False(await _host.Sessions.IsActiveAsync(bob));
    }

    [Fact]
    public async Task ListAsync_Pages_HaveEveryEntryOnceNewestFirst()
    {
        Fill(230);
        List<long> ids = [];
        long? before = null;
        do
        {
            var slice = await Audit.ListAsync(_host.Ann, AuditFilter.None, before);
            ids.AddRange(slice.Rows.Select(r => r.Entry.Id));
            before = slice.Next;
        }
        while (before is not null);

        Assert.Equal(Enumerable.Range(1, 230).Reverse().Select(i => (long)i), ids);
    }

    [Theory]
    [InlineData(1L, null, null, null)]
    [InlineData(null, 3L, null, null)]
    [InlineData(null, null, AuditAct.Muted, null)]
    [InlineData(1L, 3L, null, null)]
    [InlineData(2L, null, AuditAct.Banned, 1L)]
    [InlineData(2L, 4L, AuditAct.Muted, 2L)]
    public async Task ListAsync_Narrowed_IsWhatMatches(long? who, long? whom, AuditAct? act, long? room)
    {
        Fill(500);
        await using var db = await _host.OpenAsync();
        var from = DateTimeOffset.FromUnixTimeMilliseconds(1_000 * 100);
        var until = DateTimeOffset.FromUnixTimeMilliseconds(1_000 * 400);
        var expected = db.AuditEntries.AsEnumerable().Where(e =>
            (who ?? e.ActorId) == e.ActorId && (whom ?? e.PersonId) == e.PersonId && (act ?? e.Act) == e.Act && (room ?? e.RoomId) == e.RoomId
            && e.At >= from && e.At < until).Select(e => e.Id).OrderDescending().ToList();

        List<long> found = [];
        long? before = null;
        do
        {
            var slice = await Audit.ListAsync(_host.Ann, new AuditFilter(who, whom, act, room, from, until), before);
            found.AddRange(slice.Rows.Select(r => r.Entry.Id));
            before = slice.Next;
        }
        while (before is not null);

        Assert.Equal(expected, found);
    }

    [Fact]
    public async Task ListAsync_WhatRarelyMeets_IsSearchedInParts()
    {
        // One actor did a great many mutes, another a great many bans, and each once the other.
        Insert(45_000, "SELECT i, i * 1000, 1 + (i > 22500), 'Ann', CASE WHEN (i > 22500) = (i NOT IN (1, 45000)) THEN 'Banned' ELSE 'Muted' END, 'None', NULL, NULL FROM n");

        var first = await Audit.ListAsync(_host.Ann, new AuditFilter(ActorId: 2, Act: AuditAct.Muted));
        Assert.Equal([45_000L], first.Rows.Select(r => r.Entry.Id));
        Assert.NotNull(first.SearchedTo);
        var second = await Audit.ListAsync(_host.Ann, new AuditFilter(ActorId: 2, Act: AuditAct.Muted), first.Next);
        Assert.Equal((0, null), (second.Rows.Count, second.Next));
    }

    [Fact]
    public async Task PersonAsync_RoomAsync_FindByName_OrPartOfIt_OrSayWhyNot()
    {
        var anna = await _host.AddAsync("Anna");
        await _host.AddAsync("Joanna");
        await _host.Rooms.CreateAsync(_host.Ann, "Harbour", RoomKind.Public);
        await _host.Rooms.CreateAsync(_host.Ann, "Harbour master", RoomKind.Private);
        await _host.Rooms.CreateAsync(_host.Ann, "100% fun", RoomKind.Public);

        // The exact one, also where others have it as a part.
        Assert.Equal(_host.Ann.UserId, (await Audit.PersonAsync(_host.Ann, " @ann ")).Id);
        Assert.Equal(anna.UserId, (await Audit.PersonAsync(_host.Ann, "ANNA@example.com")).Id);
        Assert.Equal("Joanna", (await Audit.PersonAsync(_host.Ann, "joan")).Name);
        Assert.Equal("“nn” may be Ann, Anna or somebody else. Choose one of them.", await RefusedAsync("nn"));
        Assert.Equal("“anna@” may be Anna or Joanna. Choose one of them.", await RefusedAsync("anna@"));
        Assert.Equal("Nobody has “Zed” in their name or e-mail address.", await RefusedAsync("Zed"));
        Assert.StartsWith("Nobody has", await RefusedAsync("\ud800"), StringComparison.Ordinal);

        Assert.Equal(_host.General, (await Audit.RoomAsync(_host.Ann, "# General")).Id);
        Assert.Equal("Harbour", (await Audit.RoomAsync(_host.Ann, "Harbour")).Name);
        Assert.Equal("Harbour master", (await Audit.RoomAsync(_host.Ann, "MASTER")).Name);
        Assert.Equal("100% fun", (await Audit.RoomAsync(_host.Ann, "0%")).Name);
        var several = await ChatHost.RefusedAsync(Refusal.Invalid, () => Audit.RoomAsync(_host.Ann, "harb"));
        Assert.Equal("“harb” may be Harbour or Harbour master. Write more of its name.", several.Message);
        Assert.Equal("No room has “_” in its name.", (await ChatHost.RefusedAsync(Refusal.Invalid, () => Audit.RoomAsync(_host.Ann, "_"))).Message);
        await ChatHost.RefusedAsync(Refusal.Invalid, () => Audit.RoomAsync(_host.Ann, "\ud800"));

        async Task<string> RefusedAsync(string text) => (await ChatHost.RefusedAsync(Refusal.Invalid, () => Audit.PersonAsync(_host.Ann, text))).Message;
    }

    [Fact]
    public async Task PeopleAsync_APartOfNameOrAddress_FindsTenAtMost_BeginningsFirst()
    {
        foreach (var name in (string[])["Xannel", "Anneke", "Bob", .. Enumerable.Range(10, 12).Select(i => $"Robot {i}")])
        {
            await _host.AddAsync(name);
        }

        Assert.Equal(["Ann", "Anneke", "Xannel"], (await Audit.PeopleAsync(_host.Ann, " ann")).Select(f => f.Person.Name));
        Assert.Equal("bob@example.com", Assert.Single(await Audit.PeopleAsync(_host.Ann, "BOB@EX")).Email, ignoreCase: true);
        Assert.Equal(AuditQueries.MaxFound, (await Audit.PeopleAsync(_host.Ann, "robot")).Count);
        Assert.Equal(AuditQueries.MaxFound, (await Audit.PeopleAsync(_host.Ann, "example")).Select(f => f.Person.Id).Distinct().Count());
        Assert.Empty(await Audit.PeopleAsync(_host.Ann, " "));
        Assert.Empty(await Audit.PeopleAsync(_host.Ann, "%"));
        Assert.Empty(await Audit.PeopleAsync(_host.Ann, "\ud800"));
    }

    [Fact]
    public async Task ExportAsync_HasWhatMatchesAsTheLogTellsIt_AndIsOnRecord()
    {
        Fill(2_345);
        var lines = await LinesAsync(new AuditFilter(ActorId: 1));
        await using var db = await _host.OpenAsync();
        Assert.Equal(db.AuditEntries.Count(e => e.ActorId == 1 && e.Act != AuditAct.AuditExported) + 1 + 1, lines.Count);
        Assert.StartsWith("\"Id\",\"When (UTC)\"", lines[0], StringComparison.Ordinal);
        Assert.All(lines, l => Assert.EndsWith("\r\n", l, StringComparison.Ordinal));
        var entry = (await Audit.ListAsync(_host.Ann, new AuditFilter(Act: AuditAct.AuditExported))).Rows.Single().Entry;
        Assert.Equal(("Ann", "by 1"), (entry.ActorName, entry.SubjectName));
    }

    [Theory]
    [InlineData("=1+1", "\"'=1+1\"")]
    [InlineData("+1", "\"'+1\"")]
    [InlineData("-1", "\"'-1\"")]
    [InlineData("@SUM(A1)", "\"'@SUM(A1)\"")]
    [InlineData("  =1", "\"'  =1\"")]
    [InlineData("\t=1", "\"'\t=1\"")]
    [InlineData("\r=1", "\"'\r=1\"")]
    [InlineData("＝1", "\"'＝1\"")]
    [InlineData("a \"b\", c\nd", "\"a \"\"b\"\", c\nd\"")]
    [InlineData("\",=1", "\"\"\",=1\"")]
    [InlineData("plain=1", "\"plain=1\"")]
    [InlineData(null, "\"\"")]
    public void Cell_IsTextToASpreadsheet(string? text, string cell) => Assert.Equal(cell, AuditExport.Cell(text));

    [Fact]
    public async Task ExportAsync_WhatIsAFormula_IsText()
    {
        var seen = new CommunityChoices("Harbour");
        await _host.Get<CommunityService>().SaveAsync(_host.Ann, seen with { Name = "=cmd" }, seen);
        Assert.Contains("\"'=cmd\"", string.Concat(await LinesAsync(AuditFilter.None)));
    }

    private async Task<List<string>> LinesAsync(AuditFilter filter)
    {
        List<string> lines = [];
        await foreach (var line in await _host.Get<AuditExport>().ExportAsync(_host.Ann, filter))
        {
            lines.Add(line);
        }

        return lines;
    }

    private void Fill(int count) => Insert(
        count, "SELECT i, i * 1000, 1 + i % 3, 'Ann', CASE i % 5 WHEN 0 THEN 'Banned' ELSE 'Muted' END, 'Person', 3 + i % 2, 1 + i % 2 FROM n");

    private void Insert(int count, string rows) => _host.Execute($"""
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
        INSERT INTO "AuditEntries" ("Id", "At", "ActorId", "ActorName", "Act", "Subject", "PersonId", "RoomId") {rows}
        """);
}
