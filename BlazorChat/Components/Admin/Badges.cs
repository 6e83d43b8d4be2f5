using BlazorChat.Accounts;
using BlazorChat.Moderation;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Admin;

/// <summary>Small marks in grids. Text says what the colour says.</summary>
internal static class Badges
{
    /// <summary>A role.</summary>
    public static MarkupString Of(Role role) => new($"<span class='mark {(role >= Role.Moderator ? "strong" : "")}'>{role}</span>");

    /// <summary>Whether somebody can take part.</summary>
    public static MarkupString Of(PersonRow row) => new(
        $"<span class='mark {(row.Status is PersonStatus.Active ? "" : row.Status is PersonStatus.Banned ? "bad" : "warn")}'>{AdminText.Status(row)}</span>");
}
