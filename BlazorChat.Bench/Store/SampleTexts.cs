using System.Globalization;

namespace BlazorChat.Bench.Store;

/// <summary>Texts as people write them: mostly one short line, some with Markdown, a few longer.</summary>
internal sealed class SampleTexts(int seed)
{
    private static readonly string[] Texts =
    [
        "ok",
        "thanks!",
        "Good morning everyone",
        "Is anybody looking at the failing build?",
        "I'll have a look after lunch, should not take long",
        "The second one. It was **never** meant to be public.",
        "Done, see https://example.com/changes/1234 and tell me what you think",
        "Could you run `dotnet test` again? It passes here.",
        "that's *exactly* what I said yesterday :)",
        "- bread\n- milk\n- the good cheese",
        "> who broke it?\nNot me, I was on holiday",
        "```csharp\nvar sum = numbers.Where(n => n > 0).Sum();\nConsole.WriteLine(sum);\n```",
        "We moved the meeting to three o'clock because the room is taken until then. Bring the figures of last month, please, "
            + "and if you have time also a rough idea of what the next one will look like.",
        "lunch?",
        "Nice work on the release, it went through without a single call to the help desk.",
        "no",
    ];

    private readonly Random _random = new(seed);
    private int _count;

    /// <summary>The next text. No two are the same, so that nothing is saved by caching.</summary>
    public string Next()
    {
        lock (_random)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{Texts[_random.Next(Texts.Length)]}\n{++_count}");
        }
    }
}
