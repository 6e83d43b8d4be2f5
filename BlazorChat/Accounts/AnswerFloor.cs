namespace BlazorChat.Accounts;

/// <summary>Makes answers take the same time, so that how long one took tells nothing.</summary>
internal static class AnswerFloor
{
    /// <summary>Waits until this time has passed since the start, or a multiple of it when the server is busy.</summary>
    public static async Task ReachAsync(TimeProvider time, long started, TimeSpan floor)
    {
        var elapsed = time.GetElapsedTime(started);
        var answerAt = (Math.Floor(elapsed / floor) + 1) * floor;

        // In rounds: timers count whole milliseconds of a coarser clock, and may end just before their time.
        for (; elapsed < answerAt; elapsed = time.GetElapsedTime(started))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling((answerAt - elapsed).TotalMilliseconds)), time);
        }
    }
}
