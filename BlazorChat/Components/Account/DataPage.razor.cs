using BlazorChat.Accounts;
using BlazorChat.Privacy;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Account;

/// <summary>What a person may do with all that is stored of them: take it along, and have it deleted.</summary>
public sealed partial class DataPage(AccountDeletion deletion, PeopleDirectory people, SignInCookie cookie, NavigationManager navigation) : ComponentBase
{
    private readonly FormErrors _errors = new();
    private Actor? _actor;
    private string _name = "";
    private bool _needsCode;

    [CascadingParameter]
    private HttpContext Context { get; set; } = default!;

    [SupplyParameterFromForm(FormName = "delete-account")]
    private DeleteForm Input { get; set; } = default!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Input ??= new DeleteForm();
        _actor = Context.User.ToActor();
        if (_actor is not null)
        {
            _name = (await people.GetAsync(_actor.UserId)).Name;
            await _errors.TryAsync(async () => _needsCode = await deletion.NeedsCodeAsync(_actor));
        }
    }

    private async Task DeleteAsync()
    {
        if (_actor is not null && await _errors.TryAsync(() => deletion.DeleteAsync(
            _actor, new DeletionRequest(Input.Name, Input.CurrentPassword, Input.TwoFactorCode, Input.Messages == "remove"))))
        {
            await cookie.ClearAsync(Context);
            navigation.NavigateTo("/account/login?status=deleted");
        }
    }

    private sealed class DeleteForm
    {
        public string? Messages { get; set; }

        public string? Name { get; set; }

        public string? CurrentPassword { get; set; }

        public string? TwoFactorCode { get; set; }
    }
}
