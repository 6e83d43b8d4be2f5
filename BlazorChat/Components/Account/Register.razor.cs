using BlazorChat.Accounts;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Account;

/// <summary>Makes an account for somebody with an invite, or for anybody while registration is open.</summary>
public sealed partial class Register(
    RegistrationService registration, InviteService invites, CommunityService community, SignInCookie cookie, NavigationManager navigation)
    : ComponentBase
{
    private readonly FormErrors _errors = new();
    private CommunityView _community = CommunityView.New;
    private bool _isInvited;

    [CascadingParameter]
    private HttpContext Context { get; set; } = default!;

    [SupplyParameterFromForm(FormName = "register")]
    private RegisterInput Input { get; set; } = default!;

    [SupplyParameterFromQuery]
    private string? Invite { get; set; }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Input ??= new RegisterInput { InviteCode = Invite };
        _community = await community.GetAsync();
        if (!string.IsNullOrWhiteSpace(Input.InviteCode))
        {
            var state = await invites.PeekAsync(Input.InviteCode.Trim());
            _isInvited = state == InviteState.Valid;
            if (!_isInvited)
            {
                _errors.Check(() => throw InviteService.Refuse(state));
            }
        }
    }

    private async Task SubmitAsync()
    {
        _errors.Check(() => PersonName.Parse(Input.Name));
        _errors.Check(() => EmailAddress.Parse(Input.Email));
        _errors.Check(() => PasswordRules.Check(Input.Password, Input.Name, Input.Email));
        if (!_errors.Any && await _errors.TryAsync(async () => await cookie.IssueAsync(Context, await registration.RegisterAsync(
            Input.Name, Input.Email, Input.Password, Input.InviteCode, Context.Connection.RemoteIpAddress))))
        {
            navigation.NavigateTo("/");
        }
    }

    private sealed class RegisterInput
    {
        public string? Name { get; set; }

        public string? Email { get; set; }

        public string? Password { get; set; }

        public string? InviteCode { get; set; }
    }
}
