using System.Net;
using BlazorChat.Accounts;
using BlazorChat.Tests.Accounts;
using BlazorChat.Tests.Api;

namespace BlazorChat.Tests.Security;

/// <summary>
/// The same matrix by REST: every call, by every role's token, is answered as the operation behind it. A call that is not listed
/// fails a test, in <see cref="SurfaceTests"/> as in here.
/// </summary>
public sealed class RestMatrixTests(RestMatrixTests.Untouched untouched) : IClassFixture<RestMatrixTests.Untouched>
{
    /// <summary>The call as it is mapped, the operation that it leads to, and a request of it.</summary>
    private static readonly (string Call, string Operation, Func<World, string> Path, Func<World, object?> Body)[] Calls =
    [
        ("DELETE /api/bans/{id:long}", "BanService.LiftAsync", w => $"/api/bans/{w.Ban}", Nothing),
        ("GET /api/bans/", "BanQueries.ListAsync", _ => "/api/bans", Nothing),
        ("POST /api/bans/", "BanService.BanAsync", _ => "/api/bans", w => new { userId = w.Zoe, reason = "Spam.", minutes = 60 }),
        ("POST /api/bans/{id:long}/answer", "BanAppeals.AnswerAsync", w => $"/api/bans/{w.Ban}/answer", _ => new { lift = true, text = "Well then." }),
        ("PUT /api/people/{id:long}/mute", "RoomModeration.MuteAsync (everywhere)", w => $"/api/people/{w.Zoe}/mute", _ => new { minutes = 60, reason = "Spam." }),
        ("DELETE /api/people/{id:long}/mute", "RoomModeration.UnmuteAsync (everywhere)", w => $"/api/people/{w.Zoe}/mute", Nothing),
        ("GET /api/held/", "HeldMessages.ListAsync", _ => "/api/held", Nothing),
        ("GET /api/me/held", "HeldMessages.MineAsync", _ => "/api/me/held", Nothing),
        ("POST /api/held/{id:long}/approve", "HeldMessages.ApproveAsync", w => $"/api/held/{w.Held}/approve", Nothing),
        ("POST /api/held/{id:long}/reject", "HeldMessages.RejectAsync", w => $"/api/held/{w.Held}/reject", _ => new { note = "Not here." }),
        ("POST /api/announcements", "Announcements.AnnounceAsync", _ => "/api/announcements", _ => new { text = "Hear", endsAt = TimeProvider.System.GetUtcNow().AddDays(1) }),
        ("DELETE /api/announcements/{id:long}", "Announcements.EndAsync", w => $"/api/announcements/{w.Announcement}", Nothing),
        ("POST /api/announcements/{id:long}/dismiss", "Announcements.DismissAsync", w => $"/api/announcements/{w.Announcement}/dismiss", Nothing),
        ("POST /api/messages/{id:long}/restore", "MessageRemovals.RestoreAsync", w => $"/api/messages/{w.RemovedMessage}/restore", Nothing),
        ("GET /api/me", "ProfileService.GetAsync", _ => "/api/me", Nothing),
        ("GET /api/notifications", "NotificationService.GetAsync", _ => "/api/notifications", Nothing),
        ("GET /api/push/key", "SessionRegistry.IsActiveAsync", _ => "/api/push/key", Nothing),
        ("GET /api/rooms/", "RoomQueries.BrowseAsync", _ => "/api/rooms", Nothing),
        ("GET /api/rooms/{id:long}/members", "RoomQueries.MembersAsync", w => $"/api/rooms/{w.Room}/members", Nothing),
        ("GET /api/rooms/{id:long}/messages", "MessageQueries.NewestAsync", w => $"/api/rooms/{w.Room}/messages", Nothing),
        ("GET /api/rooms/{id:long}/notifications", "NotificationService.GetRoomAsync", w => $"/api/rooms/{w.Room}/notifications", Nothing),
        ("GET /api/announcement", "Announcements.FindAsync", _ => "/api/announcement", Nothing),
        ("GET /api/reports", "ReportQueries.ListAsync", _ => "/api/reports", Nothing),
        ("GET /api/reports/{id:long}", "ReportQueries.ContextAsync", w => $"/api/reports/{w.Report}", Nothing),
        ("POST /api/messages/{id:long}/reports", "ReportService.ReportAsync", w => $"/api/messages/{w.Message}/reports", _ => new { reason = "hate" }),
        ("POST /api/reports/{id:long}/claim", "ReportReview.ClaimAsync", w => $"/api/reports/{w.Report}/claim", Nothing),
        ("POST /api/reports/{id:long}/release", "ReportReview.ReleaseAsync", w => $"/api/reports/{w.Report}/release", Nothing),
        ("POST /api/reports/{id:long}/resolve", "ReportReview.ResolveAsync", w => $"/api/reports/{w.Report}/resolve", _ => new { outcome = "Done" }),
        ("POST /api/reports/{id:long}/dismiss", "ReportReview.DismissAsync", w => $"/api/reports/{w.Report}/dismiss", Nothing),
        ("GET /api/search", "MessageSearch.SearchAsync (one room)", w => $"/api/search?q=second&roomId={w.Room}", Nothing),
        ("DELETE /api/messages/{id:long}", "MessageService.DeleteAsync", w => $"/api/messages/{w.Message}", Nothing),
        ("PUT /api/messages/{id:long}/pin", "Pins.PinAsync", w => $"/api/messages/{w.Message}/pin", Nothing),
        ("DELETE /api/messages/{id:long}/pin", "Pins.UnpinAsync", w => $"/api/messages/{w.PinnedMessage}/pin", Nothing),
        ("GET /api/rooms/{id:long}/pins", "Pins.ListAsync", w => $"/api/rooms/{w.Room}/pins", Nothing),
        ("PATCH /api/messages/{id:long}", "MessageService.EditAsync", w => $"/api/messages/{w.Message}", _ => new { text = "hello" }),
        ("DELETE /api/push/subscriptions", "PushSubscriptions.AddAsync", _ => "/api/push/subscriptions", _ => new { endpoint = "https://fcm.googleapis.com/none" }),
        ("POST /api/push/subscriptions", "PushSubscriptions.AddAsync (somebody else's)", _ => "/api/push/subscriptions", _ => Zoes),
        ("POST /api/rooms/", "RoomService.CreateAsync", _ => "/api/rooms", _ => new { name = "Mine", kind = "public" }),
        ("POST /api/rooms/ (direct)", "RoomService.OpenDirectAsync", _ => "/api/rooms", w => new { kind = "direct", memberIds = (long[])[w.Zoe] }),
        ("POST /api/rooms/{id:long}/join", "MembershipService.JoinAsync", w => $"/api/rooms/{w.Room}/join", Nothing),
        ("POST /api/rooms/{id:long}/join (public)", "MembershipService.JoinAsync (public)", w => $"/api/rooms/{w.Open}/join", Nothing),
        ("POST /api/rooms/{id:long}/leave", "MembershipService.LeaveAsync", w => $"/api/rooms/{w.Room}/leave", Nothing),
        ("POST /api/rooms/{id:long}/messages", "MessageService.SendAsync", w => $"/api/rooms/{w.Room}/messages", _ => new { text = "hello" }),
        ("POST /api/rooms/{id:long}/read", "ReadPointers.SetBackAsync", w => $"/api/rooms/{w.Room}/read", _ => new { seq = 2 }),
        ("PUT /api/rooms/{id:long}/members/{userId:long}", "MembershipService.AddAsync", w => $"/api/rooms/{w.Room}/members/{w.Yan}", Nothing),
        ("DELETE /api/rooms/{id:long}/members/{userId:long}", "MembershipService.RemoveAsync", w => $"/api/rooms/{w.Room}/members/{w.Zoe}", Nothing),
        ("PUT /api/rooms/{id:long}/mutes/{userId:long}", "RoomModeration.MuteAsync", w => $"/api/rooms/{w.Room}/mutes/{w.Zoe}", _ => new { minutes = 60, reason = "Spam." }),
        ("DELETE /api/rooms/{id:long}/mutes/{userId:long}", "RoomModeration.UnmuteAsync", w => $"/api/rooms/{w.Room}/mutes/{w.Zoe}", Nothing),
        ("PUT /api/rooms/{id:long}/slow", "RoomModeration.SlowDownAsync", w => $"/api/rooms/{w.Room}/slow", _ => new { seconds = 30 }),
        ("PUT /api/rooms/{id:long}/lock", "RoomModeration.SetLockedAsync", w => $"/api/rooms/{w.Room}/lock", _ => new { locked = true }),
        ("PUT /api/rooms/{id:long}/moderators/{userId:long}", "RoomModeration.SetModeratorAsync", w => $"/api/rooms/{w.Room}/moderators/{w.Zoe}", Nothing),
        ("DELETE /api/rooms/{id:long}/moderators/{userId:long}", "RoomModeration.SetModeratorAsync (no longer)", w => $"/api/rooms/{w.Room}/moderators/{w.Actors[3].UserId}", Nothing),
        ("PUT /api/rooms/{id:long}/notifications", "NotificationService.SetLevelAsync", w => $"/api/rooms/{w.Room}/notifications", _ => new { level = "mentions" }),
    ];

    /// <summary>A matter of the account, for which no token is good; or of a sign-in, which has none yet.</summary>
    private static readonly string[] Others =
    [
        "GET /api/me/export", "PUT /api/notifications", "GET /api/blocks", "PUT /api/blocks/{userId:long}", "DELETE /api/blocks/{userId:long}",
        "POST /api/auth/login", "POST /api/auth/refresh", "POST /api/hooks/{secret}",
        "GET /api/docs/favicon.svg", "GET /api/docs/scalar.aspnetcore.js", "GET /api/docs/scalar.js", "GET /api/docs/{documentName?}",
    ];

    /// <summary>
    /// What could be done for a time only, which is over by the clock of a real server: those who may are told of a conflict, and
    /// nobody else is.
    /// </summary>
    private static readonly string[] Over = ["DELETE /api/announcements/{id:long}", "POST /api/messages/{id:long}/restore"];

    /// <summary>
    /// Who tries what changes something, of those who may, each on a server of their own: a member, an administrator, a moderator and a
    /// bot. Everybody who may not tries all of it.
    /// </summary>
    private static readonly int[] Samples = [2, 4, 8, 12];

    private static readonly object Zoes = new
    {
        endpoint = "https://fcm.googleapis.com/zoe",
        keys = new { p256dh = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", auth = "BTBZMqHH6r4Tts7J_aSIgg" },
    };

    private static readonly string[] Settings =
        ["--Logging:LogLevel:Default=None", .. ChatHost.NoLimits.Select(l => $"--{l.Key}={l.Value}")];

    [Theory]
    [MemberData(nameof(Listed))]
    public async Task Call_ByEveryRole_IsAnsweredAsItsOperation(string call)
    {
        var world = await World.GetAsync();
        var (_, operation, path, body) = Calls.Single(c => c.Call == call);
        var expected = OperationMatrixTests.Expected(operation);
        var actual = new char[expected.Length];
        var changes = !call.StartsWith("GET ", StringComparison.Ordinal);
        foreach (var role in Enumerable.Range(0, expected.Length).Where(i => expected[i] != '+' || !changes))
        {
            actual[role] = await AnswerAsync(untouched.Site, world, role);
        }

        int[] allowed = [.. Enumerable.Range(0, expected.Length).Where(i => expected[i] == '+' && changes)];
        foreach (var role in allowed)
        {
            actual[role] = '+';
        }

        foreach (var role in allowed.Intersect(Samples).DefaultIfEmpty(allowed.FirstOrDefault(-1)).Where(i => i >= 0))
        {
            await using var site = await Site.StartAsync(world.Database, Settings);
            actual[role] = await AnswerAsync(site, world, role);
        }

        // Where the operation answers with nothing, a call may answer with nothing or not found; one that ended is signed out, always.
        var answers = expected.Select((e, i) => i == 6 ? 'S' : e == '-' && actual[i] is '+' or 'N' || e == '+' && actual[i] == 'C' && Over.Contains(call) ? actual[i] : e);
        Assert.Equal(new string([.. answers]), new string(actual));

        async Task<char> AnswerAsync(Site site, World w, int role)
        {
            using var client = new ApiClient(site.Address, w.Tokens[role], w.Actors[role], World.Roles[role]);
            var answer = await client.SendAsync(new HttpMethod(call.Split(' ')[0]), path(w), body(w));
            return answer.Status switch
            {
                HttpStatusCode.NotFound => 'N',
                HttpStatusCode.Forbidden => 'F',
                HttpStatusCode.Unauthorized => 'S',
                HttpStatusCode.Conflict => 'C',
                _ => (int)answer.Status is >= 200 and < 300 ? '+' : '?',
            };
        }
    }

    [Fact]
    public void Calls_EveryOne_IsListed() => Assert.Equal(
        SurfaceTests.Endpoints.Where(e => e.Contains(" /api/", StringComparison.Ordinal)).Select(e => e[10..]).Order(StringComparer.Ordinal),
        Calls.Select(c => string.Join(' ', c.Call.Split(' ')[..2])).Concat(Others).Distinct().Order(StringComparer.Ordinal));

    public static TheoryData<string> Listed() => [.. Calls.Select(c => c.Call)];

    private static object? Nothing(World world) => null;

    /// <summary>The server for all that changes nothing: what is only read, and what is refused.</summary>
    public sealed class Untouched : IAsyncLifetime
    {
        internal Site Site { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Site = await Site.StartAsync((await World.GetAsync()).Database, Settings);

        public ValueTask DisposeAsync() => Site.DisposeAsync();
    }
}
