using BlazorChat.Accounts;
using BlazorChat.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace BlazorChat.Components.Shared;

/// <summary>
/// What is particular to one open tab: who acts in it, its connection to the switchboard, and what is being read.
/// It is bound to the session that opened it and never becomes anybody else's.
/// </summary>
public sealed class CircuitState(
    ChatService chat, ConnectionLimits limits, Sightings sightings, AuthenticationStateProvider authentication, NavigationManager navigation)
    : CircuitHandler
{
    private Actor? _actor;

    /// <summary>The connection, once the tab is interactive; null while prerendering.</summary>
    public Connection? Connection { get; private set; }

    /// <summary>Whether the person has as many other tabs as they may: then this one shows nothing, and leaves.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>The tab was away, and comes back as one too many.</summary>
    public event Action? Refused;

    /// <summary>The room in view that is being read: its tab visible and focused, the newest message in sight.</summary>
    public long? ReadingRoomId { get; private set; }

    /// <summary>The tab began or ceased to read a room.</summary>
    public event Action? ReadingChanged;

    /// <summary>A message of this person arrived in the room in view: they are not typing it any more.</summary>
    public event Action<long>? MessageArrived;

    /// <summary>Who acts in this tab.</summary>
    public async ValueTask<Actor> ActorAsync() =>
        _actor ??= (await authentication.GetAuthenticationStateAsync()).User.ToActor()
            ?? throw RefusedException.SignedOut();

    /// <summary>Notes what the tab reads now.</summary>
    public void SetReading(long? roomId)
    {
        if (ReadingRoomId != roomId)
        {
            ReadingRoomId = roomId;
            ReadingChanged?.Invoke();
        }
    }

    /// <summary>Tells the tab's other components of a message in view; on the circuit's dispatcher.</summary>
    public void NoteMessage(long senderId) => MessageArrived?.Invoke(senderId);

    /// <summary>Loads the page anew: as whom this browser is signed in now, or to the sign-in page.</summary>
    public void Reload() => navigation.NavigateTo(navigation.Uri, forceLoad: true);

    /// <summary>Leaves for the page that says how many tabs are open. It is no circuit, and leads back here.</summary>
    public void Leave() => navigation.NavigateTo(
        $"/account/tabs?returnUrl={Uri.EscapeDataString("/" + navigation.ToBaseRelativePath(navigation.Uri))}", forceLoad: true, replace: true);

    /// <summary>Registers the tab with the switchboard, before anything is rendered in it.</summary>
    public override async Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        // Nobody is signed in to a page that says that there is nothing.
        if ((await authentication.GetAuthenticationStateAsync()).User.ToActor() is { } actor)
        {
            Connection = chat.Connect(actor, ConnectionKind.Circuit, limits.Tabs);
            IsRefused = Connection is null;
        }
    }

    /// <inheritdoc/>
    public override Task OnConnectionDownAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        Connection?.SetUp(false);
        if (_actor is not null)
        {
            // A tab sends no requests while it is open: they were here until now.
            sightings.Touch(_actor);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        if (Connection is { IsUp: false } connection)
        {
            connection.SetUp(true);
            if (connection.IsOneTooMany(limits.Tabs))
            {
                connection.Dispose();
                IsRefused = true;
                Refused?.Invoke();
            }
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnCircuitClosedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        Connection?.Dispose();
        return Task.CompletedTask;
    }
}
