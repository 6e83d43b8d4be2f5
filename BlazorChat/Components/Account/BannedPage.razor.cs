using BlazorChat.Accounts;
using BlazorChat.Moderation;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Account;

/// <summary>
/// Tells somebody why and until when they are kept out, and takes a note of theirs to the moderators. Who they are says a ticket in the
/// address, because they are signed out.
/// </summary>
public sealed partial class BannedPage(
    BanAppeals appeals, BanLinks links, BlockedNetworks networks, CommunityService community, NavigationManager navigation) : ComponentBase
{
    private readonly FormErrors _errors = new();
    private string? _ticket;
    private BanNotice? _notice;
    private BlockedNetwork? _network;
    private bool _isOver;

    [CascadingParameter]
    private HttpContext Context { get; set; } = default!;

    [SupplyParameterFromForm(FormName = "appeal")]
    private AppealInput Input { get; set; } = default!;

    [SupplyParameterFromQuery]
    private string? Ticket { get; set; }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        // It is for one person, and changes with the moderators' answer.
        Context.Response.Headers.CacheControl = "no-cache, no-store";
        Input ??= new AppealInput();
        _ticket = Input.Ticket ?? Ticket;
        if (links.Read(_ticket) is { } userId)
        {
            _notice = await appeals.FindAsync(userId);
            _isOver = _notice is null;
        }
        else
        {
            _network = networks.Find(Context.Connection.RemoteIpAddress);
        }
    }

    private async Task SubmitAsync()
    {
        if (await _errors.TryAsync(() => appeals.AppealAsync(_ticket, Input.Text, Context.Connection.RemoteIpAddress)))
        {
            navigation.NavigateTo($"{BanLinks.Path}?ticket={Uri.EscapeDataString(_ticket!)}&status=appealed");
        }
    }

    private sealed class AppealInput
    {
        public string? Ticket { get; set; }

        public string? Text { get; set; }
    }
}
