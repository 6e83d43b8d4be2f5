using System.Globalization;
using BlazorChat.Moderation;

namespace BlazorChat.Components.Messages;

/// <summary>Reports in words.</summary>
internal static class ReportText
{
    /// <summary>The reasons, as they are chosen from.</summary>
    public static IReadOnlyList<(ReportReason Reason, string Name, string Hint)> Reasons { get; } =
    [
        (ReportReason.Spam, "Spam", "advertising, floods"),
        (ReportReason.Harassment, "Harassment", "insults, threats"),
        (ReportReason.Hate, "Hate", "against people for what they are"),
        (ReportReason.Private, "Private matters", "somebody's address, pictures, letters"),
        (ReportReason.Illegal, "Against the law", ""),
        (ReportReason.Other, "Something else", "say what"),
    ];

    /// <summary>A reason in words.</summary>
    public static string NameOf(ReportReason reason) => Reasons.First(r => r.Reason == reason).Name;

    /// <summary>Where a report stands, for who made it.</summary>
    public static string NameOf(ReportState state) => state switch
    {
        ReportState.Open => "Waiting",
        ReportState.Claimed => "Being looked at",
        ReportState.Resolved => "Resolved",
        _ => "Dismissed",
    };

    /// <summary>A room in words.</summary>
    public static string RoomOf(string name) => name.Length == 0 ? "a direct conversation" : $"# {name}";

    /// <summary>So many of something.</summary>
    public static string Counted(int count, string what) => count == 1 ? $"1 {what}" : $"{count.ToString("N0", CultureInfo.InvariantCulture)} {what}s";
}
