namespace BlazorChat.Components.Messages;

/// <summary>What blocking means, in words.</summary>
internal static class BlockText
{
    /// <summary>What happens when somebody is blocked.</summary>
    public static string WhatHappens(string name) =>
        $"What {name} says collapses for you, in rooms, quotes and search, and you are notified of none of it. You cannot write to each other directly. "
        + $"{name} is not told. You can unblock {name} at any time.";
}
