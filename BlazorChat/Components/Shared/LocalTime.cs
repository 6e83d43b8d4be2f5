using System.Globalization;
using System.Net;
using BlazorChat.Accounts;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace BlazorChat.Components.Shared;

/// <summary>Moments as text: by the server in UTC, and then by js/local-time.js in the reader's own zone and words.</summary>
internal static class LocalTime
{
    private const string Script = "./js/typed-time.js";

    /// <summary>A moment, to the minute.</summary>
    public static MarkupString Of(DateTimeOffset at) => Element(at, "minute", Utc(at, "d MMM yyyy, HH:mm 'UTC'"));

    /// <summary>A moment that may not have come.</summary>
    public static MarkupString Of(DateTimeOffset? at, string never = "never") => at is { } some ? Of(some) : new(WebUtility.HtmlEncode(never));

    /// <summary>A moment, to the second.</summary>
    public static MarkupString Exact(DateTimeOffset at) => Element(at, "second", Utc(at, "d MMM yyyy, HH:mm:ss 'UTC'"));

    /// <summary>How long ago, in the largest unit that fits; the moment itself for who points at it.</summary>
    public static MarkupString Ago(DateTimeOffset at, DateTimeOffset now) => (now - at) switch
    {
        { TotalMinutes: < 1 } => Element(at, "ago", "just now"),
        { TotalHours: < 1 } ago => Element(at, "ago", $"{(int)ago.TotalMinutes} min ago"),
        { TotalDays: < 1 } ago => Element(at, "ago", $"{(int)ago.TotalHours} h ago"),
        { TotalDays: < 60 } ago => Element(at, "ago", $"{(int)ago.TotalDays} d ago"),
        _ => Element(at, "month", Utc(at, "MMM yyyy")),
    };

    /// <summary>A moment by the clock alone.</summary>
    public static MarkupString Clock(DateTimeOffset at) => Element(at, "clock", Utc(at, "HH:mm"));

    /// <summary>What the reader typed by their own clock into an <c>input type="datetime-local"</c>; <see langword="null"/> for nothing.</summary>
    /// <exception cref="OperationCanceledException">The tab is gone.</exception>
    public static async Task<DateTimeOffset?> ReadAsync(IJSRuntime js, string? typed) =>
        string.IsNullOrEmpty(typed) ? null
        : DateTimeOffset.TryParse(
            await JsModule.ReadAsync<string>(js, Script, "read", typed), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at
        : throw RefusedException.Invalid("This is no time. Choose a day and an hour.");

    /// <summary>The value by which an <c>input type="datetime-local"</c> shows a moment on the reader's clock.</summary>
    /// <exception cref="OperationCanceledException">The tab is gone.</exception>
    public static async Task<string> TypedAsync(IJSRuntime js, DateTimeOffset at) =>
        await JsModule.ReadAsync<string>(js, Script, "write", at.ToUnixTimeMilliseconds()) ?? "";

    private static MarkupString Element(DateTimeOffset at, string style, string text) => new(
        $"<time datetime='{at.UtcDateTime:O}' data-moment='{style}' title='{Utc(at, "d MMM yyyy, HH:mm:ss 'UTC'")}'>{text}</time>");

    private static string Utc(DateTimeOffset at, string format) => at.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
}
