using BlazorChat.Rooms;

namespace BlazorChat.Components.Account;

/// <summary>Notification levels as a person reads them.</summary>
public static class LevelText
{
    /// <summary>All of them, the most first.</summary>
    public static IReadOnlyList<NotifyLevel> All { get; } = [NotifyLevel.Everything, NotifyLevel.Mentions, NotifyLevel.Nothing];

    /// <summary>A level in words.</summary>
    public static string Of(NotifyLevel level) => level switch
    {
        NotifyLevel.Everything => "Everything",
        NotifyLevel.Mentions => "Mentions and replies",
        _ => "Nothing",
    };
}
