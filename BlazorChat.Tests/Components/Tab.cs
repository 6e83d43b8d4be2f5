using System.Security.Claims;
using BlazorChat.Accounts;
using BlazorChat.Components.Messages;
using BlazorChat.Components.Shared;
using BlazorChat.Live;
using BlazorChat.Notifications;
using BlazorChat.Messages;
using BlazorChat.Moderation;
using BlazorChat.Rooms;
using Bunit;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;

namespace BlazorChat.Tests.Components;

/// <summary>One person's tab on a host: its components get the host's services, and the tab's own.</summary>
internal sealed class Tab : BunitContext
{
    public Tab(ChatHost host, Actor actor)
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices();
        Services
            .AddSingleton<TimeProvider>(host.Time)
            .AddSingleton(host.Chat)
            .AddSingleton(host.Get<ConnectionLimits>())
            .AddSingleton(host.Sessions)
            .AddSingleton(host.Get<Announcements>())
            .AddSingleton(host.Get<CurrentAnnouncement>())
            .AddSingleton(host.Rooms)
            .AddSingleton(host.Get<RoomModeration>())
            .AddSingleton(host.RoomQueries)
            .AddSingleton(host.Get<Sightings>())
            .AddSingleton(host.Get<Pins>())
            .AddSingleton(host.Get<BlockService>())
            .AddSingleton(host.Memberships)
            .AddSingleton(host.Watch)
            .AddSingleton(host.Messages)
            .AddSingleton(host.MessageQueries)
            .AddSingleton(host.Pointers)
            .AddSingleton(host.Get<NotificationService>())
            .AddSingleton(host.Get<CommunityService>())
            .AddSingleton(host.Get<PeopleDirectory>())
            .AddSingleton<AuthenticationStateProvider>(new SignedIn(actor))
            .AddSingleton<CircuitState>()
            .AddSingleton<Notices>()
            .AddScoped<Dialogs>()
            .AddSingleton<ComposerHost>();
    }

    public Notices Notices => Services.GetRequiredService<Notices>();

    public CircuitState Circuit => Services.GetRequiredService<CircuitState>();

    private sealed class SignedIn(Actor actor) : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(new ClaimsPrincipal(
            new ClaimsIdentity([new(ClaimTypes.NameIdentifier, $"{actor.UserId}"), new(ActorClaims.Session, $"{actor.SessionId}")], "test"))));
    }
}
