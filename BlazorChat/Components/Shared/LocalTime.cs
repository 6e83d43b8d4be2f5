using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Shared;

/// <summary>Moments as text: by the server in UTC, and then by js/local-time.js in the reader's own zone and words.</summary>
internal static class LocalTime
{
    /// <summary>A moment, to the minute.</summary>
    public static MarkupString Of(DateTimeOffset at) => new(
        $"<time datetime='{at.UtcDateTime:O}' data-moment>{at.UtcDateTime.ToString("d MMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture)}</time>");
}
