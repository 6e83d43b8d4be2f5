using System.Text.Json.Serialization.Metadata;
using BlazorChat.Api.Hub;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.SignalR;

namespace BlazorChat.Api;

/// <summary>Registers and maps what clients that are not the web page talk to: REST, the hub, and their description.</summary>
public static class ApiSetup
{
    /// <summary>The policy of everything here: a valid token.</summary>
    public const string ByToken = "Token";

    // A message of the greatest length, each character escaped, and what stands around it.
    private const int MaxBody = 128 * 1024;

    /// <summary>Adds the API.</summary>
    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        services.AddSingleton<IHttpContextFactory, AddressSecrets>();
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.Bearer, null);
        services.AddAuthorizationBuilder().AddPolicy(ByToken, policy => policy
            .AddAuthenticationSchemes(TokenAuthentication.Bearer).RequireAuthenticatedUser());
        services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, BodiesJson.Default));
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddApiDescription();

        services.AddSingleton<HubLifetimeManager<ChatHub>, HubConnections>();
        services.AddSingleton<HubClientServices>();
        services.AddSingleton<HubClients>();
        services.AddHostedService<HubPresence>();
        services
            .AddSignalR(options =>
            {
                options.AddFilter<HubErrors>();
                options.MaximumReceiveMessageSize = MaxBody;
            })
            .AddJsonProtocol(options =>
            {
                var resolvers = options.PayloadSerializerOptions.TypeInfoResolverChain;
                resolvers.Insert(0, BodiesJson.Default);
                // There is no other one before, and arguments such as a page's size are none of the bodies.
                resolvers.Add(new DefaultJsonTypeInfoResolver());
            })
            .AddMessagePackProtocol();
        return services;
    }

    /// <summary>Maps the API.</summary>
    public static void MapApi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapApiDescription();
        var api = endpoints.MapGroup("/api")
            .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxBody))
            .RequireAuthorization(ByToken);
        api.MapTokens();
        api.MapExport();
        api.MapRooms();
        api.MapRoomModeration();
        api.MapMessages();
        api.MapReports();
        api.MapNotificationChoices();
        api.MapPush();
        api.MapBans();
        api.MapPeople();
        api.MapHeldMessages();
        api.MapAnnouncements();
        endpoints.MapHooks();
        endpoints.MapHub<ChatHub>("/hubs/chat", options => options.CloseOnAuthenticationExpiration = true).RequireAuthorization(ByToken);
    }

    /// <summary>Who calls, by their token.</summary>
    internal static Accounts.Actor Actor(this HttpContext context) => Accounts.ActorClaims.ToActor(context.User)
        ?? throw Accounts.RefusedException.SignedOut();
}
