using System.Globalization;
using System.Net;
using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Account;

/// <summary>The person's own access tokens: lists, makes and revokes them.</summary>
public sealed partial class TokensPage(
    TokenService service, RoomQueries rooms, PeopleDirectory people, TimeProvider time, NavigationManager navigation) : ComponentBase
{
    private static readonly (string Value, string Text)[] Lifetimes =
        [("7", "In 7 days"), ("30", "In 30 days"), ("90", "In 90 days"), ("365", "In a year"), ("never", "Never")];

    private readonly FormErrors _errors = new();
    private Actor? _actor;
    private bool _isAdministrator;
    private IReadOnlyList<TokenView> _tokens = [];
    private IReadOnlyList<RoomSummary> _rooms = [];
    private NewToken? _made;

    [CascadingParameter]
    private HttpContext Context { get; set; } = default!;

    [SupplyParameterFromForm(FormName = "token")]
    private TokenInput Input { get; set; } = default!;

    // Text and not a number: what is not one names no token.
    [SupplyParameterFromForm(FormName = "token-revoke")]
    private string? TokenId { get; set; }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        // The answer to the form holds a secret, which no cache may keep.
        Context.Response.Headers.CacheControl = "no-cache, no-store";
        Input ??= TokenInput.Fresh();
        _actor = Context.User.ToActor();
        if (_actor is not null)
        {
            _isAdministrator = Policy.Allows((await people.GetAsync(_actor.UserId)).Role, Right.SeeCommunity);
            await _errors.TryAsync(async () =>
            {
                _rooms = await rooms.MineAsync(_actor);
                _tokens = await service.ListAsync(_actor);
            });
        }
    }

    private async Task CreateAsync()
    {
        if (_actor is null)
        {
            return;
        }

        // The answer to the form is the page with the token, and no redirect: a token in an address would be in the history and in
        // logs. To post it again, as a reload does, is refused because the name is taken.
        NewToken? made = null;
        if (await _errors.TryAsync(async () =>
        {
            made = await service.CreateAsync(_actor, Input.Name, Input.Scopes, ChosenRoom(), ChosenExpiry());
            _tokens = await service.ListAsync(_actor);
        }))
        {
            _made = made;
            Input = TokenInput.Fresh();
        }
    }

    private async Task RevokeAsync()
    {
        if (_actor is not null
            && long.TryParse(TokenId, CultureInfo.InvariantCulture, out var id)
            && await _errors.TryAsync(() => service.RevokeAsync(_actor, id)))
        {
            navigation.NavigateTo("/account/tokens?status=token-revoked");
        }
    }

    private long? ChosenRoom()
    {
        if (string.IsNullOrEmpty(Input.Room))
        {
            return null;
        }

        return long.TryParse(Input.Room, CultureInfo.InvariantCulture, out var id) && _rooms.Any(r => r.Id == id)
            ? id
            : throw RefusedException.Invalid("You are not in this room any more. Choose another.", InputField.Room);
    }

    private DateTimeOffset? ChosenExpiry() =>
        int.TryParse(Input.Expiry, CultureInfo.InvariantCulture, out var days) && Lifetimes.Any(l => l.Value == Input.Expiry)
            ? time.GetUtcNow().AddDays(days)
            : null;

    private bool HasExpired(TokenView token) => token.ExpiresAt <= time.GetUtcNow();

    private string RoomName(long? roomId) => roomId is null
        ? "all my rooms"
        : _rooms.FirstOrDefault(r => r.Id == roomId)?.Name ?? "a room that you are not in";

    private static MarkupString Date(DateTimeOffset at, string format = "d MMM yyyy") => new(
        $"<time datetime='{at:O}'>{WebUtility.HtmlEncode(at.UtcDateTime.ToString(format, CultureInfo.InvariantCulture))}</time>");

    private sealed class TokenInput
    {
        public string? Name { get; set; }

        // A checkbox that is not ticked is not sent at all.
        public string? Read { get; set; }

        public string? Write { get; set; }

        public string? Admin { get; set; }

        public string? Expiry { get; set; }

        public string? Room { get; set; }

        public Scope Scopes =>
            (Read is null ? Scope.None : Scope.Read) | (Write is null ? Scope.None : Scope.Write) | (Admin is null ? Scope.None : Scope.Admin);

        public static TokenInput Fresh() => new() { Read = "true", Expiry = "90" };
    }
}
