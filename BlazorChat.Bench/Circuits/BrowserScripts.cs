using System.Globalization;
using System.Text.Json;

namespace BlazorChat.Bench.Circuits;

/// <summary>
/// Stands in for the page's JavaScript: remembers which module each imported reference is and which .NET objects a script was
/// given, and answers calls with something plausible.
/// </summary>
internal sealed class BrowserScripts
{
    private const int ObjectReference = 1;
    private const int Void = 3;

    /// <summary>Answers for calls whose .NET side cannot take null. Everything else that returns a value gets null.</summary>
    private static readonly (string Part, string Json)[] Values =
    [
        ("isvisible", "true"),
        ("visible", "true"),
        ("hasfocus", "true"),
        ("isfocused", "true"),
        ("timezone", "\"Europe/Berlin\""),
        ("getbrowserwindowsize", """{"width":1280,"height":900}"""),
        ("matchmedia", "false"),
        ("isdarkmode", "false"),
        ("darkmode", "false"),
    ];

    private readonly Dictionary<long, string> _modules = [];
    private readonly List<GivenObject> _given = [];
    private long _nextReference;

    /// <summary>A .NET object that a script was given, and by which call.</summary>
    public readonly record struct GivenObject(string Module, string Function, long Id);

    /// <summary>The modules that were imported, as written.</summary>
    public IReadOnlyCollection<string> Imports
    {
        get
        {
            lock (_modules)
            {
                return [.. _modules.Values];
            }
        }
    }

    /// <summary>The .NET object that a script of this module was given.</summary>
    public GivenObject? Find(string module, string function)
    {
        lock (_modules)
        {
            return _given.Where(g => g.Module.Contains(module, StringComparison.OrdinalIgnoreCase)
                    && g.Function.Contains(function, StringComparison.OrdinalIgnoreCase))
                .Select(g => (GivenObject?)g).LastOrDefault();
        }
    }

    /// <summary>The arguments of <c>EndInvokeJSFromDotNet</c> for one call.</summary>
    public string Answer(long handle, string identifier, string argumentsJson, int resultType, long target)
    {
        lock (_modules)
        {
            Remember(identifier, argumentsJson, target);
            var result = resultType switch
            {
                ObjectReference => NewReference(identifier, argumentsJson),
                Void => "null",
                _ => Values.FirstOrDefault(v => identifier.Contains(v.Part, StringComparison.OrdinalIgnoreCase)).Json ?? "null",
            };
            return string.Create(CultureInfo.InvariantCulture, $"[{handle},true,{result}]");
        }
    }

    private void Remember(string identifier, string argumentsJson, long target)
    {
        const string Property = "\"__dotNetObject\":";
        var at = argumentsJson.IndexOf(Property, StringComparison.Ordinal);
        if (at >= 0)
        {
            var digits = argumentsJson.AsSpan(at + Property.Length);
            var end = digits.IndexOfAnyExceptInRange('0', '9');
            _given.Add(new GivenObject(_modules.GetValueOrDefault(target, ""), identifier,
                long.Parse(digits[..end], CultureInfo.InvariantCulture)));
        }
    }

    private string NewReference(string identifier, string argumentsJson)
    {
        var id = ++_nextReference;
        if (identifier == "import")
        {
            using var arguments = JsonDocument.Parse(argumentsJson);
            _modules[id] = arguments.RootElement[0].GetString()!;
        }

        return string.Create(CultureInfo.InvariantCulture, $$"""{"__jsObjectId":{{id}}}""");
    }
}
