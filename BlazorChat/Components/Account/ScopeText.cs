using BlazorChat.Accounts.Tokens;

namespace BlazorChat.Components.Account;

/// <summary>What scopes of a token are called, and what they allow, in a few words.</summary>
internal static class ScopeText
{
    /// <summary>Those that a token may have, the least first.</summary>
    public static IReadOnlyList<Scope> All { get; } = [Scope.Read, Scope.Write, Scope.Admin];

    /// <summary>As the API calls it.</summary>
    public static string Name(Scope scope) => scope.ToString().ToLowerInvariant();

    /// <summary>The names of all that a token has.</summary>
    public static IEnumerable<string> Names(Scope scopes) => All.Where(s => scopes.HasFlag(s)).Select(Name);

    /// <summary>What it allows.</summary>
    public static string Describe(Scope scope) => scope switch
    {
        Scope.Read => "see rooms, people and messages, and hear of new ones",
        Scope.Write => "post, edit and delete messages; make, join and leave rooms",
        _ => "use your rights as an administrator",
    };
}
