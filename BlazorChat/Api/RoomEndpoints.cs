using BlazorChat.Accounts;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BlazorChat.Api;

/// <summary>Rooms, who is in them, and how far one has read.</summary>
internal static class RoomEndpoints
{
    private const int MaxListed = 1_000;

    public static void MapRooms(this IEndpointRouteBuilder api)
    {
        var rooms = api.MapGroup("/rooms").WithTags("Rooms");
        rooms.MapGet("/", ListAsync).WithSummary("My rooms, and public ones that I could join");
        rooms.MapPost("/", CreateAsync).WithSummary("Makes a room, or opens a direct conversation")
            .WithDescription("The same people always have the same direct conversation: opening it again answers the one there is.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        rooms.MapPost("/{id:long}/join", JoinAsync).WithSummary("Joins a public room").Refuses();
        rooms.MapPost("/{id:long}/leave", LeaveAsync).WithSummary("Leaves a room").Refuses();
        rooms.MapGet("/{id:long}/members", MembersAsync).WithSummary("Who is in a room, and whether they are here").Refuses();
        rooms.MapPut("/{id:long}/members/{userId:long}", AddAsync).WithSummary("Brings somebody into a room").Refuses();
        rooms.MapDelete("/{id:long}/members/{userId:long}", RemoveAsync).WithSummary("Removes somebody from a room").Refuses();
        rooms.MapGet("/{id:long}/pins", PinsAsync).WithSummary("What is pinned in a room, the last one pinned first").Refuses();
        rooms.MapPost("/{id:long}/read", ReadAsync).WithSummary("Notes that I have read up to a message").Refuses();
    }

    internal static RouteHandlerBuilder Refuses(this RouteHandlerBuilder endpoint) => endpoint
        .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<IReadOnlyList<RoomBody>> ListAsync(HttpContext context, RoomQueries rooms)
    {
        var actor = context.Actor();
        var mine = await rooms.MineAsync(actor);
        var browsed = await rooms.BrowseAsync(actor, limit: MaxListed);
        return
        [
            .. mine.Select(r => new RoomBody(r.Id, r.Name, NameOf(r.Kind), IsMember: true, r.Unread, r.LastSeq, r.IsLocked, r.SlowSeconds)),
            .. browsed.Where(r => !r.IsMember).Select(r => new RoomBody(r.Id, r.Name, NameOf(RoomKind.Public), IsMember: false, Unread: 0, r.LastSeq, r.IsLocked, r.SlowSeconds)),
        ];
    }

    private static async Task<Created<RoomBody>> CreateAsync(NewRoomBody body, HttpContext context, RoomService rooms, RoomQueries queries)
    {
        var actor = context.Actor();
        var memberIds = body.MemberIds ?? [];
        var id = body.Kind switch
        {
            "direct" => await rooms.OpenDirectAsync(actor, memberIds),
            "public" => await rooms.CreateAsync(actor, body.Name ?? "", RoomKind.Public, memberIds: memberIds),
            "private" => await rooms.CreateAsync(actor, body.Name ?? "", RoomKind.Private, memberIds: memberIds),
            _ => throw RefusedException.Invalid("A room's kind is public, private or direct."),
        };
        var room = await queries.FindAsync(actor, id);
        return TypedResults.Created(
            $"/api/rooms/{id}",
            new RoomBody(
                id, room.Name, NameOf(room.Kind), room.IsMember, Math.Max(0, room.LastSeq - room.LastReadSeq), room.LastSeq, room.IsLocked, room.SlowSeconds));
    }

    private static async Task<NoContent> JoinAsync(long id, HttpContext context, MembershipService memberships)
    {
        await memberships.JoinAsync(context.Actor(), id);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> LeaveAsync(long id, HttpContext context, MembershipService memberships)
    {
        await memberships.LeaveAsync(context.Actor(), id);
        return TypedResults.NoContent();
    }

    private static async Task<IReadOnlyList<MemberBody>> MembersAsync(long id, HttpContext context, RoomQueries rooms, ChatService chat)
    {
        var actor = context.Actor();
        var members = await rooms.MembersAsync(actor, id, limit: MaxListed);
        return members.Count == 0
            ? throw RefusedException.NotFound("This room")
            : [.. members.Select(m => new MemberBody(
                m.Person.Id, m.Person.Name, m.Person.IsBot, m.IsManager, PresenceBody.NameOf(chat.PresenceOf(m.Person.Id))))];
    }

    private static async Task<IReadOnlyList<PinBody>> PinsAsync(long id, HttpContext context, Pins pins) =>
        [.. (await pins.ListAsync(context.Actor(), id)).Select(p => new PinBody(MessageBody.Of(p.Message), p.By.Id, p.By.Name, p.At.UtcDateTime))];

    private static async Task<NoContent> AddAsync(long id, long userId, HttpContext context, MembershipService memberships)
    {
        await memberships.AddAsync(context.Actor(), id, [userId]);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> RemoveAsync(long id, long userId, HttpContext context, MembershipService memberships)
    {
        await memberships.RemoveAsync(context.Actor(), id, userId);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> ReadAsync(long id, ReadBody body, HttpContext context, ReadPointers pointers, RoomQueries rooms)
    {
        var actor = context.Actor();
        if (!await rooms.IsMemberAsync(actor, id))
        {
            throw RefusedException.NotFound("This room");
        }

        await pointers.AdvanceAsync(actor, id, body.Seq);
        return TypedResults.NoContent();
    }

    private static string NameOf(RoomKind kind) => kind switch
    {
        RoomKind.Public => "public", RoomKind.Private => "private", _ => "direct",
    };
}
