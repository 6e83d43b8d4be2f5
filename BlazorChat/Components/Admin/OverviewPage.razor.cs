using System.Net;
using BlazorChat.Components.Shared;
using BlazorChat.Moderation.Overview;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Admin;

/// <summary>How the community and its server are. It looks again every few seconds while somebody can see it.</summary>
public sealed partial class OverviewPage : ChatComponent
{
    /// <summary>How often it looks again.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Free disk below which the figure is marked: 1 GB.</summary>
    private const long LowDisk = 1L << 30;

    private OverviewView? _view;
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
    private async Task LoadAsync() => _failed = !await TryAsync(async () => _view = await Overview.GetAsync(Actor));

    private static string Summary(OverviewView view) => view.LastHour.Count == 0
        ? "Nothing is known yet."
        : $"{AdminText.Number(view.LastHour.Sum(m => m.Messages))} messages in the last hour, {AdminText.Number(view.LastHour.Max(m => m.Messages))} in the busiest minute, "
            + $"{AdminText.Number(view.LastHour[^1].Messages)} in the last.";

    private static string OnlineSummary(OverviewView view) =>
        $"{AdminText.Number(view.Online)} now, {AdminText.Number(view.LastHour.Select(m => (long)(m.Online ?? 0)).DefaultIfEmpty().Max())} at the most in the last hour. Known since the server started.";

    private string Running(OverviewView view) => (Time.GetUtcNow() - view.StartedAt) switch
    {
        { TotalHours: < 1 } time => $"{(int)time.TotalMinutes} min",
        { TotalDays: < 1 } time => $"{(int)time.TotalHours} h {time.Minutes} min",
        var time => $"{(int)time.TotalDays} days {time.Hours} h",
    };

    private static MarkupString Tile(string what, string figure, string more, string hook) => new(
        $"<li class='tile' data-testid='tile-{hook}'><strong>{figure}</strong><span>{what}</span><span class='muted'>{more}</span></li>");

    private static MarkupString Error(DateTimeOffset? at, string? error) => at is { } when
        ? new($"<p class='notice error'>Last failure, {LocalTime.Of(when)}: {WebUtility.HtmlEncode(error)}</p>")
        : new("<p class='muted'>No failure since the start.</p>");
}
