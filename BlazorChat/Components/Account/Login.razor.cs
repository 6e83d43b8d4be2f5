using BlazorChat.Accounts;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Account;

/// <summary>Signs somebody in.</summary>
public sealed partial class Login(SignInService signIn, SignInCookie cookie, CommunityService community, NavigationManager navigation)
    : ComponentBase
{
    private readonly FormErrors _errors = new();
    private bool _registrationOpen;

    [CascadingParameter]
    private HttpContext Context { get; set; } = default!;

    [SupplyParameterFromForm(FormName = "login")]
    private LoginInput Input { get; set; } = default!;

    [SupplyParameterFromQuery]
    private string? ReturnUrl { get; set; }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Input ??= new LoginInput();
        _registrationOpen = (await community.GetAsync()).RegistrationOpen;
    }

    private async Task SubmitAsync()
    {
        if (string.IsNullOrWhiteSpace(Input.Email))
        {
            _errors.Check(() => EmailAddress.Parse(Input.Email));
            return;
        }

        if (await _errors.TryAsync(async () => await cookie.IssueAsync(
            Context, await signIn.CheckAsync(Input.Email, Input.Password, Context.Connection.RemoteIpAddress))))
        {
            navigation.NavigateTo(Account.ReturnUrl.OrHome(ReturnUrl));
        }
    }

    private sealed class LoginInput
    {
        public string? Email { get; set; }

        public string? Password { get; set; }
    }
}
