using System.Collections.Frozen;
using System.Net;
using BlazorChat.Accounts;
using BlazorChat.Live;
using BlazorChat.Messages;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Shared;

/// <summary>
/// Small pieces of HTML that many places show. Not components: each of those costs a circuit about 2 KiB, and a room page has
/// a dozen of these.
/// </summary>
internal static class Markup
{
    // One string for all circuits.
    private static readonly FrozenDictionary<string, MarkupString> Icons = new Dictionary<string, string>
    {
        ["add"] = "<path d='M12 5v14M5 12h14'/>",
        ["close"] = "<path d='M6 6l12 12M18 6L6 18'/>",
        ["menu"] = "<path d='M4 7h16M4 12h16M4 17h16'/>",
        ["search"] = "<circle cx='11' cy='11' r='6'/><path d='M20 20l-4.5-4.5'/>",
        ["browse"] = "<path d='M9 4L7 20M17 4l-2 16M4 9h16M4 15h16'/>",
        ["lock"] = "<rect x='5' y='11' width='14' height='9' rx='2'/><path d='M8 11V8a4 4 0 018 0v3'/>",
        ["people"] = "<circle cx='9' cy='8' r='3.2'/><path d='M3.5 19c.6-3.2 2.7-5 5.5-5s4.900 1.800 5.500 5M16 5.300a3.200 3.200 0 010 5.700M17.500 14.400c1.700.7 2.700 2.300 3.100 4.600'/>",
        ["settings"] = "<circle cx='12' cy='12' r='3'/><path d='M12 3v3M12 18v3M3 12h3M18 12h3M5.600 5.600l2.200 2.200M16.200 16.200l2.200 2.200M18.400 5.600l-2.200 2.200M7.800 16.200l-2.200 2.200'/>",
        ["bell"] = "<path d='M6 16V11a6 6 0 0112 0v5l1.500 2h-15zM10 20.500h4'/>",
        ["down"] = "<path d='M12 5v14M6 13l6 6 6-6'/>",
        ["write"] = "<path d='M4 20h4L19 9l-4-4L4 16v4zM13 7l4 4'/>",
        ["pin"] = "<path d='M9 4h6l-1 6 3 3v2H7v-2l3-3zM12 15v5'/>",
        ["clock"] = "<circle cx='12' cy='12' r='8'/><path d='M12 7.500V12l3 2'/>",
        ["quiet"] = "<path d='M5 9v6h3l5 4V5L8 9zM17 9.500l4 5M21 9.500l-4 5'/>",
        ["more"] = "<circle cx='5.500' cy='12' r='.8'/><circle cx='12' cy='12' r='.8'/><circle cx='18.500' cy='12' r='.8'/>",
        ["chevron"] = "<path d='M7 10l5 5 5-5'/>",
    }.ToFrozenDictionary(icon => icon.Key, icon => new MarkupString($"<svg class='icon' viewBox='0 0 24 24' aria-hidden='true'>{icon.Value}</svg>"));

    /// <summary>A line icon, drawn for this product on a 24-pixel grid.</summary>
    public static MarkupString Icon(string name) => Icons[name];

    /// <summary>Opens the list of rooms on a phone; see js/shell.js.</summary>
    public static MarkupString DrawerButton { get; } =
        new($"<button type='button' class='icon-button drawer-button' data-drawer='open' aria-label='Rooms'>{Icon("menu").Value}</button>");

    /// <summary>A person's image, or initials on a colour of theirs. The name stands beside it, so it says nothing by itself.</summary>
    public static MarkupString Avatar(PersonView person, string size = "") => new(person.Avatar is { } file
        ? $"<img class='avatar {size}' src='/avatars/{WebUtility.HtmlEncode(file)}' alt='' loading='lazy'>"
        : $"<span class='avatar {size} avatar-{Initials.Colour(person.Id)}' aria-hidden='true'>{WebUtility.HtmlEncode(Initials.Of(person.Name))}</span>");

    /// <summary>The face of a message: its sender's, or the emoji that a webhook gave.</summary>
    public static MarkupString Avatar(MessageView message) => message.Alias?.Emoji is { } emoji
        ? new($"<span class='avatar avatar-emoji' aria-hidden='true'>{WebUtility.HtmlEncode(emoji)}</span>")
        : Avatar(message.Sender);

    /// <summary>Says that a program speaks; stands after its name.</summary>
    public const string BotBadge = "<span class='bot-badge'>Bot</span>";

    /// <summary>A dot that says whether a person is here.</summary>
    public static MarkupString Presence(long userId, PresenceState state)
    {
        var name = state switch { PresenceState.Online => "online", PresenceState.Away => "away", _ => "offline" };
        return new($"<span class='presence {name}' data-testid='presence' data-user-id='{userId}' data-state='{name}' role='img' aria-label='{name}' title='{name}'></span>");
    }
}
