using BlazorChat.Accounts;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Account;

/// <summary>Signs somebody in: by password, and in a second step by a code where the account has a second factor.</summary>
public sealed partial class Login(
    SignInService signIn, SignInCookie cookie, CommunityService community, PasswordResetRequests resets, BanLinks bans, NavigationManager navigation)
    : ComponentBase
{
    private readonly FormErrors _errors = new();
    private bool _registrationOpen;

    // While there is one, the page asks for the code. In the page and not in a cookie, so that each tab has its own.
    private string? _ticket;

    [CascadingParameter]
    private HttpContext Context { get; set; } = default!;

    [SupplyParameterFromForm(FormName = "login")]
    private LoginInput Input { get; set; } = default!;

    [SupplyParameterFromForm(FormName = "login-code")]
    private LoginCodeInput CodeInput { get; set; } = default!;

    [SupplyParameterFromQuery]
    private string? ReturnUrl { get; set; }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Input ??= new LoginInput();
        CodeInput ??= new LoginCodeInput();
        _ticket = CodeInput.Ticket;
        _registrationOpen = (await community.GetAsync()).RegistrationOpen;
    }

    private async Task SubmitAsync()
    {
        if (string.IsNullOrWhiteSpace(Input.Email))
        {
            _errors.Check(() => EmailAddress.Parse(Input.Email));
            return;
        }

        await _errors.TryAsync(async () =>
        {
            var step = await signIn.BeginAsync(Input.Email, Input.Password, Context.Connection.RemoteIpAddress);
            _ticket = step.Ticket;
            if (step.User is { } user)
            {
                await SignInAsync(user);
            }
        });
    }

    private async Task SubmitCodeAsync()
    {
        if (!await _errors.TryAsync(async () => await SignInAsync(
            await signIn.FinishAsync(CodeInput.Ticket, CodeInput.TwoFactorCode, Context.Connection.RemoteIpAddress)))
            && _errors[InputField.TwoFactorCode] is null)
        {
            // Not the code is at fault but the ticket, or there were too many attempts.
            _ticket = null;
        }
    }

    private async Task SignInAsync(AppUser user)
    {
        try
        {
            await cookie.IssueAsync(Context, user);
        }
        catch (RefusedException refused) when (refused.BannedId is { } id)
        {
            navigation.NavigateTo(bans.To(id));
            return;
        }

        navigation.NavigateTo(Account.ReturnUrl.OrHome(ReturnUrl));
    }

    private sealed class LoginInput
    {
        public string? Email { get; set; }

        public string? Password { get; set; }
    }

    private sealed class LoginCodeInput
    {
        public string? Ticket { get; set; }

        public string? TwoFactorCode { get; set; }
    }
}
