namespace BlazorChat.Accounts;

/// <summary>Makes answers take the same time, so that how long one took tells nothing.</summary>
internal static class AnswerFloor
{
    /// <summary>Waits until this time has passed since the start, or a multiple of it when the server is busy.</summary>
    public static Task ReachAsync(TimeProvider time, long started, TimeSpan floor)
    {
        var elapsed = time.GetElapsedTime(started).Ticks;
        var left = TimeSpan.FromTicks(floor.Ticks - (elapsed % floor.Ticks));

        // Up to whole milliseconds: a delay drops what is beyond them, and would end before its time.
        return Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), time);
    }
}
