namespace BlazorChat.Operations;

/// <summary>What seeded people say: lines of the lengths and kinds that teams write.</summary>
internal static class SeedTexts
{
    public static string[] All { get; } =
    [
        "Good morning everyone",
        "The build is green again",
        "Can somebody look at the printer on the second floor?",
        "I have moved the meeting to three o'clock, the calendar has the link",
        "Thanks, that works for me",
        "Here is what I found so far: the cache was never cleared after the **first** request, so every later one saw the old value.",
        "See https://example.com/issues/4711 for the details",
        "Lunch?",
        "Yes please",
        "Could you try `dotnet watch` and tell me whether the page reloads?",
        "- fix the header\n- write the test\n- ask Maria about the colours",
        "It took me a while, but the migration is through. All 1,204 rows arrived, and the totals agree with the old system to the cent.",
        "> Is the release on Friday?\n\nOn Thursday, if nothing comes up",
        "Haha 😀",
        "```\nGET /health/ready\n200 OK\n```",
        "I am out this afternoon and back tomorrow at nine",
        "Who has the key to the archive?",
        "It is *almost* done, give me ten minutes",
        "Grüße aus Köln, der Zug hat Verspätung",
        "Would anyone mind if we renamed the room?",
    ];
}
