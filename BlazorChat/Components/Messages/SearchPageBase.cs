using System.Globalization;
using BlazorChat.Accounts;
using BlazorChat.Components.Shared;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace BlazorChat.Components.Messages;

/// <summary>Finds messages. What is looked for stands in the address, so that it can be gone back to and given away.</summary>
public abstract class SearchPageBase : ChatComponent
{
    private JsModule? _script;
    private long? _nextBeforeId;
    private (string Query, long? RoomId)? _shown;
    private int _searches;
    private IReadOnlySet<long> _blocked = new HashSet<long>();
    private readonly HashSet<long> _revealed = [];

    /// <summary>What is looked for.</summary>
    [SupplyParameterFromQuery(Name = "q")]
    public string? Q { get; set; }

    /// <summary>The one room to look in.</summary>
    [SupplyParameterFromQuery]
    public long? RoomId { get; set; }

    /// <summary>The community's settings.</summary>
    [Inject]
    protected CommunityService Community { get; set; } = default!;

    /// <summary>What is looked for, as in the address.</summary>
    protected string Query => Q?.Trim() ?? "";

    /// <summary>What stands in the field.</summary>
    protected string Typed { get; set; } = "";

    /// <summary>The field.</summary>
    protected ElementReference Input { get; set; }

    /// <summary>What is below the field.</summary>
    protected ElementReference Body { get; set; }

    /// <summary>What was found so far, newest first.</summary>
    protected IReadOnlyList<MessageView> Hits { get; private set; } = [];

    /// <summary>The words to mark.</summary>
    protected IReadOnlyList<string> Words { get; private set; } = [];

    /// <summary>My rooms' names.</summary>
    protected IReadOnlyDictionary<long, string> RoomNames { get; private set; } = new Dictionary<long, string>();

    /// <summary>The name of the one room to look in, where it is mine.</summary>
    protected string? RoomName => RoomId is { } id ? RoomNames.GetValueOrDefault(id) : null;

    /// <summary>Whether an answer is awaited.</summary>
    protected bool IsLoading { get; private set; }

    /// <summary>Whether there may be older ones.</summary>
    protected bool HasMore => _nextBeforeId is not null;

    /// <summary>Why there is no answer.</summary>
    protected string? Refused { get; private set; }

    [Inject]
    private MessageSearch Search { get; set; } = default!;

    [Inject]
    private BlockService Blocks { get; set; } = default!;

    [Inject]
    private RoomQueries Rooms { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private IJSRuntime Js { get; set; } = default!;

    /// <summary>The page's address for a query.</summary>
    protected static string Address(string query, long? roomId)
    {
        List<string> parts = [];
        if (query.Length > 0)
        {
            parts.Add("q=" + Uri.EscapeDataString(query));
        }

        if (roomId is { } id)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"roomId={id}"));
        }

        return "/search" + (parts.Count > 0 ? "?" + string.Join('&', parts) : "");
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_shown == (Query, RoomId))
        {
            return;
        }

        _shown = (Query, RoomId);
        Typed = Query;
        (Hits, Words, Refused, _nextBeforeId) = ([], [], null, null);
        IsLoading = Query.Length > 0;

        // Prerendered once, searched once: the circuit that follows does it.
        if (RendererInfo.IsInteractive)
        {
            await LoadAsync(null);
        }
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _script = new JsModule(Js, "./Components/Messages/SearchPage.razor.js");
            await _script.AttachAsync(Body, Input);
        }
    }

    /// <summary>Looks for what stands in the field.</summary>
    protected void Submit() => Navigation.NavigateTo(Address(Typed.Trim(), RoomId));

    /// <summary>Whether a hit is of somebody whom the reader blocked, and has not looked at for all that.</summary>
    protected bool IsCollapsed(MessageView hit) => _blocked.Contains(hit.Sender.Id) && !_revealed.Contains(hit.Id);

    /// <summary>Shows such a hit.</summary>
    protected void Reveal(MessageView hit) => _revealed.Add(hit.Id);

    /// <summary>Looks for older ones.</summary>
    protected Task MoreAsync() => LoadAsync(_nextBeforeId);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_script is not null)
        {
            await _script.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    private async Task LoadAsync(long? beforeId)
    {
        var search = ++_searches;
        IsLoading = Query.Length > 0;
        Refused = null;
        try
        {
            await LoadAsync(search, Query, RoomId, beforeId);
        }
        catch (RefusedException refused) when (refused.Refusal == Refusal.SignedOut)
        {
            Circuit.Reload();
        }
        catch (RefusedException refused)
        {
            Refuse(search, refused.Message);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Refuse(search, "The search did not work. Please try again.");
            await TryAsync(() => throw exception);
        }

        IsLoading &= search != _searches;
    }

    private async Task LoadAsync(int search, string query, long? roomId, long? beforeId)
    {
        _blocked = await Blocks.IdsAsync(Actor);
        var mine = await Rooms.MineAsync(Actor);
        RoomNames = mine.ToDictionary(r => r.Id, r => r.Kind == RoomKind.Public ? "# " + r.Name : r.Name);
        var results = await Search.SearchAsync(Actor, query, roomId, beforeId);

        // Another search may have begun meanwhile: its answer is awaited.
        if (search == _searches)
        {
            Words = SearchQuery.Parse(query).Words;
            Hits = [.. Hits, .. results.Messages];
            _nextBeforeId = results.NextBeforeId;
        }
    }

    private void Refuse(int search, string why)
    {
        if (search == _searches)
        {
            Refused = why;
        }
    }
}
