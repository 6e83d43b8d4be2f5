using BlazorChat.Accounts;
using Microsoft.AspNetCore.Components.Routing;

namespace BlazorChat.Components.Admin;

/// <summary>A page of the administration, as its navigation shows it.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Title">What it is called, in a word: all of them stand in one row.</param>
/// <param name="Right">Who sees it: those who have this right.</param>
internal sealed record AdminLink(string Path, string Title, Right Right)
{
    public NavLinkMatch Match => Path == "/admin" ? NavLinkMatch.All : NavLinkMatch.Prefix;
}

/// <summary>The pages of the administration, in the order of its navigation.</summary>
internal static class AdminPages
{
    public static IReadOnlyList<AdminLink> All { get; } =
    [
        new("/admin", "Overview", Right.SeeCommunity),
        new("/admin/people", "People", Right.SeeCommunity),
        new("/admin/rooms", "Rooms", Right.SeeCommunity),
        new("/admin/reports", "Reports", Right.Review),
        new("/admin/held", "Held", Right.Review),
        new("/admin/bans", "Bans", Right.Ban),
        new("/admin/filter", "Filter", Right.FilterWords),
        new("/admin/invites", "Invites", Right.Invite),
        new("/admin/bots", "Bots", Right.ManageBots),
        new("/admin/audit", "Audit", Right.ReadAuditLog),
        new("/admin/announcements", "News", Right.Announce),
        new("/admin/roles", "Roles", Right.SeeCommunity),
        new("/admin/settings", "Settings", Right.ChangeSettings),
    ];
}
