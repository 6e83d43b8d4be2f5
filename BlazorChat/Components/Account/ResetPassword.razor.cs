using System.Globalization;
using BlazorChat.Accounts;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Account;

/// <summary>Sets a new password by a one-time link, sent by e-mail or given by an administrator.</summary>
public sealed partial class ResetPassword(PasswordResetService resets, PasswordResetRequests requests, NavigationManager navigation) : ComponentBase
{
    private readonly FormErrors _errors = new();
    private bool _isValid;
    private long _userId;

    [SupplyParameterFromForm(FormName = "reset-password")]
    private ResetInput Input { get; set; } = default!;

    // Text and not a number: what is not one is a bad link, not an error page.
    [SupplyParameterFromQuery]
    private string? User { get; set; }

    [SupplyParameterFromQuery]
    private string? Token { get; set; }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Input ??= new ResetInput();
        _isValid = long.TryParse(User, CultureInfo.InvariantCulture, out _userId) && await resets.IsValidAsync(_userId, Token);
    }

    private async Task SubmitAsync()
    {
        if (_isValid && await _errors.TryAsync(() => resets.ResetAsync(_userId, Token, Input.Password)))
        {
            navigation.NavigateTo("/account/login?status=password-reset");
        }
    }

    private sealed class ResetInput
    {
        public string? Password { get; set; }
    }
}
