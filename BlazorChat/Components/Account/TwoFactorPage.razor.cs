using BlazorChat.Accounts;
using BlazorChat.Accounts.TwoFactor;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Account;

/// <summary>Turns the person's own second factor on and off.</summary>
public sealed partial class TwoFactorPage(TwoFactorService service, CommunityService community, NavigationManager navigation) : ComponentBase
{
    private readonly FormErrors _errors = new();
    private Actor? _actor;
    private TwoFactorState _state = new(false, 0);
    private Enrolment? _enrolment;
    private string _uri = "";
    private IReadOnlyList<string>? _codes;

    [CascadingParameter]
    private HttpContext Context { get; set; } = default!;

    [SupplyParameterFromForm(FormName = "two-factor-on")]
    private OnForm Input { get; set; } = default!;

    [SupplyParameterFromForm(FormName = "two-factor-off")]
    private OffForm OffInput { get; set; } = default!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        // The page holds the key, and once the recovery codes, which no cache may keep.
        Context.Response.Headers.CacheControl = "no-cache, no-store";
        Input ??= new OnForm();
        OffInput ??= new OffForm();
        _actor = Context.User.ToActor();
        if (_actor is not null)
        {
            await _errors.TryAsync(async () =>
            {
                _state = await service.GetAsync(_actor);
                _enrolment = await service.BeginAsync(_actor, Input.Ticket);
                _uri = Totp.Uri(community.Current.Name, _enrolment.Account, _enrolment.Key);
            });
        }
    }

    private async Task TurnOnAsync()
    {
        if (_actor is not null)
        {
            // No redirect, because the recovery codes are in the answer and nowhere else. A reload is told that it is on already.
            await _errors.TryAsync(async () =>
            {
                _codes = await service.TurnOnAsync(_actor, Input.Ticket, Input.CurrentPassword, Input.TwoFactorCode);
                _state = await service.GetAsync(_actor);
            });
        }
    }

    private async Task TurnOffAsync()
    {
        if (_actor is not null && await _errors.TryAsync(() => service.TurnOffAsync(_actor, OffInput.CurrentPassword)))
        {
            navigation.NavigateTo("/account/manage?status=two-factor-off");
        }
    }

    private string CodesLeft() => _state.CodesLeft switch
    {
        0 => "No recovery codes are left.",
        1 => "One recovery code is left.",
        var left => $"{left} recovery codes are left.",
    };

    private sealed class OnForm
    {
        public string? Ticket { get; set; }

        public string? CurrentPassword { get; set; }

        public string? TwoFactorCode { get; set; }
    }

    private sealed class OffForm
    {
        public string? CurrentPassword { get; set; }
    }
}
