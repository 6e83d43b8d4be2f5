using System.Globalization;
using BlazorChat.Accounts;
using BlazorChat.Notifications;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BlazorChat.Api;

/// <summary>What the caller is told of: for the account, and for each room.</summary>
internal static class NotificationEndpoints
{
    private const string TimeOfDay = "HH:mm";

    public static void MapNotificationChoices(this IEndpointRouteBuilder api)
    {
        api.MapGet("/notifications", GetAsync).WithTags("Notifications").WithSummary("What I am told of");
        api.MapPut("/notifications", SaveAsync).WithTags("Notifications").WithSummary("Chooses what I am told of")
            .WithDescription("Quiet hours are times of day such as 22:00, in the time zone; both or neither. E-mail comes after 15, 60, 240 or 1440 minutes, or never (null).")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status403Forbidden);
        api.MapGet("/rooms/{id:long}/notifications", GetRoomAsync).WithTags("Notifications").WithSummary("What I am told of a room")
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPut("/rooms/{id:long}/notifications", SetRoomAsync).WithTags("Notifications").WithSummary("Chooses what I am told of a room")
            .WithDescription("A level of null is what my account says; a mute of null ends one.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<NotificationsBody> GetAsync(HttpContext context, NotificationService notifications)
    {
        var choices = await notifications.GetAsync(context.Actor());
        return new NotificationsBody(
            NameOf(choices.DefaultLevel), choices.QuietFrom?.ToString(TimeOfDay, CultureInfo.InvariantCulture),
            choices.QuietUntil?.ToString(TimeOfDay, CultureInfo.InvariantCulture), choices.TimeZone, choices.ShowsText, choices.EmailAfterMinutes);
    }

    private static async Task<NoContent> SaveAsync(NotificationsBody body, HttpContext context, NotificationService notifications)
    {
        await notifications.SaveAsync(context.Actor(), new NotificationChoices(
            LevelOf(body.DefaultLevel) ?? throw NoLevel(), TimeOf(body.QuietFrom), TimeOf(body.QuietUntil), body.TimeZone ?? "UTC", body.ShowsText,
            body.EmailAfterMinutes));
        return TypedResults.NoContent();
    }

    private static async Task<RoomNotificationsBody> GetRoomAsync(long id, HttpContext context, NotificationService notifications)
    {
        var notices = await notifications.GetRoomAsync(context.Actor(), id);
        return new RoomNotificationsBody(notices.Chosen is { } chosen ? NameOf(chosen) : null, notices.MutedUntil?.UtcDateTime, NameOf(notices.Level));
    }

    private static async Task<NoContent> SetRoomAsync(long id, RoomNotificationsBody body, HttpContext context, NotificationService notifications)
    {
        var level = LevelOf(body.Level);
        await notifications.SetLevelAsync(context.Actor(), id, level);
        await notifications.MuteAsync(context.Actor(), id, body.MutedUntil is { } until ? new DateTimeOffset(until.ToUniversalTime()) : null);
        return TypedResults.NoContent();
    }

    private static string NameOf(NotifyLevel level) => level switch
    {
        NotifyLevel.Everything => "everything", NotifyLevel.Mentions => "mentions", _ => "nothing",
    };

    private static NotifyLevel? LevelOf(string? name) => name switch
    {
        null => null,
        "everything" => NotifyLevel.Everything,
        "mentions" => NotifyLevel.Mentions,
        "nothing" => NotifyLevel.Nothing,
        _ => throw NoLevel(),
    };

    private static TimeOnly? TimeOf(string? time) => time is null ? null
        : TimeOnly.TryParseExact(time, TimeOfDay, CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed) ? parsed
        : throw RefusedException.Invalid("A time of day is one such as 22:00.");

    private static RefusedException NoLevel() => RefusedException.Invalid("A level is everything, mentions or nothing.");
}
