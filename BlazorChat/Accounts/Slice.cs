namespace BlazorChat.Accounts;

/// <summary>A page of a long list.</summary>
/// <typeparam name="T">What is listed.</typeparam>
/// <param name="Rows">What is on the page.</param>
/// <param name="Page">Which page; they count from 0.</param>
/// <param name="Total">How many there are in all, as far as they were counted.</param>
/// <param name="IsMore">Whether there are more than were counted: to count all would take longer than to show a page.</param>
public sealed record Slice<T>(IReadOnlyList<T> Rows, int Page, int Total, bool IsMore = false)
{
    /// <summary>The last page, as far as they were counted.</summary>
    public int LastPage => Math.Max(0, (Total - 1) / Slice.PageSize);

    /// <summary>The number of the first row of the page, from 1; 0 for none.</summary>
    public int First => Rows.Count == 0 ? 0 : Page * Slice.PageSize + 1;

    /// <summary>The number of the last row of the page.</summary>
    public int Last => Page * Slice.PageSize + Rows.Count;
}

/// <summary>How long lists are cut.</summary>
public static class Slice
{
    /// <summary>Rows a page.</summary>
    public const int PageSize = 50;

    /// <summary>How far a narrowed list is counted, and its pages are turned: who wants to see further narrows it more.</summary>
    public const int MaxCounted = 1_000;

    /// <summary>A page number from outside: one that no list reaches ends at an empty page, not in a fault.</summary>
    public static int Clamp(int page) => Math.Clamp(page, 0, 1_000_000);
}
