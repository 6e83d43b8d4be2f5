namespace BlazorChat.Messages;

/// <summary>
/// How far a follower of the message log has come (webhooks, push). Stored with what it did, so that a crash repeats
/// a little and loses nothing.
/// </summary>
public sealed class LogCursor
{
    /// <summary>Names the follower.</summary>
    public string Name { get; set; } = "";

    /// <summary>The id of the last message that it has dealt with.</summary>
    public long MessageId { get; set; }
}
