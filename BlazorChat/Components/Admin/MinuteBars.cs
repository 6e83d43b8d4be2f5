using System.Globalization;
using System.Text;
using BlazorChat.Components.Shared;
using BlazorChat.Moderation.Overview;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Admin;

/// <summary>
/// A bar a minute, as plain markup: MudBlazor's chart measures itself by JavaScript and fails in the log when its tab has just gone.
/// The words beside it say the same to who cannot see it.
/// </summary>
internal static class MinuteBars
{
    private const int MinutesALabel = 15;

    public static MarkupString Of(IReadOnlyList<PulseMinute> minutes, Func<PulseMinute, long> figure)
    {
        var highest = Math.Max(1, minutes.Select(figure).DefaultIfEmpty().Max());
        var html = new StringBuilder("<div class='bars'>");
        html.Append(CultureInfo.InvariantCulture, $"<span class='top'>{highest:N0}</span>");
        for (var i = 0; i < minutes.Count; i++)
        {
            var value = figure(minutes[i]);
            var at = minutes[i].At.UtcDateTime;
            html.Append(CultureInfo.InvariantCulture, $"<time class='bar' datetime='{at:O}' data-moment='clock' data-figure='{value:N0}' title='{at:HH:mm} UTC: {value:N0}'>");
            html.Append(CultureInfo.InvariantCulture, $"<i style='height:{100.0 * value / highest:0.#}%'></i>");
            html.Append((minutes.Count - 1 - i) % MinutesALabel == 0 ? $"<small>{LocalTime.Clock(minutes[i].At)}</small></time>" : "</time>");
        }

        return new(html.Append("</div>").ToString());
    }
}
