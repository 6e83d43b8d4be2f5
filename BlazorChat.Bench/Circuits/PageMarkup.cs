using System.Text.Json;
using System.Text.RegularExpressions;

namespace BlazorChat.Bench.Circuits;

/// <summary>What a served page says about its interactive components.</summary>
internal sealed partial class PageMarkup
{
    private PageMarkup(IReadOnlyList<string> markers, string state)
    {
        Markers = markers;
        State = state;
    }

    /// <summary>The components' descriptors as JSON, verbatim: they are signed.</summary>
    public IReadOnlyList<string> Markers { get; }

    /// <summary>What prerendering handed on, or an empty text.</summary>
    public string State { get; }

    public static PageMarkup Parse(string html)
    {
        // The comment that ends a prerendered component carries no descriptor.
        var markers = Marker().Matches(html).Select(m => m.Groups[1].Value)
            .Where(json => json.Contains("\"descriptor\"", StringComparison.Ordinal)).ToArray();
        return markers is []
            ? throw new InvalidDataException("The page has no interactive component.")
            : new PageMarkup(markers, PersistedState().Match(html).Groups[1].Value);
    }

    /// <summary>The operations that make the circuit render those components.</summary>
    public string AddOperations()
    {
        var operations = Markers.Select((marker, i) =>
            $$"""{"type":"add","ssrComponentId":{{i + 1}},"marker":{{marker}}}""");
        var json = $$"""{"batchId":1,"operations":[{{string.Join(',', operations)}}]}""";
        using var _ = JsonDocument.Parse(json);
        return json;
    }

    [GeneratedRegex(@"<!--Blazor:(\{.*?\})-->", RegexOptions.Singleline)]
    private static partial Regex Marker();

    [GeneratedRegex("<!--Blazor-Server-Component-State:(.*?)-->", RegexOptions.Singleline)]
    private static partial Regex PersistedState();
}
