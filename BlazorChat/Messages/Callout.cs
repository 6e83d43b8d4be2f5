namespace BlazorChat.Messages;

/// <summary>Whom of a room a message calls all at once, besides those it names.</summary>
public enum Callout
{
    /// <summary>Nobody.</summary>
    None = 0,

    /// <summary><c>@here</c>: who is connected when it is said.</summary>
    Here = 1,

    /// <summary><c>@all</c>: everybody in the room.</summary>
    All = 2,
}

/// <summary>The words that call.</summary>
public static class Callouts
{
    /// <summary>How a callout is written behind the <c>@</c>.</summary>
    public static string NameOf(Callout callout) => callout == Callout.All ? "all" : "here";

    /// <summary>What a normalised name calls, if anything.</summary>
    internal static Callout Find(string normalizedName) => normalizedName switch
    {
        "ALL" => Callout.All,
        "HERE" => Callout.Here,
        _ => Callout.None,
    };
}
