namespace BlazorChat.Bench.Hub;

internal enum HubRecordKind
{
    /// <summary>A ping, or an event that is not measured.</summary>
    Other,
    Completion,
    NewMessage,
    Close,
}

/// <summary>What one record of the hub's protocol says, as far as a measurement needs it.</summary>
/// <param name="Kind">Which of the members below mean something.</param>
/// <param name="Call">The call that a completion answers.</param>
/// <param name="Error">The record as text, when it tells of a failure.</param>
/// <param name="RoomId">The room of a new message.</param>
/// <param name="Seq">Its place in the room.</param>
/// <param name="Mark">What the sender put in its text.</param>
internal readonly record struct HubRecord(
    HubRecordKind Kind, long Call = 0, string? Error = null, long RoomId = 0, long Seq = 0, MessageMark Mark = default);
