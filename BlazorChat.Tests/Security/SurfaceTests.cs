using System.Reflection;
using BlazorChat.Api.Hub;
using BlazorChat.Live;
using BlazorChat.Operations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.JSInterop;

namespace BlazorChat.Tests.Security;

/// <summary>What can be reached from outside, listed: something new fails here until somebody has thought about who may.</summary>
public sealed class SurfaceTests
{
    /// <summary>Called by the page's scripts, and so by anybody who holds a circuit: what each leads to is in the matrix.</summary>
    private static readonly Dictionary<string, string[]> FromScripts = new()
    {
        ["Composer.EditAsync"] = ["MessageService.EditAsync"],
        ["Composer.MentionsAsync"] = ["RoomQueries.MembersAsync"],
        ["Composer.PostAsync"] = ["MessageService.PostAsync"],
        ["Composer.SourceOfAsync"] = ["MessageService.SourceAsync"],
        ["Composer.Typing"] = ["RoomQueries.CanTypeAsync"],
        ["MessageListBase.Block"] = ["BlockService.BlockAsync"],
        ["MessageListBase.Delete"] = ["MessageService.DeleteAsync"],
        ["MessageListBase.JumpToLatest"] = ["MessageQueries.NewestAsync"],
        ["MessageListBase.LoadNewer"] = ["MessageQueries.AfterAsync"],
        ["MessageListBase.LoadOlder"] = ["MessageQueries.BeforeAsync"],
        ["MessageListBase.MarkUnread"] = ["ReadPointers.SetBackAsync"],
        ["MessageListBase.Pin"] = ["Pins.PinAsync"],
        ["MessageListBase.Remove"] = ["MessageService.RemoveAsync"],
        ["MessageListBase.Restore"] = ["MessageRemovals.RestoreAsync"],
        ["MessageListBase.Report"] = ["ReportService.ReportAsync"],
        ["MessageListBase.SetReading"] = ["ReadPointers.AdvanceAsync"],
        ["MessageListBase.SetVisible"] = [],
        ["MessageListBase.ShowMessage"] = ["MessageQueries.AroundAsync", "MessageQueries.SeqOfAsync"],
        ["MessageListBase.Unblock"] = ["BlockService.UnblockAsync"],
        ["MessageListBase.Unpin"] = ["Pins.UnpinAsync"],
        ["MessageListBase.Why"] = ["MessageRemovals.WhyAsync"],
    };

    [Fact]
    public void JSInvokable_EveryMethod_IsListedWithOperationsOfTheMatrix()
    {
        var existing =
            from type in typeof(Program).Assembly.GetTypes()
            from method in type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            where method.GetCustomAttribute<JSInvokableAttribute>() is not null
            select $"{type.Name}.{method.Name}";
        Assert.Equal(FromScripts.Keys.Order(), existing.Order());
        Assert.Subset(OperationMatrixTests.Operations().Select(o => ((string)o).Split(' ')[0]).ToHashSet(), FromScripts.Values.SelectMany(o => o).ToHashSet());
    }

    /// <summary>Called by token clients: what each leads to is in the matrix.</summary>
    private static readonly Dictionary<string, string[]> FromClients = new()
    {
        ["DeleteMessage"] = ["MessageService.DeleteAsync"],
        ["EditMessage"] = ["MessageService.EditAsync"],
        ["GetMessages"] = ["MessageQueries.AfterAsync"],
        ["JoinRoom"] = ["RoomWatch.FollowAsync", "RoomQueries.FindAsync", "RoomQueries.MembersAsync"],
        ["LeaveRoom"] = [],
        ["MarkRead"] = ["ReadPointers.AdvanceAsync"],
        ["RemoveMessage"] = ["MessageService.DeleteAsync"],
        ["SendMessage"] = ["MessageService.SendAsync"],
        ["SendReply"] = ["MessageService.SendAsync"],
        ["Typing"] = ["SessionRegistry.RequireAsync", "RoomQueries.IsMemberAsync", "RoomQueries.CanTypeAsync"],
    };

    /// <summary>Every event, and who may hear it: how its topic is followed decides that.</summary>
    private static readonly Dictionary<string, string> Events = new()
    {
        ["AnnouncementChanged"] = "everyone",
        ["AnnouncementDismissed"] = "the person",
        ["AnyPresenceChanged"] = "workers",
        ["BlocksChanged"] = "the person",
        ["CommunityChanged"] = "everyone",
        ["LogGrew"] = "workers",
        ["MemberAdded"] = "the person",
        ["MemberRemoved"] = "the person",
        ["MembersChanged"] = "members",
        ["MessageDeleted"] = "members",
        ["MessageHeld"] = "moderators",
        ["MessageEdited"] = "members",
        ["MessagePosted"] = "members",
        ["MessagesExpired"] = "members",
        ["ModerationChanged"] = "moderators",
        ["MuteChanged"] = "the person",
        ["MutesChanged"] = "members",
        ["NewcomerArrived"] = "everyone",
        ["NotificationsChanged"] = "the person",
        ["PersonChanged"] = "everyone",
        ["PinsChanged"] = "members",
        ["PresenceChanged"] = "everyone",
        ["PresenceInRoom"] = "members",
        ["RoomChanged"] = "members",
        ["RoomRead"] = "the person",
        ["SessionEnded"] = "the person",
        ["Typing"] = "members",
    };

    [Fact]
    public void HubMethods_EveryOne_IsListedWithOperationsOfTheMatrix()
    {
        var existing = typeof(ChatHub).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(m => m.GetBaseDefinition().DeclaringType == typeof(ChatHub)).Select(m => m.Name);
        Assert.Equal(FromClients.Keys.Order(), existing.Order());
        Assert.Subset(OperationMatrixTests.Operations().Select(o => ((string)o).Split(' ')[0]).ToHashSet(), FromClients.Values.SelectMany(o => o).ToHashSet());
    }

    [Fact]
    public void Events_EveryOne_IsListedWithWhoMayHearIt() => Assert.Equal(
        Events.Keys.Order(),
        typeof(Program).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(ChatEvent))).Select(t => t.Name).Order());

    [Fact]
    public async Task Endpoints_EveryOne_IsListedWithWhoMay()
    {
        var directory = Directory.CreateTempSubdirectory("blazorchat-endpoints-").FullName;
        await using (var app = Program.Build([$"--Chat:DataDirectory={directory}", "--environment=Development", "--applicationName=BlazorChat"]))
        {
            var existing = ((IEndpointRouteBuilder)app).DataSources.SelectMany(d => d.Endpoints).OfType<RouteEndpoint>()
                .Where(e => e.Metadata.GetMetadata<StaticAssetDescriptor>() is null)
                .Select(Describe).Distinct().Order(StringComparer.Ordinal);
            Assert.Equal(Listed.Order(StringComparer.Ordinal), existing);
        }

        Directory.Delete(directory, recursive: true);
    }

    /// <summary>Who may, by which method, where. Pages answer POST because they may have a form; antiforgery guards it.</summary>
    private static readonly string[] Listed =
    [
        // Circuits: their origin is checked, and each component in them acts as the session that opened it.
        "anybody   * /_blazor",
        "anybody   * /_blazor/disconnect/",
        "anybody   * /_blazor/initializers/",
        "anybody   * /_blazor/negotiate",
        "anybody   GET /_framework/opaque-redirect",
        "anybody   GET /health/live",
        "anybody   GET /health/ready",
        "anybody   GET /join/{code}",
        // The theme's colours, the same for everybody.
        "anybody   GET /theme.css",
        // The community's name, as on the sign-in page.
        "anybody   GET /manifest.webmanifest",
        // Static assets in development.
        "anybody   GET HEAD /{**path:file}",
        // The page that browses the API, and its files.
        "anybody   GET /api/docs/favicon.svg",
        "anybody   GET /api/docs/scalar.aspnetcore.js",
        "anybody   GET /api/docs/scalar.js",
        "anybody   GET /api/docs/{documentName?}",
        "anybody   GET /openapi/{documentName}.json",
        "anybody   GET POST /account/banned",
        "anybody   GET POST /account/forgot-password",
        "anybody   GET POST /account/login",
        "anybody   GET POST /account/register",
        "anybody   GET POST /account/reset-password",
        "anybody   GET POST /not-found",
        "anybody   GET POST /setup",
        "anybody   GET POST /account/unsubscribe",
        "anybody   POST /account/sign-out",
        // Whoever has the link from an e-mail is who may; it ends e-mails and nothing else.
        "anybody   POST /account/unsubscribe",
        "anybody   POST /api/auth/login",
        "anybody   POST /api/auth/refresh",
        // Whoever knows the secret is who may.
        "anybody   POST /api/hooks/{secret}",
        "signed in * /hubs/chat",
        "signed in * /hubs/chat/negotiate",
        "signed in DELETE /api/bans/{id:long}",
        "signed in DELETE /api/announcements/{id:long}",
        "signed in DELETE /api/blocks/{userId:long}",
        "signed in DELETE /api/messages/{id:long}",
        "signed in DELETE /api/messages/{id:long}/pin",
        "signed in DELETE /api/people/{id:long}/mute",
        "signed in DELETE /api/push/subscriptions",
        "signed in DELETE /api/rooms/{id:long}/members/{userId:long}",
        "signed in DELETE /api/rooms/{id:long}/moderators/{userId:long}",
        "signed in DELETE /api/rooms/{id:long}/mutes/{userId:long}",
        "signed in GET /api/announcement",
        "signed in GET /api/bans/",
        "signed in GET /api/blocks",
        "signed in GET /api/held/",
        "signed in GET /api/me",
        "signed in GET /api/me/export",
        "signed in GET /api/me/held",
        "signed in GET /api/notifications",
        "signed in GET /api/push/key",
        "signed in GET /api/reports",
        "signed in GET /api/reports/{id:long}",
        "signed in GET /api/rooms/",
        "signed in GET /api/rooms/{id:long}/members",
        "signed in GET /api/rooms/{id:long}/messages",
        "signed in GET /api/rooms/{id:long}/notifications",
        "signed in GET /api/rooms/{id:long}/pins",
        "signed in GET /api/search",
        "signed in GET /avatars/{name}",
        // A browser's notifications, from its own pages: the origin is checked.
        "signed in DELETE /account/push/",
        "signed in GET /account/push/key",
        "signed in POST /account/push/",
        "signed in GET POST /",
        "signed in GET POST /account/data",
        "signed in GET /account/export",
        "signed in GET POST /account/held",
        "signed in GET POST /account/manage",
        "signed in GET POST /account/moderation",
        "signed in GET POST /account/notifications",
        "signed in GET POST /account/tabs",
        "signed in GET POST /account/tokens",
        "signed in GET POST /account/two-factor",
        "signed in GET POST /admin",
        // What each page shows is with its services; the table of the log is refused to all but its readers.
        "signed in GET /admin/audit.csv",
        "signed in GET POST /admin/audit",
        "signed in GET POST /admin/people/{Id:long}",
        "signed in GET POST /admin/roles",
        "signed in GET POST /admin/rooms",
        "signed in GET POST /admin/announcements",
        "signed in GET POST /admin/bans",
        "signed in GET POST /admin/bots",
        "signed in GET POST /admin/filter",
        "signed in GET POST /admin/held",
        "signed in GET POST /admin/invites",
        "signed in GET POST /admin/people",
        "signed in GET POST /admin/reports",
        "signed in GET POST /admin/settings",
        "signed in GET POST /rooms/{Id:long}",
        "signed in GET POST /rooms/{Id:long}/{MessageId:long}",
        "signed in PATCH /api/messages/{id:long}",
        "signed in POST /api/messages/{id:long}/reports",
        "signed in POST /api/messages/{id:long}/restore",
        "signed in POST /api/reports/{id:long}/claim",
        "signed in POST /api/reports/{id:long}/dismiss",
        "signed in POST /api/reports/{id:long}/release",
        "signed in POST /api/reports/{id:long}/resolve",
        "signed in POST /api/bans/",
        "signed in POST /api/bans/{id:long}/answer",
        "signed in POST /api/announcements",
        "signed in POST /api/announcements/{id:long}/dismiss",
        "signed in POST /api/held/{id:long}/approve",
        "signed in POST /api/held/{id:long}/reject",
        "signed in POST /api/push/subscriptions",
        "signed in POST /api/rooms/",
        "signed in POST /api/rooms/{id:long}/join",
        "signed in POST /api/rooms/{id:long}/leave",
        "signed in POST /api/rooms/{id:long}/messages",
        "signed in POST /api/rooms/{id:long}/read",
        "signed in PUT /api/messages/{id:long}/pin",
        "signed in PUT /api/blocks/{userId:long}",
        "signed in PUT /api/people/{id:long}/mute",
        "signed in PUT /api/notifications",
        "signed in PUT /api/rooms/{id:long}/lock",
        "signed in PUT /api/rooms/{id:long}/members/{userId:long}",
        "signed in PUT /api/rooms/{id:long}/moderators/{userId:long}",
        "signed in PUT /api/rooms/{id:long}/mutes/{userId:long}",
        "signed in PUT /api/rooms/{id:long}/notifications",
        "signed in PUT /api/rooms/{id:long}/slow",
        "signed in GET POST /search",
    ];

    /// <summary>The same for the tests that go through them.</summary>
    internal static IReadOnlyList<string> Endpoints => Listed;

    internal static IEnumerable<string> HubMethods => FromClients.Keys;

    private static string Describe(RouteEndpoint endpoint)
    {
        var methods = string.Join(' ', endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Order() ?? Enumerable.Empty<string>());
        var needsSignIn = endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null;
        return $"{(needsSignIn ? "signed in" : "anybody  ")} {(methods.Length == 0 ? "*" : methods)} /{endpoint.RoutePattern.RawText?.TrimStart('/')}";
    }
}
