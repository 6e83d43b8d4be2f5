using BlazorChat.Accounts;
using BlazorChat.Components.Shared;
using BlazorChat.Moderation;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Admin;

/// <summary>Small marks in grids. Text says what the colour says.</summary>
internal static class Badges
{
    /// <summary>A role.</summary>
    public static MarkupString Of(Role role) => new($"<span class='mark {(role >= Role.Moderator ? "strong" : "")}'>{role}</span>");

    /// <summary>Whether somebody can take part, and until when not.</summary>
    public static MarkupString Of(PersonRow row) => new(
        $"<span class='mark {(row.Status is PersonStatus.Active ? "" : row.Status is PersonStatus.Banned ? "bad" : "warn")}'>{Status(row)}</span>");

    private static string Status(PersonRow row) => row.Status switch
    {
        PersonStatus.Banned => row.StatusUntil is { } until ? $"Banned until {LocalTime.Of(until)}" : "Banned for good",
        PersonStatus.Muted => $"Muted until {LocalTime.Of(row.StatusUntil)}",
        _ => row.Status.ToString(),
    };
}
