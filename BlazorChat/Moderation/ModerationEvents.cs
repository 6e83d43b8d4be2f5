using BlazorChat.Live;

namespace BlazorChat.Moderation;

/// <summary>What moderators may have in view.</summary>
public enum ModerationList
{
    /// <summary>Reports.</summary>
    Reports,

    /// <summary>Held messages.</summary>
    Held,

    /// <summary>Bans and appeals.</summary>
    Bans,
}

/// <summary>
/// A list of the moderators' changed. It carries nothing of the list, because who follows it may have been demoted since: whoever
/// shows the list asks for it again, as themselves.
/// </summary>
public sealed record ModerationChanged(ModerationList List) : ChatEvent(Topic.Moderation);
