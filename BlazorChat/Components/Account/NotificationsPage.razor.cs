using System.Globalization;
using System.Net;
using BlazorChat.Accounts;
using BlazorChat.Notifications;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Account;

/// <summary>Where the person is notified, and of what.</summary>
public sealed partial class NotificationsPage(
    PushSubscriptions subscriptions, NotificationService service, NavigationManager navigation) : ComponentBase
{
    private const string TimeFormat = "HH:mm";

    private readonly FormErrors _errors = new();
    private Actor? _actor;
    private IReadOnlyList<PushDevice> _devices = [];
    private NotificationChoices? _stored;
    private bool _isNew;
    private long? _tested;
    private string? _testError;

    [CascadingParameter]
    private HttpContext Context { get; set; } = default!;

    [SupplyParameterFromForm(FormName = "choices")]
    private ChoicesInput Input { get; set; } = default!;

    // Text and not numbers: what is not one names no device.
    [SupplyParameterFromForm(FormName = "device")]
    private string? TestId { get; set; }

    [SupplyParameterFromForm(FormName = "device")]
    private string? RemoveId { get; set; }

    private bool EmailIsOn => service.EmailIsOn;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _actor = Context.User.ToActor();
        if (_actor is not null)
        {
            await _errors.TryAsync(async () =>
            {
                _devices = await subscriptions.ListAsync(_actor);
                _stored = await service.GetAsync(_actor);
            });
        }

        _isNew = Input is null && _stored is { QuietFrom: null, TimeZone: "UTC" };
        Input ??= _stored is null ? new ChoicesInput() : ChoicesInput.Of(_stored);
    }

    private async Task ActOnDeviceAsync()
    {
        if (_actor is null)
        {
            return;
        }

        if (long.TryParse(RemoveId, CultureInfo.InvariantCulture, out var removed))
        {
            if (await _errors.TryAsync(() => subscriptions.RemoveAsync(_actor, removed)))
            {
                navigation.NavigateTo("/account/notifications?status=device-removed");
            }
        }
        else if (long.TryParse(TestId, CultureInfo.InvariantCulture, out var tested))
        {
            await _errors.TryAsync(async () =>
            {
                _testError = await subscriptions.TestAsync(_actor, tested);
                _tested = tested;
                _devices = await subscriptions.ListAsync(_actor);
            });
        }
    }

    private async Task SaveAsync()
    {
        if (_actor is not null && _stored is not null && await _errors.TryAsync(() => service.SaveAsync(_actor, Input.ToChoices(_stored, EmailIsOn))))
        {
            navigation.NavigateTo("/account/notifications?status=notifications");
        }
    }

    private static string Delay(int minutes) => minutes switch
    {
        60 => "After an hour",
        1440 => "After a day",
        > 60 => $"After {minutes / 60} hours",
        _ => $"After {minutes} minutes",
    };

    private static MarkupString Date(DateTimeOffset at, string format = "d MMM yyyy, HH:mm 'UTC'") => new(
        $"<time datetime='{at:O}'>{WebUtility.HtmlEncode(at.UtcDateTime.ToString(format, CultureInfo.InvariantCulture))}</time>");

    private sealed class ChoicesInput
    {
        public string? Level { get; set; }

        // A checkbox that is not ticked is not sent at all.
        public string? ShowsText { get; set; }

        public string? QuietFrom { get; set; }

        public string? QuietUntil { get; set; }

        public string? TimeZone { get; set; }

        public string? EmailAfter { get; set; }

        public static ChoicesInput Of(NotificationChoices choices) => new()
        {
            Level = choices.DefaultLevel.ToString(),
            ShowsText = choices.ShowsText ? "true" : null,
            QuietFrom = choices.QuietFrom?.ToString(TimeFormat, CultureInfo.InvariantCulture),
            QuietUntil = choices.QuietUntil?.ToString(TimeFormat, CultureInfo.InvariantCulture),
            TimeZone = choices.TimeZone,
            EmailAfter = choices.EmailAfterMinutes?.ToString(CultureInfo.InvariantCulture),
        };

        /// <summary>As it is stored; what the form did not offer stays as it was.</summary>
        public NotificationChoices ToChoices(NotificationChoices before, bool offersEmail) => new(
            Enum.TryParse<NotifyLevel>(Level, out var level) ? level : before.DefaultLevel,
            Time(QuietFrom),
            Time(QuietUntil),
            TimeZone?.Trim() is { Length: > 0 } zone ? zone : "UTC",
            ShowsText is not null,
            !offersEmail ? before.EmailAfterMinutes : int.TryParse(EmailAfter, CultureInfo.InvariantCulture, out var minutes) ? minutes : null);

        private static TimeOnly? Time(string? text) =>
            string.IsNullOrEmpty(text) ? null
            : TimeOnly.TryParse(text, CultureInfo.InvariantCulture, out var time) ? new TimeOnly(time.Hour, time.Minute)
            : throw RefusedException.Invalid("Quiet hours are times such as 22:00.", nameof(QuietFrom));
    }
}
