using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Live;
using BlazorChat.Mail;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Notifications;

/// <summary>What people want to be told of: for their account, and for each of their rooms.</summary>
public sealed class NotificationService(
    IDbContextFactory<ChatDbContext> contexts, SessionRegistry sessions, EmailLinks email, ChatService chat, TimeProvider time)
{
    /// <summary>After how many minutes unread messages may come by e-mail.</summary>
    public static IReadOnlyList<int> EmailDelays { get; } = [15, 60, 240, 1440];

    /// <summary>Longer than a year is for good.</summary>
    public static readonly DateTimeOffset ForGood = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Whether this server sends e-mail at all: it has a mail server, and knows the address that links lead to.</summary>
    public bool EmailIsOn => email.AreOn;

    /// <summary>What the actor chose.</summary>
    public async Task<NotificationChoices> GetAsync(Actor actor)
    {
        await sessions.RequireAsync(actor, Scope.Read);
        await using var db = await contexts.CreateDbContextAsync();
        return NotificationChoices.Of(await OfAsync(db, actor.UserId));
    }

    /// <summary>Stores what the actor chose.</summary>
    /// <exception cref="RefusedException">Half of quiet hours, an unknown time zone, or a delay that is not offered.</exception>
    public async Task SaveAsync(Actor actor, NotificationChoices choices)
    {
        await sessions.RequireAsync(actor, Scope.Account);
        Check(choices);
        await using (var db = await contexts.CreateDbContextAsync())
        {
            var settings = await db.NotificationSettings.AsTracking().SingleOrDefaultAsync(s => s.UserId == actor.UserId);
            if (settings is null)
            {
                db.NotificationSettings.Add(settings = new NotificationSettings { UserId = actor.UserId });
            }

            settings.DefaultLevel = choices.DefaultLevel;
            settings.QuietFrom = choices.QuietFrom;
            settings.QuietUntil = choices.QuietUntil;
            settings.TimeZone = choices.TimeZone;
            settings.ShowsText = choices.ShowsText;
            settings.EmailAfterMinutes = choices.EmailAfterMinutes;
            await db.SaveChangesAsync();
        }

        chat.Raise(new NotificationsChanged(actor.UserId));
    }

    /// <summary>What the actor is told of a room of theirs.</summary>
    /// <exception cref="RefusedException">Not a member.</exception>
    public async Task<RoomNotices> GetRoomAsync(Actor actor, long roomId)
    {
        await sessions.RequireAsync(actor, Scope.Read, roomId);
        await using var db = await contexts.CreateDbContextAsync();
        var mine = await db.Memberships.Where(m => m.RoomId == roomId && m.UserId == actor.UserId)
            .Select(m => new { m.Level, m.MutedUntil, m.Room!.Kind }).SingleOrDefaultAsync() ?? throw RefusedException.NotFound("This room");
        var byDefault = (await OfAsync(db, actor.UserId)).DefaultLevel;
        return new RoomNotices(
            mine.Level,
            WhoIsTold.LevelOf(null, mine.Kind == RoomKind.Direct, byDefault),
            mine.MutedUntil > time.GetUtcNow() ? mine.MutedUntil : null);
    }

    /// <summary>Chooses what the actor is told of a room; <see langword="null"/> goes back to what the account says.</summary>
    /// <exception cref="RefusedException">Not a member, or no such level.</exception>
    public Task SetLevelAsync(Actor actor, long roomId, NotifyLevel? level) => level is { } wanted && !Enum.IsDefined(wanted)
        ? throw RefusedException.Invalid("The level is everything, mentions or nothing.", "Level")
        : ChangeAsync(actor, roomId, mine => mine.Level = level);

    /// <summary>Mutes a room: nothing of it is told until then. A time that is over, or <see langword="null"/>, ends a mute.</summary>
    /// <exception cref="RefusedException">Not a member.</exception>
    public Task MuteAsync(Actor actor, long roomId, DateTimeOffset? until)
    {
        var now = time.GetUtcNow();
        DateTimeOffset? stored = until <= now ? null : until - now > TimeSpan.FromDays(366) ? ForGood : until;
        return ChangeAsync(actor, roomId, mine => mine.MutedUntil = stored);
    }

    /// <summary>What somebody chose, or what holds for who chose nothing. For workers, which act for nobody.</summary>
    internal static async Task<NotificationSettings> OfAsync(ChatDbContext db, long userId) =>
        await db.NotificationSettings.AsNoTracking().SingleOrDefaultAsync(s => s.UserId == userId) ?? new NotificationSettings { UserId = userId };

    private async Task ChangeAsync(Actor actor, long roomId, Action<Membership> change)
    {
        await sessions.RequireAsync(actor, Scope.Write, roomId);
        await using (var db = await contexts.CreateDbContextAsync())
        {
            change(await db.Memberships.AsTracking().SingleOrDefaultAsync(m => m.RoomId == roomId && m.UserId == actor.UserId)
                ?? throw RefusedException.NotFound("This room"));
            await db.SaveChangesAsync();
        }

        chat.Raise(new NotificationsChanged(actor.UserId));
    }

    private static void Check(NotificationChoices choices)
    {
        if (!Enum.IsDefined(choices.DefaultLevel))
        {
            throw RefusedException.Invalid("The level is everything, mentions or nothing.", nameof(choices.DefaultLevel));
        }

        if (choices.QuietFrom is null != choices.QuietUntil is null || (choices.QuietFrom is not null && choices.QuietFrom == choices.QuietUntil))
        {
            throw RefusedException.Invalid("Quiet hours have a beginning and another end, or neither.", nameof(choices.QuietFrom));
        }

        if (choices.TimeZone.Length > NotificationSettings.MaxTimeZoneLength || !TimeZoneInfo.TryFindSystemTimeZoneById(choices.TimeZone, out _))
        {
            throw RefusedException.Invalid("This time zone is not known. Its name is one such as Europe/Berlin.", nameof(choices.TimeZone));
        }

        if (choices.EmailAfterMinutes is { } minutes && !EmailDelays.Contains(minutes))
        {
            throw RefusedException.Invalid(
                $"E-mail can come after {string.Join(", ", EmailDelays)} minutes, or never.", nameof(choices.EmailAfterMinutes));
        }
    }
}
