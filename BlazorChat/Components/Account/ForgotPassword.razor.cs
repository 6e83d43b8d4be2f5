using BlazorChat.Accounts;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Account;

/// <summary>Has a link to set a new password sent by e-mail. What it shows then is the same for every address.</summary>
public sealed partial class ForgotPassword(PasswordResetRequests resets) : ComponentBase
{
    private readonly FormErrors _errors = new();
    private bool _isDone;

    [CascadingParameter]
    private HttpContext Context { get; set; } = default!;

    [SupplyParameterFromForm(FormName = "forgot-password")]
    private ForgotInput Input { get; set; } = default!;

    /// <inheritdoc/>
    protected override void OnInitialized() => Input ??= new ForgotInput();

    private async Task SubmitAsync() =>
        _isDone = await _errors.TryAsync(() => resets.RequestAsync(Input.Email, Context.Connection.RemoteIpAddress));

    private sealed class ForgotInput
    {
        public string? Email { get; set; }
    }
}
