using BlazorChat.Accounts;

namespace BlazorChat.Bench.Admin;

/// <summary>What moderators of a large community have to do and have done, and its bots.</summary>
internal static class LargeModeration
{
    /// <summary>Reports, of which a tenth waits.</summary>
    public const int Reports = 20_000;

    /// <summary>A report that waits, about somebody about whom a tenth of all reports are.</summary>
    public const long AboutWorst = 10_010;

    /// <summary>A report of a message that <see cref="Crowd"/> people reported.</summary>
    public const long OfWorst = Reports + 1;

    /// <summary>Held messages that wait.</summary>
    public const int Waiting = 1_000;

    /// <summary>Bans of people and of networks.</summary>
    public const int Bans = 6_000;

    /// <summary>Rules of the word filter.</summary>
    public const int Rules = 500;

    private const int Crowd = 300;
    private const int Bots = 200;

    public static long FirstBot(AdminOptions options) => options.People + 1;

    /// <summary>Fills it in, with statements that whoever has the database runs.</summary>
    public static async Task FillAsync(Func<FormattableString, Task> runAsync, AdminOptions options)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        const long Hour = 3_600_000;

        // None is about the owner and the moderator who ask: they would not see those.
        await runAsync($"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Reports})
            INSERT INTO Reports (Id, MessageId, RoomId, SenderId, Text, ReporterId, Reason, Note, At, State, HandledById, HandledAt, Outcome)
            SELECT i, m.Id, m.RoomId, CASE WHEN i % 10 = 0 AND i % 20 > 0 OR i % 20 = 6 THEN 250 ELSE max(m.SenderId, 3) END, m.Text, 1001 + i * 3, i % 6,
                'It is the third time this week', {now} - ({Reports} - i) * {Hour} / 6, state, CASE WHEN state > 0 THEN 1 + i % 2 END,
                CASE WHEN state > 0 THEN {now} - ({Reports} - i) * {Hour} / 8 END, CASE WHEN state > 1 THEN 'The message was removed.' ELSE '' END
            FROM (SELECT i, CASE WHEN i % 10 = 0 THEN 0 WHEN i % 20 = 1 THEN 1 WHEN i % 3 = 0 THEN 3 ELSE 2 END AS state FROM n) JOIN Messages m ON m.Id = 1 + i * 7 % 12000
            """);
        await runAsync($"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Crowd})
            INSERT INTO Reports (Id, MessageId, RoomId, SenderId, Text, ReporterId, Reason, Note, At, State, Outcome)
            SELECT {Reports} + i, m.Id, m.RoomId, max(m.SenderId, 3), m.Text, 1001 + i, 1, '', {now} - i, 0, '' FROM n JOIN Messages m ON m.Id = 12001
            """);
        await runAsync($"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Waiting * 5})
            INSERT INTO HeldMessages (RoomId, SenderId, Text, Found, HeldAt, DecidedAt, DecidedById, IsApproved)
            SELECT 1 + i % 190, 1001 + i * 13 % 90000, 'There is something in this text that somebody has to look at', 'word' || i % 500, {now} - (5000 - i) * {Hour},
                CASE WHEN i % 5 > 0 THEN {now} - i END, CASE WHEN i % 5 > 0 THEN 1 END, i % 2 FROM n
            """);
        await runAsync($"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Rules})
            INSERT INTO FilterRules (Pattern, IsRegex, Action, Explanation, ById, At)
            SELECT CASE WHEN i % 10 = 0 THEN '(bad|worse)\s*word' || i ELSE 'word' || i || '*' END, i % 10 = 0, i % 3, CASE WHEN i % 2 = 0 THEN 'Please say it differently.' ELSE '' END, 1, {now} - i * {Hour} FROM n
            """);

        // Of those of people two fifths are for good, a fifth is over, a tenth was lifted; 300 wait for an answer, and 500 were answered.
        await runAsync($"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Bans - 1_000})
            INSERT INTO Bans (UserId, Reason, ById, At, Until, LiftedAt, LiftedById, Appeal, AppealedAt, AppealAnswer, AnsweredAt, AnsweredById)
            SELECT 1001 + i * 17, 'They were rude', 1 + i % 2, {now} - i * {Hour}, CASE i % 5 WHEN 0 THEN {now} + 700 * {Hour} WHEN 1 THEN {now} - {Hour} END,
                CASE WHEN i % 10 = 2 THEN {now} - {Hour} END, CASE WHEN i % 10 = 2 THEN 1 END,
                CASE WHEN i % 10 = 3 AND i <= 3000 OR i % 10 = 4 THEN 'I am sorry, and it will not happen again' END, CASE WHEN i % 10 = 3 AND i <= 3000 OR i % 10 = 4 THEN {now} - i * {Hour} / 2 END,
                CASE WHEN i % 10 = 4 THEN 'Not yet.' END, CASE WHEN i % 10 = 4 THEN {now} - i * {Hour} / 3 END, CASE WHEN i % 10 = 4 THEN 1 END FROM n
            """);
        await runAsync($"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
            INSERT INTO Bans (Network, Reason, ById, At, Until) SELECT '172.' || (16 + i % 16) || '.' || (i / 16) || '.0/24', 'Floods from there', 1, {now} - i * {Hour}, CASE WHEN i % 2 = 0 THEN {now} + 700 * {Hour} END FROM n
            """);
        await runAsync($"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
            INSERT INTO RemovedMessages (MessageId, Text, Reason, ById, At, BanId) SELECT m.Id, m.Text, 'They were rude', 1, {now}, 1 + i % 500 FROM n JOIN Messages m ON m.Id = 12001 + i
            """);
        await runAsync($"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
            INSERT INTO Announcements (Id, Text, ById, At, EndsAt, EndedAt)
            SELECT i, 'The server is away for ten minutes tonight', 1, {now} - (201 - i) * 24 * {Hour}, {now} - (200 - i) * 24 * {Hour} + 12 * {Hour}, CASE WHEN i % 7 = 0 THEN {now} - (200 - i) * 24 * {Hour} END FROM n
            """);
        await runAsync($"INSERT INTO AnnouncementDismissals (AnnouncementId, UserId) SELECT 200, Id FROM Users WHERE Id % 2 = 0");
        await BotsAsync(runAsync, FirstBot(options), now);
    }

    private static async Task BotsAsync(Func<FormattableString, Task> runAsync, long first, long now)
    {
        await runAsync($"""
            WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {first + Bots - 1})
            INSERT INTO Users (Id, UserName, NormalizedUserName, SecurityStamp, ConcurrencyStamp, Role, IsBot, CreatedAt, EmailConfirmed, PhoneNumberConfirmed, TwoFactorEnabled, LockoutEnabled, AccessFailedCount)
            SELECT i, 'Robot ' || i, 'ROBOT ' || i, hex(randomblob(16)), hex(randomblob(16)), {(int)Role.Bot}, 1, {now}, 0, 0, 0, 0, 0 FROM n
            """);
        await runAsync($"INSERT INTO Memberships (RoomId, UserId, IsManager, LastReadSeq, JoinedAt) SELECT r.Id, u.Id, 0, 0, 0 FROM Rooms r JOIN Users u ON u.IsBot = 1 AND r.Id % 10 = u.Id % 10");
        await runAsync($"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
            INSERT INTO Sessions (Id, UserId, Kind, CreatedAt, Device, Scopes) SELECT upper(printf('%08X-0000-4000-8000-B00000000000', i)), {first}, 2, {now}, 'Script ' || i, 3 FROM n
            """);
        await runAsync($"INSERT INTO ApiTokens (SessionId, Kind, Hash, Hint, CreatedById, CreatedAt) SELECT Id, 0, randomblob(32), 'bot_ab', 1, {now} FROM Sessions WHERE UserId = {first}");
        await runAsync($"""
            INSERT INTO OutgoingWebhooks (BotId, SessionId, Url, Secret, CreatedById, CreatedAt)
            SELECT Id, upper(printf('%08X-0000-4000-8000-C00000000000', Id)), 'https://bots.example/' || Id, 'secret', 1, {now} FROM Users WHERE IsBot = 1
            """);
        await runAsync($"""
            INSERT INTO WebhookDeliveries (WebhookId, MessageId, State, Attempts, CreatedAt, NextAttemptAt, LastAttemptAt, LastStatus)
            SELECT (SELECT Id FROM OutgoingWebhooks WHERE BotId = {first}), Id, 1, 1, {now}, {now}, {now}, 200 FROM Messages WHERE Id <= 10000
            """);
    }
}
