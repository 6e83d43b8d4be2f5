using BlazorChat.Accounts;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Account;

/// <summary>Asks the first visitor for the community's name and its first administrator.</summary>
public sealed partial class Setup(SetupService setup, CommunityService community, SignInCookie cookie, NavigationManager navigation)
    : ComponentBase
{
    private readonly FormErrors _errors = new();

    [CascadingParameter]
    private HttpContext Context { get; set; } = default!;

    [SupplyParameterFromForm(FormName = "setup")]
    private SetupInput Input { get; set; } = default!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Input ??= new SetupInput();
        if ((await community.GetAsync()).IsSetUp)
        {
            navigation.NavigateTo("/");
        }
    }

    private async Task SubmitAsync()
    {
        _errors.Check(() => CommunityService.ParseName(Input.CommunityName));
        _errors.Check(() => PersonName.Parse(Input.Name));
        _errors.Check(() => EmailAddress.Parse(Input.Email));
        _errors.Check(() => PasswordRules.Check(Input.Password, Input.Name, Input.Email));
        if (!_errors.Any && await _errors.TryAsync(async () =>
            await cookie.IssueAsync(Context, await setup.CompleteAsync(Input.CommunityName, Input.Name, Input.Email, Input.Password))))
        {
            navigation.NavigateTo("/");
        }
    }

    private sealed class SetupInput
    {
        public string? CommunityName { get; set; }

        public string? Name { get; set; }

        public string? Email { get; set; }

        public string? Password { get; set; }
    }
}
