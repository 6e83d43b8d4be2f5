using System.Globalization;
using System.Net;
using BlazorChat.Components.Shared;
using BlazorChat.Moderation.Overview;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace BlazorChat.Components.Admin;

/// <summary>How the community and its server are. It looks again every few seconds while somebody can see it.</summary>
public sealed partial class OverviewPage : ChatComponent
{
    /// <summary>How often it looks again.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Free disk below which the figure is marked: 1 GB.</summary>
    private const long LowDisk = 1L << 30;

    private static readonly BarChartOptions s_bars = new() { ShowLegend = false, YAxisTicks = 1, MaxNumYAxisTicks = 5, ChartPalette = ["var(--accent)"] };

    private OverviewView? _view;
    private List<ChartSeries<double>> _series = [];
    private string[] _labels = [];
    private ITimer? _timer;
    private bool _failed;

    [Inject]
    private OverviewService Overview { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => LoadAsync();

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _timer = Time.CreateTimer(_ => _ = InvokeAsync(RefreshAsync), null, Interval, Interval);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_timer is not null)
        {
            await _timer.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    private async Task RefreshAsync()
    {
        if (!IsDisposed && !_failed && Circuit.Connection is null or { IsUp: true, IsVisible: true })
        {
            await LoadAsync();
            StateHasChanged();
        }
    }

    // A refusal ends it: who was demoted is told once, not every few seconds.
    private async Task LoadAsync() => _failed = !await TryAsync(async () => Take(await Overview.GetAsync(Actor)));

    private void Take(OverviewView view)
    {
        var isNew = _view is null || _view.LastHour.Count == 0 || _view.LastHour[^1] != view.LastHour[^1];
        _view = view;
        if (isNew)
        {
            _series = [new ChartSeries<double> { Name = "Messages", Data = new ChartData<double>([.. view.LastHour.Select(m => (double)m.Messages)]) }];
            _labels = [.. view.LastHour.Select((m, i) => i % 10 == view.LastHour.Count % 10 ? m.At.ToString("HH:mm", CultureInfo.InvariantCulture) : "")];
        }
    }

    private static string Summary(OverviewView view) => view.LastHour.Count == 0
        ? "Nothing is known yet."
        : $"{AdminText.Number(view.LastHour.Sum(m => m.Messages))} messages in the last hour, {AdminText.Number(view.LastHour.Max(m => m.Messages))} in the busiest minute, "
            + $"{AdminText.Number(view.LastHour[^1].Messages)} in the last.";

    private string Running(OverviewView view) => (Time.GetUtcNow() - view.StartedAt) switch
    {
        { TotalHours: < 1 } time => $"{(int)time.TotalMinutes} min",
        { TotalDays: < 1 } time => $"{(int)time.TotalHours} h {time.Minutes} min",
        var time => $"{(int)time.TotalDays} days {time.Hours} h",
    };

    private static MarkupString Tile(string what, string figure, string more, string hook) => new(
        $"<li class='tile' data-testid='tile-{hook}'><strong>{figure}</strong><span>{what}</span><span class='muted'>{more}</span></li>");

    private static MarkupString Error(DateTimeOffset? at, string? error) => at is { } when
        ? new($"<p class='notice error'>Last failure, {AdminText.Time(when)}: {WebUtility.HtmlEncode(error)}</p>")
        : new("<p class='muted'>No failure since the start.</p>");
}
