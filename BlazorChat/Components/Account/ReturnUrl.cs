namespace BlazorChat.Components.Account;

/// <summary>Where a form leads when it is done.</summary>
public static class ReturnUrl
{
    /// <summary>The address if it is a page of this site, else the start page.</summary>
    public static string OrHome(string? url) => IsLocal(url) ? url! : "/";

    private static bool IsLocal(string? url) =>
        url is { Length: > 0 and <= 2048 }
        && url[0] == '/'
        // Browsers read "//host", "/\host" and, because they drop tabs and line breaks, "/<tab>/host" as another site.
        && (url.Length == 1 || url[1] is not ('/' or '\\'))
        && !url.Any(char.IsControl)
        && !url.Contains('\\', StringComparison.Ordinal)
        && Uri.TryCreate(url, UriKind.Relative, out _);
}
