namespace BlazorChat.Messages;

/// <summary>What a search found.</summary>
/// <param name="Messages">The messages, newest first.</param>
/// <param name="HasMore">Whether there may be older ones.</param>
/// <param name="NextBeforeId">
/// Where the next page begins: the <c>beforeId</c> to ask with. It may lie far before the last of <paramref name="Messages"/>: a
/// search that would take long stops there, and goes on when asked to. <see langword="null"/> when there are no more.
/// </param>
public sealed record SearchResults(IReadOnlyList<MessageView> Messages, bool HasMore, long? NextBeforeId)
{
    /// <summary>Nothing was found.</summary>
    public static SearchResults Empty { get; } = new([], HasMore: false, NextBeforeId: null);
}
