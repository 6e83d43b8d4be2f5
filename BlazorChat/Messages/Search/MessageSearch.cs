using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Messages;

/// <summary>Finds messages by their words, through the actor's memberships: where they are not, there is nothing to find.</summary>
public sealed class MessageSearch(
    IDbContextFactory<ChatDbContext> contexts, SessionRegistry sessions, PeopleDirectory people, MessageViews views, RateLimits limits, TimeProvider time)
{
    /// <summary>Messages of one page.</summary>
    public const int PageSize = 20;

    /// <summary>Most messages that one call returns.</summary>
    public const int MaxPageSize = 100;

    private const int MaxSenders = 50;

    /// <summary>
    /// Messages of the actor's rooms that a query describes (see <see cref="SearchQuery"/>), newest first; deleted ones never.
    /// Words shorter than three characters are looked for in the newest messages only, a stretch a page.
    /// </summary>
    /// <param name="actor">Who looks.</param>
    /// <param name="query">What for.</param>
    /// <param name="roomId">Only in this room.</param>
    /// <param name="beforeId">Only messages older than this one: the <see cref="SearchResults.NextBeforeId"/> of the page before.</param>
    /// <param name="limit">Most messages to return.</param>
    /// <exception cref="RefusedException">The query makes no sense, or the room is not the actor's.</exception>
    public async Task<SearchResults> SearchAsync(Actor actor, string query, long? roomId = null, long? beforeId = null, int limit = PageSize)
    {
        var only = await sessions.RequireInRoomsAsync(actor, Scope.Read);
        limits.Spend(actor, Limited.Searches);
        if (roomId is not null && only is not null && only != roomId)
        {
            throw RoomAccess.NotFound();
        }

        var wanted = SearchQuery.Parse(query);
        await using var db = await contexts.CreateDbContextAsync();
        await db.Database.OpenConnectionAsync();
        using var statements = new SearchStatements(db, wanted.Expression());
        var rooms = statements.RoomsOf(actor.UserId, roomId ?? only);
        if (roomId is not null && rooms.Count == 0)
        {
            throw RoomAccess.NotFound();
        }

        if (wanted.IsEmpty)
        {
            return SearchResults.Empty;
        }

        rooms = await InAsync(rooms, wanted.In, actor);
        var senders = await FromAsync(db, wanted.From, actor);
        var before = beforeId ?? long.MaxValue;
        before = wanted.Before is { } moment ? Math.Min(before, statements.FirstIdSince(moment.ToUnixTimeMilliseconds())) : before;
        limit = Math.Clamp(limit, 1, MaxPageSize);
        var pass = new SearchPass(statements, rooms, before, limit, text => wanted.Matches(text), senders, time);
        return await PageAsync(db, actor, pass.Run(), limit);
    }

    private async Task<SearchResults> PageAsync(ChatDbContext db, Actor actor, SearchFindings findings, int limit)
    {
        long[] ids = [.. findings.Ids.Take(limit)];
        var messages = ids.Length == 0 ? [] : await db.Messages.AsNoTracking()
            .Where(m => ids.Contains(m.Id) && m.DeletedAt == null && db.Memberships.Any(s => s.RoomId == m.RoomId && s.UserId == actor.UserId))
            .OrderByDescending(m => m.Id)
            .ToListAsync();
        long? next = findings.Ids.Count > limit ? ids[^1] : findings.ReachedId;
        return new SearchResults(await views.OfAsync(db, messages), HasMore: next is not null, next);
    }

    /// <summary>Those of the rooms that are named so, or where none is, whose name has it as a part.</summary>
    private async Task<List<SearchedRoom>> InAsync(List<SearchedRoom> rooms, IReadOnlyList<string> names, Actor actor)
    {
        if (names.Count == 0)
        {
            return rooms;
        }

        var others = await people.GetAsync([.. rooms.SelectMany(r => r.OtherThan(actor.UserId)).Distinct()]);
        var named = rooms.ConvertAll(room => (Room: room, Name: room.DirectKey is null
            ? room.Name : string.Join(", ", room.OtherThan(actor.UserId).Where(others.ContainsKey).Select(id => others[id].Name).Order(StringComparer.CurrentCultureIgnoreCase))));
        return [.. names.SelectMany(name =>
        {
            var exact = named.Where(r => r.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList();
            return exact.Count > 0 ? exact : named.Where(r => r.Name.Contains(name, StringComparison.OrdinalIgnoreCase));
        }).Select(r => r.Room).Distinct()];
    }

    /// <summary>The people named so, or where there is none, whose name begins so; null for anybody.</summary>
    private static async Task<HashSet<long>?> FromAsync(ChatDbContext db, IReadOnlyList<string> names, Actor actor)
    {
        if (names.Count == 0)
        {
            return null;
        }

        HashSet<long> senders = [];
        foreach (var name in names)
        {
            if (name.Equals("me", StringComparison.OrdinalIgnoreCase))
            {
                senders.Add(actor.UserId);
                continue;
            }

            var normalized = name.Normalize().ToUpperInvariant();
            var found = await db.Users.Where(u => u.NormalizedUserName == normalized).Select(u => u.Id).ToListAsync();
            senders.UnionWith(found.Count > 0 ? found : await db.Users
                .Where(u => u.NormalizedUserName!.StartsWith(normalized)).OrderBy(u => u.NormalizedUserName).Take(MaxSenders).Select(u => u.Id).ToListAsync());
        }

        return senders;
    }
}
