using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Messages;

/// <summary>
/// The style rule that collapses the messages of those whom the reader blocked, and what replies quote of them. Rows are shared by all
/// who look at a room, so that this is what tells one reader's view from another's: no component, and no flash of what was to be hidden.
/// </summary>
internal static class BlockStyle
{
    /// <summary>The rule; <see langword="null"/> for who blocked nobody. The list's script gives a row that was asked for the class <c>shown</c>.</summary>
    public static MarkupString? Of(IReadOnlyCollection<long> blockedIds)
    {
        if (blockedIds.Count == 0)
        {
            return null;
        }

        // Numbers only: nothing of it needs escaping.
        var theirs = $":is({string.Join(',', blockedIds.Select(id => string.Create(CultureInfo.InvariantCulture, $"[data-sender=\"{id}\"]")))})";
        return new MarkupString($$"""
            .message{{theirs}}:not(.shown) { background: none; cursor: pointer; }
            .message{{theirs}}:not(.shown) > * { display: none; }
            .message{{theirs}}:not(.shown)::after { content: "Message of somebody you blocked — Show"; grid-column: 1 / -1; color: var(--text-muted); font-size: .85rem; font-style: italic; }
            .quote{{theirs}} > * { display: none; }
            .quote{{theirs}}::after { content: "Message of somebody you blocked"; font-style: italic; }
            """);
    }
}
